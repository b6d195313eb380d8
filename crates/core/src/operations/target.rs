//! Which server an operation talks to, with which key.
//!
//! A stored key is sent to the server it was stored for and to no other: naming an environment and overriding its URL takes
//! everything from the profile except the key.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{Edit, Engine, Error};
use crate::config::source_url;
use crate::connector::{Connector, Endpoint, PlainHttp, is_loopback, parse_base_url};
use crate::files;
use crate::store::{Environment, Place, PlainHttpChoice, Protection};

/// What was said about the target, flags before variables.
#[derive(Clone, Debug, Default)]
pub struct TargetRequest {
    /// The name of an environment.
    pub environment: Option<String>,
    /// A URL; wins over the environment's.
    pub url: Option<String>,
    /// A key; wins over the stored one.
    pub api_key: Option<SecretString>,
    /// A CA file; wins over the environment's.
    pub ca_file: Edit<PathBuf>,
    /// Whether plain http beyond this machine was allowed for this run.
    pub plain_http: Option<PlainHttp>,
    /// Whether to go on without a key.
    pub key: KeyNeed,
}

/// Whether a target is of use without a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyNeed {
    /// It is not: a missing key is said before anything is sent.
    #[default]
    Required,
    /// It is: a connection test says more than that there is no key.
    Optional,
}

/// A server that can be talked to.
#[derive(Clone, Debug)]
pub struct Target {
    /// The environment's name, or the URL: how people call it.
    pub name: String,
    /// How the history calls it.
    pub place: Place,
    /// The profile, where there is one.
    pub environment: Option<Environment>,
    /// The client.
    pub connector: Connector,
}

impl Target {
    /// Whether a person has to agree before anything is written. A protected profile protects its server, also when the
    /// server is named by URL: see [`Engine::target`].
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.environment.as_ref().is_some_and(|environment| environment.protection == Protection::Protected)
    }

    /// Under what the vault keeps this target's secrets.
    pub(super) fn scope(&self) -> String {
        vault_scope(&self.place)
    }
}

/// Under what the vault keeps the secrets of a place.
pub(super) fn vault_scope(place: &Place) -> String {
    match &place.environment {
        Some(id) => id.to_string(),
        None => place.url.clone(),
    }
}

impl Engine {
    /// Resolves what was said to a server that can be talked to. Sends nothing.
    ///
    /// A server that has a profile is that environment, however it was named: its protection and its history hold for a
    /// URL too, also for one that was given beside the name of another environment.
    ///
    /// # Errors
    /// Nothing named, unknown environment, a URL that cannot be one, plain http beyond this machine, no key, an unusable CA
    /// file.
    pub async fn target(&self, request: &TargetRequest) -> Result<Target, Error> {
        let named = match &request.environment {
            Some(name) => Some(self.store().await?.environment(name).await?),
            None => None,
        };
        let url = match (&request.url, &named) {
            (Some(url), _) => parse_base_url(url)?,
            (None, Some(named)) => parse_base_url(&named.url)?,
            (None, None) => return Err(Error::NoTarget),
        };
        let environment = match &named {
            Some(named) if leads_to(named, &url) => Some(named.clone()),
            // Another URL than the profile's: then it is whatever environment has that one.
            _ => self.environment_at(&url).await?,
        };
        let name = environment.as_ref().map_or_else(|| source_url(&url), |environment| environment.name.clone());
        // What a profile says of keys and trust is said of its own URL, and of no other spelling of it.
        let profile = environment.as_ref().filter(|own| parse_base_url(&own.url).is_ok_and(|own| own == url));
        let api_key = self.api_key(request, named.is_some(), profile, &name).await?;
        let connector = self.connector(request, profile, url.clone(), api_key)?;
        let place = Place {
            environment: environment.as_ref().map(|environment| environment.id.clone()),
            environment_name: environment.as_ref().map(|environment| environment.name.clone()),
            url: source_url(&url),
        };
        Ok(Target { name, place, environment, connector })
    }

    /// The environment whose URL this is; of several the strictest. What is known of a server is known of its environment.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn environment_at(&self, url: &url::Url) -> Result<Option<Environment>, Error> {
        let mut there: Vec<Environment> = self.store().await?.environments().await?;
        there.retain(|environment| leads_to(environment, url));
        there.sort_by_key(|environment| environment.protection != Protection::Protected);
        Ok(there.into_iter().next())
    }

    /// The key that was given, or the one that is stored for exactly this server.
    async fn api_key(
        &self,
        request: &TargetRequest,
        named: bool,
        profile: Option<&Environment>,
        name: &str,
    ) -> Result<Option<SecretString>, Error> {
        if let Some(key) = &request.api_key {
            return Ok(Some(key.clone()));
        }
        let stored = match profile {
            Some(profile) => self.environment_key(profile).await?,
            None => None,
        };
        if stored.is_some() || request.key == KeyNeed::Optional {
            return Ok(stored);
        }
        let elsewhere = named && profile.is_none();
        let because =
            elsewhere.then_some("A stored key belongs to its environment's own URL and is sent nowhere else.");
        Err(Error::ApiKeyRequired { place: name.to_owned(), because })
    }

    /// The client for a server, with what its own profile says.
    fn connector(
        &self,
        request: &TargetRequest,
        environment: Option<&Environment>,
        url: url::Url,
        api_key: Option<SecretString>,
    ) -> Result<Connector, Error> {
        let profile = environment.map(|environment| match environment.plain_http {
            PlainHttpChoice::LoopbackOnly => PlainHttp::LoopbackOnly,
            PlainHttpChoice::Allowed => PlainHttp::Allowed,
        });
        let ca_file = request.ca_file.clone().of(environment.and_then(|profile| profile.ca_file.clone()));
        let ca_pem = ca_file.map(|path| files::read(&path, "CA file")).transpose()?;
        Ok(Connector::new(Endpoint {
            url,
            api_key,
            ca_pem,
            plain_http: request.plain_http.or(profile).unwrap_or(PlainHttp::LoopbackOnly),
            limits: self.settings.limits,
            in_flight: self.settings.in_flight.get(),
        })?)
    }
}

/// Whether a profile's URL leads to the server that `url` leads to.
fn leads_to(environment: &Environment, url: &url::Url) -> bool {
    parse_base_url(&environment.url).is_ok_and(|own| same_server(&own, url))
}

/// Whether two URLs lead to the same server.
pub(super) fn same_server(one: &url::Url, other: &url::Url) -> bool {
    key_of(one) == key_of(other)
}

/// One text for every way of writing one server's address. What is no URL stands for itself.
pub(super) fn server_key(url: &str) -> String {
    parse_base_url(url).map_or_else(|_| url.to_owned(), |url| key_of(&url))
}

/// The names of this machine are one and the same; beyond it only the spelling is compared, because what a name resolves to is
/// not for protection to hang on.
fn key_of(url: &url::Url) -> String {
    let host = if is_loopback(url) { "this machine" } else { url.host_str().unwrap_or_default() };
    let port = url.port_or_known_default().map(|port| port.to_string()).unwrap_or_default();
    format!("{host}:{port}{}", url.path().trim_end_matches('/'))
}
