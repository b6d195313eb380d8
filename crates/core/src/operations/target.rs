//! Which server an operation talks to, with which key (docs/RULES.md#which-server-and-which-key).
//!
//! [`Engine::target`] is the one place where a server and a key meet. What this run says wins over variables, variables over a
//! record's own server. A key goes only to a server that its own source named: the key of this run to the server of this run,
//! the key of a variable to the server of the variable, a stored key to the server of its profile. A plan file or a backup
//! names a server as a default and never decides where a key goes.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use super::environments::read_ca_file;
use super::{Edit, Engine, Error};
use crate::config::{ServerId, source_url};
use crate::connector::{Connector, Endpoint, PlainHttp, is_loopback, parse_base_url, parse_kept_url};
use crate::store::{Environment, PlainHttpChoice, Protection, ServerRef};

/// Everything that was said about the target, by source.
#[derive(Clone, Debug, Default)]
pub struct TargetRequest {
    /// Name of an environment, said for this run.
    pub environment: Option<String>,
    /// URL, said for this run; wins over the environment's.
    pub url: Option<String>,
    /// Key, said for this run; goes to the server that `environment` or `url` names.
    pub api_key: Option<SecretString>,
    /// Values that hold for every run.
    pub ambient: Ambient,
    /// Server of the plan or the backup that the run is about.
    pub recorded: Option<Recorded>,
    /// CA file; wins over the environment's.
    pub ca_file: Edit<PathBuf>,
    /// Consent to plain http beyond this machine, for this run.
    pub plain_http: Option<PlainHttp>,
    /// Whether to go on without a key.
    pub key: KeyNeed,
    /// Whether the keychain may ask for a password now.
    pub ask: AskForKey,
}

/// Server and key that stand in the surroundings of a run, possibly left over from another one.
#[derive(Clone, Debug, Default)]
pub struct Ambient {
    /// URL; counts where this run names no server.
    pub url: Option<String>,
    /// Name of what holds `url`, for sentences.
    pub url_name: &'static str,
    /// Key; goes to the server of `url`. Without a `url`, to the one that this run names, where none is stored for that.
    pub api_key: Option<SecretString>,
}

/// A server that a record names.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Kind of record.
    pub record: Record,
    /// Server, and the environment that it was.
    pub server: ServerRef,
}

/// Kinds of records that name a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// A saved plan: applies to its own server alone.
    Plan,
    /// A backup: restored elsewhere only where this run names that server.
    Backup,
}

/// Whether a target is of use without a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyNeed {
    /// Is not: a missing key is said before anything is sent.
    #[default]
    Required,
    /// Is: a connection test says more than that there is no key.
    Optional,
}

/// Whether the keychain may bring up a prompt for a key that it asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AskForKey {
    /// It may: somebody wants something of the server.
    #[default]
    Now,
    /// It may not: the window looks by itself.
    NotNow,
}

/// Reason for not sending a key that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyWithheld {
    /// The stored key belongs to the environment's own URL.
    StoredForAnother,
    /// The ambient key belongs to the ambient URL, which leads elsewhere.
    AmbientForAnother,
    /// The ambient key was given without a server, and this run names none.
    NoServerNamed,
}

/// A server that can be talked to.
#[derive(Clone, Debug)]
pub struct Target {
    /// The environment's name, or the URL: how people call it.
    pub name: String,
    /// Server, as the history calls it.
    pub server: ServerRef,
    /// The profile, where there is one.
    pub environment: Option<Environment>,
    /// The client.
    pub connector: Connector,
    /// The ambient URL that leads elsewhere and was not followed.
    pub passed_by: Option<String>,
}

impl Target {
    /// Whether a person has to agree before anything is written. A protected profile protects its server, also when the
    /// server is named by URL: see [`Engine::target`].
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.environment.as_ref().is_some_and(|environment| environment.protection == Protection::Protected)
    }

    /// Server that requests go to.
    #[must_use]
    pub fn server_id(&self) -> ServerId {
        ServerId::of(self.connector.url())
    }
}

/// Server of a request, and who named it.
struct Resolved {
    url: Url,
    /// Profile that was named together with it.
    profile: Option<Environment>,
    named_by: NamedBy,
}

/// Source of the server of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NamedBy {
    ThisRun,
    Ambient,
    Record,
}

impl Engine {
    /// Resolves what was said to a server that can be talked to. Sends nothing.
    ///
    /// A server that has a profile is that environment, however it was named: its protection and its history hold for a
    /// URL too, also for one that was given beside the name of another environment.
    ///
    /// # Errors
    /// Nothing named, a record of another server, unknown environment, a URL that cannot be one, plain http beyond this
    /// machine, a key without its server, no key, an unusable CA file.
    pub async fn target(&self, request: &TargetRequest) -> Result<Target, Error> {
        let ambient = request.ambient.url.as_deref().filter(|url| !url.is_empty());
        let resolved = self.resolve(request, ambient).await?;
        let id = ServerId::of(&resolved.url);
        let environment = match resolved.profile {
            Some(named) if leads_to(&named, &resolved.url) => Some(named),
            // Another URL than the profile's: then it is whatever environment has that one.
            _ => self.environment_at(&resolved.url).await?,
        };
        let name = environment.as_ref().map_or_else(|| id.to_string(), |environment| environment.name.clone());
        // What a profile says of keys and trust is said of its own server, and of no other name of the same machine.
        let profile = environment.as_ref().filter(|own| own.server_id() == id);
        let server = ServerRef {
            environment: environment.as_ref().map(|environment| environment.id.clone()),
            environment_name: environment.as_ref().map(|environment| environment.name.clone()),
            url: id.to_string(),
        };
        // An ambient URL that cannot be read counts as another server: it was given for something.
        let ambient_elsewhere =
            ambient.filter(|url| parse_base_url(url).map(|url| ServerId::of(&url)).ok() != Some(id));
        let keys = Keys { request, profile, named_by: resolved.named_by, ambient, ambient_elsewhere };
        let api_key = self.api_key(&keys, &name).await?;
        let connector = self.connector(request, profile, resolved.url, api_key)?;
        let passed_by = ambient_elsewhere.map(shown_url);
        Ok(Target { name, server, environment, connector, passed_by })
    }

    /// The server that is meant: what this run names, else the ambient URL, else what the record names.
    async fn resolve(&self, request: &TargetRequest, ambient: Option<&str>) -> Result<Resolved, Error> {
        let named = match &request.environment {
            Some(name) => Some(self.store().await?.environment(name).await?),
            None => None,
        };
        let (url, named_by) = match (&request.url, &named, ambient, &request.recorded) {
            (Some(url), ..) => (parse_base_url(url)?, NamedBy::ThisRun),
            (None, Some(named), ..) => (parse_kept_url(&named.url)?, NamedBy::ThisRun),
            (None, None, Some(url), _) => (parse_base_url(url)?, NamedBy::Ambient),
            (None, None, None, Some(recorded)) => (parse_kept_url(&recorded.server.url)?, NamedBy::Record),
            (None, None, None, None) => return Err(Error::NoTarget),
        };
        let Some(recorded) = &request.recorded else { return Ok(Resolved { url, profile: named, named_by }) };
        let same = recorded.server.server_id() == ServerId::of(&url);
        let elsewhere_on_purpose = recorded.record == Record::Backup && named_by == NamedBy::ThisRun;
        if !same && !elsewhere_on_purpose {
            return Err(other_server(recorded, named.as_ref(), &url, request, named_by));
        }
        let profile = match named {
            // The profile that the record was made in, while it still leads to the record's server.
            None if same => self.profile_of(&recorded.server).await?.filter(|profile| leads_to(profile, &url)),
            named => named,
        };
        Ok(Resolved { url, profile, named_by })
    }

    /// The environment whose URL this is; of several the strictest. What is known of a server is known of its environment.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn environment_at(&self, url: &Url) -> Result<Option<Environment>, Error> {
        let server = ServerId::of(url);
        let mut there: Vec<Environment> = self.store().await?.environments().await?;
        there.retain(|environment| leads_to(environment, url));
        // The profile of exactly this server first; one that names the same machine otherwise still protects it.
        there.sort_by_key(|one| (one.server_id() != server, one.protection != Protection::Protected));
        Ok(there.into_iter().next())
    }

    /// The key that goes to a server: only one whose own source named that server.
    async fn api_key(&self, keys: &Keys<'_>, name: &str) -> Result<Option<SecretString>, Error> {
        let request = keys.request;
        if let Some(key) = &request.api_key {
            return match keys.named_by {
                NamedBy::ThisRun => Ok(Some(key.clone())),
                NamedBy::Ambient | NamedBy::Record => Err(Error::KeyWithoutServer { server: name.to_owned() }),
            };
        }
        let ambient = request.ambient.api_key.as_ref();
        if let Some(key) = ambient.filter(|_| keys.ambient.is_some() && keys.ambient_elsewhere.is_none()) {
            return Ok(Some(key.clone()));
        }
        let stored = match keys.profile {
            Some(profile) => self.environment_key(profile, request.ask).await?,
            None => None,
        };
        if stored.is_some() {
            return Ok(stored);
        }
        if let Some(key) = ambient.filter(|_| keys.ambient.is_none() && keys.named_by == NamedBy::ThisRun) {
            return Ok(Some(key.clone()));
        }
        if request.key == KeyNeed::Optional {
            return Ok(None);
        }
        Err(Error::ApiKeyRequired { server: name.to_owned(), because: keys.withheld() })
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
        let ca_pem = ca_file.map(|path| read_ca_file(&path, environment)).transpose()?;
        Ok(Connector::new(Endpoint {
            url,
            api_key,
            ca_pem,
            plain_http: request.plain_http.or(profile).unwrap_or(PlainHttp::LoopbackOnly),
            proxies: self.settings.proxies.clone(),
            limits: self.settings.limits,
            in_flight: self.settings.in_flight.get(),
        })?)
    }
}

/// Facts that decide about a key.
struct Keys<'a> {
    request: &'a TargetRequest,
    /// Profile of exactly the target's server.
    profile: Option<&'a Environment>,
    named_by: NamedBy,
    ambient: Option<&'a str>,
    ambient_elsewhere: Option<&'a str>,
}

impl Keys<'_> {
    /// Reason a key that is there was not sent.
    fn withheld(&self) -> Option<KeyWithheld> {
        if self.request.ambient.api_key.is_some() {
            return Some(match self.ambient_elsewhere {
                Some(_) => KeyWithheld::AmbientForAnother,
                None => KeyWithheld::NoServerNamed,
            });
        }
        (self.request.environment.is_some() && self.profile.is_none()).then_some(KeyWithheld::StoredForAnother)
    }
}

/// The refusal that names both servers.
fn other_server(
    recorded: &Recorded,
    named: Option<&Environment>,
    url: &Url,
    request: &TargetRequest,
    named_by: NamedBy,
) -> Error {
    let server = source_url(url);
    let named = match (named_by, named) {
        (NamedBy::Ambient, _) => format!("{} leads to {server}", request.ambient.url_name),
        (_, Some(named)) if named.server_id().as_str() == server => format!("{} ({server}) was named", named.name),
        _ => format!("{server} was named"),
    };
    let record = match recorded.record {
        Record::Plan => "this plan was made for",
        Record::Backup => "this backup was taken in",
    };
    Error::OtherServer { named, record: format!("{record} {}", recorded.server.described()) }
}

/// An ambient URL as it may be shown: one that cannot be read may hold anything, a password included.
fn shown_url(url: &str) -> String {
    parse_base_url(url).map_or_else(|_| "something that is no URL".to_owned(), |url| source_url(&url))
}

/// Whether a profile's URL leads to the machine, port and path that `url` leads to.
fn leads_to(environment: &Environment, url: &Url) -> bool {
    parse_kept_url(&environment.url).is_ok_and(|own| same_server(&own, url))
}

/// Whether two URLs may lead to the same server. Wider than [`ServerId`]: what hangs on it is caution (a lock, protection,
/// a promotion onto itself), never where a key goes.
pub(super) fn same_server(one: &Url, other: &Url) -> bool {
    guard_of(one) == guard_of(other)
}

/// One text for every way of writing the address of one server, for the caution of [`same_server`]. What is no URL stands for
/// itself.
pub(super) fn server_key(url: &str) -> String {
    parse_kept_url(url).map_or_else(|_| url.to_owned(), |url| guard_of(&url))
}

/// The names of this machine are one and the same; beyond it only the spelling is compared, because what a name resolves to is
/// not for protection to hang on.
fn guard_of(url: &Url) -> String {
    let host = if is_loopback(url) { "this machine" } else { url.host_str().unwrap_or_default() };
    let port = url.port_or_known_default().map(|port| port.to_string()).unwrap_or_default();
    format!("{host}:{port}{}", url.path().trim_end_matches('/'))
}
