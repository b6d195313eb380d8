//! Environment profiles and their keys. A profile never holds a key; removing a profile removes its key with it and leaves the
//! history.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::{AskForKey, Engine, Error};
use crate::config::source_url;
use crate::connector::{check_ca_pem, parse_base_url};
use crate::files::{self, FileError};
use crate::store::{
    BackupFilter, Colour, Environment, EnvironmentId, NewEnvironment, OperationFilter, PlainHttpChoice, ProfileAction,
    Protection, ServerFilter,
};
use crate::vault::{KeyPrompt, Removal, SecretDescription, VaultError, one_secret};

/// Edit of a value that may also be none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Edit<T> {
    /// Stays as it is.
    #[default]
    Keep,
    /// There is to be none.
    Clear,
    /// This one.
    Set(T),
}

impl<T> Edit<T> {
    /// Value for `present`.
    #[must_use]
    pub fn of(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// What was left unsaid stays as it is.
impl<T> From<Option<T>> for Edit<T> {
    fn from(said: Option<T>) -> Self {
        said.map_or(Self::Keep, Self::Set)
    }
}

/// Settings for an environment; `None` leaves a value as it is, or gives a new profile its default.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentDraft {
    /// The name.
    pub name: Option<String>,
    /// The URL.
    pub url: Option<String>,
    /// The colour.
    pub colour: Option<Colour>,
    /// Whether writing to it has to be agreed to.
    pub protection: Option<Protection>,
    /// The agent that is meant when none is named.
    pub default_agent: Edit<String>,
    /// A CA to trust besides the system's.
    pub ca_file: Edit<PathBuf>,
    /// Whether plain http beyond this machine is allowed.
    pub plain_http: Option<PlainHttpChoice>,
    /// When the keychain asks for a password before it hands out the key.
    pub key_prompt: Option<KeyPrompt>,
    /// Number of backups of each agent to keep at least.
    pub keep_backups: Option<u32>,
    /// For how many days to keep every backup.
    pub keep_days: Option<u32>,
    /// Position in the stage order, from 0.
    pub position: Option<u32>,
}

/// State of an environment's key, without the key.
#[derive(Clone, Debug)]
pub enum KeyState {
    /// Stored, and how it ends.
    Stored(SecretDescription),
    /// None stored.
    Missing,
    /// The keychain is locked, absent or failing.
    Unknown(VaultError),
}

/// Rest of a removed environment.
#[derive(Clone, Debug)]
pub struct RemovedEnvironment {
    /// The profile as it was.
    pub environment: Environment,
    /// Whether a key went with it.
    pub key: Removal,
}

/// Consequences of removing an environment.
#[derive(Clone, Debug)]
pub struct RemovalPreview {
    /// The profile, which goes.
    pub environment: Environment,
    /// Number of operations its history has, which stay.
    pub operations: usize,
    /// Number of backups of its agents, which stay.
    pub backups: usize,
}

/// Name of the file in errors.
const CA_FILE: &str = "CA file";

/// The most backups and days that a retention can ask for: a hundred years of them, and a slip of the hand is no more.
const LONGEST_RETENTION: u32 = 36_500;

impl Engine {
    /// Adds a profile.
    ///
    /// # Errors
    /// A name or URL that cannot be one, a name that exists, the store.
    pub async fn add_environment(&self, draft: EnvironmentDraft) -> Result<Environment, Error> {
        let missing = |what: &str| Error::Environment(format!("An environment needs {what}. Nothing was stored."));
        check_retention(&draft)?;
        self.check_key_prompt(&draft)?;
        let name = draft.name.ok_or_else(|| missing("a name"))?;
        let url = parse_base_url(draft.url.as_deref().ok_or_else(|| missing("a URL"))?)?;
        let store = self.store().await?;
        let plain = NewEnvironment::new(name, source_url(&url), self.now());
        let new = NewEnvironment {
            colour: draft.colour.unwrap_or(next_colour(store.environments().await?.len())),
            protection: draft.protection.unwrap_or(Protection::Open),
            default_agent: draft.default_agent.of(None),
            ca_file: kept_ca_file(draft.ca_file)?.of(None),
            plain_http: draft.plain_http.unwrap_or(PlainHttpChoice::LoopbackOnly),
            key_prompt: draft.key_prompt.unwrap_or(plain.key_prompt),
            keep_backups: draft.keep_backups.unwrap_or(plain.keep_backups),
            keep_days: draft.keep_days.unwrap_or(plain.keep_days),
            ..plain
        };
        let environment = store.add_environment(&new, &self.by()).await?;
        self.at_position(environment, draft.position).await
    }

    /// Adds a profile with its key: both or neither, because a profile that was added without its key would be in the way when the
    /// person tries again. One entry in the history.
    ///
    /// # Errors
    /// As [`Engine::add_environment`], a key that is none, the keychain.
    pub async fn add_environment_with_key(
        &self,
        draft: EnvironmentDraft,
        key: &SecretString,
    ) -> Result<Environment, Error> {
        let key = checked(key)?;
        let environment = self.add_environment(draft).await?;
        if let Err(error) = self.keep_key(&environment, &key).await {
            self.store().await?.remove_environment(&environment.id, &self.by()).await?;
            return Err(error.into());
        }
        Ok(environment)
    }

    /// Puts a profile at a place in the stage order, where one was asked for.
    async fn at_position(&self, environment: Environment, position: Option<u32>) -> Result<Environment, Error> {
        let Some(position) = position else { return Ok(environment) };
        let store = self.store().await?;
        let mut order: Vec<EnvironmentId> = store.environments().await?.into_iter().map(|one| one.id).collect();
        order.retain(|id| *id != environment.id);
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(order.len());
        order.insert(position, environment.id.clone());
        store.reorder_environments(&order).await?;
        Ok(store.environment(environment.id.as_str()).await?)
    }

    /// Changes a profile. A new URL keeps the stored key only when it leads to the same server: a key is never sent to a
    /// server that it was not stored for. A key that is to be asked for in another way moves to the keyring of that, which may
    /// ask for passwords.
    ///
    /// # Errors
    /// Unknown environment, a value that cannot be used, the store, the keychain.
    pub async fn update_environment(&self, name: &str, draft: EnvironmentDraft) -> Result<Environment, Error> {
        check_retention(&draft)?;
        self.check_key_prompt(&draft)?;
        let store = self.store().await?;
        let mut environment = store.environment(name).await?;
        let former = environment.clone();
        if let Some(url) = &draft.url {
            environment.url = source_url(&parse_base_url(url)?);
        }
        environment.name = draft.name.unwrap_or(environment.name);
        environment.colour = draft.colour.unwrap_or(environment.colour);
        environment.protection = draft.protection.unwrap_or(environment.protection);
        environment.default_agent = draft.default_agent.of(environment.default_agent);
        if draft.ca_file != Edit::Set(environment.ca_file.clone().unwrap_or_default()) {
            environment.ca_file = kept_ca_file(draft.ca_file)?.of(environment.ca_file);
        }
        environment.plain_http = draft.plain_http.unwrap_or(environment.plain_http);
        environment.key_prompt = draft.key_prompt.unwrap_or(environment.key_prompt);
        environment.keep_backups = draft.keep_backups.unwrap_or(environment.keep_backups);
        environment.keep_days = draft.keep_days.unwrap_or(environment.keep_days);
        if former.server_id() != environment.server_id() {
            // Where the keychain cannot be asked now the key stays in it, and is of no use: it is bound to the former server.
            self.forget_key(&former).await?;
        } else if former.key_prompt != environment.key_prompt {
            self.move_key(&former, &environment).await?;
        }
        store.update_environment(&environment, &self.by()).await?;
        self.at_position(environment, draft.position).await
    }

    /// All profiles in stage order.
    ///
    /// # Errors
    /// The store.
    pub async fn environments(&self) -> Result<Vec<Environment>, Error> {
        Ok(self.store().await?.environments().await?)
    }

    /// One profile by name or id.
    ///
    /// # Errors
    /// Unknown environment, the store.
    pub async fn environment(&self, name: &str) -> Result<Environment, Error> {
        Ok(self.store().await?.environment(name).await?)
    }

    /// Puts the profiles into another stage order: every id once, first stage first.
    ///
    /// # Errors
    /// An id that is none, an order that leaves one out, the store.
    pub async fn order_environments(&self, ids: &[String]) -> Result<Vec<Environment>, Error> {
        let store = self.store().await?;
        let mut order = Vec::with_capacity(ids.len());
        for id in ids {
            order.push(store.environment(id).await?.id);
        }
        store.reorder_environments(&order).await?;
        self.environments().await
    }

    /// What [`Engine::remove_environment`] would take with it, and what would stay. Removes nothing.
    ///
    /// # Errors
    /// Unknown environment, the store.
    pub async fn preview_removal(&self, name: &str) -> Result<RemovalPreview, Error> {
        let store = self.store().await?;
        let environment = store.environment(name).await?;
        let server = Some(ServerFilter::Own(environment.id.clone()));
        let operations =
            store.operations(&OperationFilter { server: server.clone(), ..OperationFilter::default() }).await?;
        let backups = store.backups(&BackupFilter { server, ..BackupFilter::default() }).await?;
        Ok(RemovalPreview { environment, operations: operations.len(), backups: backups.len() })
    }

    /// Removes a profile and its key. Its history stays.
    ///
    /// # Errors
    /// Unknown environment, the store, the keychain: then the profile stays too, so that no key is left without one.
    pub async fn remove_environment(&self, name: &str) -> Result<RemovedEnvironment, Error> {
        let store = self.store().await?;
        let environment = store.environment(name).await?;
        let key = match self.forget_key(&environment).await {
            Ok(key) => key,
            // Where there is no keychain there is no key in it.
            Err(VaultError::KeychainAbsent { .. }) => Removal::NotThere,
            Err(error) => return Err(error.into()),
        };
        store.remove_environment(&environment.id, &self.by()).await?;
        Ok(RemovedEnvironment { environment, key })
    }

    /// Stores an environment's key.
    ///
    /// # Errors
    /// Unknown environment, a key that is empty or has several lines, the keychain.
    pub async fn set_environment_key(&self, name: &str, key: &SecretString) -> Result<Environment, Error> {
        let key = checked(key)?;
        let environment = self.environment(name).await?;
        let there = self.key_description(&environment).await?.is_some();
        // A key that is asked for is not read for the sake of a line in the history.
        let same = environment.key_prompt == KeyPrompt::Never
            && self
                .environment_key(&environment, AskForKey::Now)
                .await?
                .is_some_and(|before| before.expose_secret() == key.expose_secret());
        self.keep_key(&environment, &key).await?;
        if same {
            return Ok(environment);
        }
        let action = if there { ProfileAction::KeyReplaced } else { ProfileAction::KeyStored };
        self.store().await?.note_key_change(&environment, action, &self.by()).await?;
        Ok(environment)
    }

    /// Removes an environment's key and keeps its profile.
    ///
    /// # Errors
    /// Unknown environment, the keychain.
    pub async fn remove_environment_key(&self, name: &str) -> Result<Removal, Error> {
        let environment = self.environment(name).await?;
        let removal = self.forget_key(&environment).await?;
        if removal == Removal::Removed {
            self.store().await?.note_key_change(&environment, ProfileAction::KeyRemoved, &self.by()).await?;
        }
        Ok(removal)
    }

    fn check_key_prompt(&self, draft: &EnvironmentDraft) -> Result<(), Error> {
        if self.vault.can_ask(draft.key_prompt.unwrap_or(KeyPrompt::Never)) {
            Ok(())
        } else {
            Err(VaultError::CannotAsk.into())
        }
    }

    /// State of an environment's key.
    pub async fn key_state(&self, environment: &Environment) -> KeyState {
        match self.key_description(environment).await {
            Ok(Some(description)) => KeyState::Stored(description),
            Ok(None) => KeyState::Missing,
            Err(error) => KeyState::Unknown(error),
        }
    }
}

/// A key as it is stored.
fn checked(key: &SecretString) -> Result<SecretString, Error> {
    one_secret(key).map_err(|why| Error::Environment(format!("The key {why}. Nothing was stored.")))
}

/// A CA file as a profile keeps it: with a path that holds in every folder, and looked into now, where whoever names it can
/// mend it.
fn kept_ca_file(said: Edit<PathBuf>) -> Result<Edit<PathBuf>, Error> {
    let Edit::Set(path) = said else { return Ok(said) };
    let whole = files::whole_path(&path, CA_FILE)?;
    check_ca_pem(&files::read(&whole, CA_FILE)?).map_err(|reason| Error::CaFileUnusable { path, reason })?;
    Ok(Edit::Set(whole))
}

/// The CA file that was named for this once, or the one that a profile keeps.
pub(super) fn read_ca_file(path: &Path, profile: Option<&Environment>) -> Result<Vec<u8>, Error> {
    let kept = profile.filter(|profile| profile.ca_file.as_deref() == Some(path));
    match (files::read(path, CA_FILE), kept) {
        // Profiles from before paths were kept whole.
        (Err(FileError::NotFound { .. }), Some(profile)) if path.is_relative() => {
            Err(Error::CaFileRelative { path: path.into(), environment: profile.name.clone() })
        }
        (read, _) => Ok(read?),
    }
}

fn check_retention(draft: &EnvironmentDraft) -> Result<(), Error> {
    for (what, count) in [("backups", draft.keep_backups), ("days", draft.keep_days)] {
        if count.is_some_and(|count| !(1..=LONGEST_RETENTION).contains(&count)) {
            let message =
                format!("The number of {what} to keep has to be from 1 to {LONGEST_RETENTION}. Nothing was stored.");
            return Err(Error::Environment(message));
        }
    }
    Ok(())
}

/// The colours of a usual row of stages, then the others.
fn next_colour(existing: usize) -> Colour {
    const ORDER: [Colour; 7] =
        [Colour::Blue, Colour::Amber, Colour::Red, Colour::Green, Colour::Violet, Colour::Teal, Colour::Grey];
    ORDER[existing % ORDER.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;
    use crate::operations::EngineSettings;
    use crate::vault::Vault;

    fn engine() -> (tempfile::TempDir, Engine) {
        let folder = tempfile::tempdir().expect("folder");
        let engine = Engine::new(folder.path(), Vault::memory(), EngineSettings::for_actor("tester"));
        (folder, engine)
    }

    fn named(name: &str) -> EnvironmentDraft {
        EnvironmentDraft {
            name: Some(name.into()),
            url: Some("http://127.0.0.1:4601".into()),
            default_agent: Edit::Set("my-agent".into()),
            ..EnvironmentDraft::default()
        }
    }

    /// A draft that names a CA file.
    fn trusting(ca_file: impl Into<PathBuf>) -> EnvironmentDraft {
        EnvironmentDraft { ca_file: Edit::Set(ca_file.into()), ..EnvironmentDraft::default() }
    }

    fn ca_pem() -> String {
        rcgen::generate_simple_self_signed(["ca.example".into()]).expect("made").cert.pem()
    }

    #[tokio::test]
    async fn a_ca_file_is_kept_whole_and_looked_into_when_it_is_named() {
        let (folder, engine) = engine();
        engine.add_environment(named("Staging")).await.expect("added");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("ca.pem"), ca_pem()).expect("written");
        std::fs::write(path("none.pem"), "nothing").expect("written");
        std::fs::create_dir(path("inner")).expect("made");
        let whole = std::fs::canonicalize(folder.path()).expect("there").join("ca.pem");
        let kept = engine.update_environment("Staging", trusting(path("inner/../ca.pem"))).await.expect("kept");
        assert_eq!(kept.ca_file, Some(whole.clone()));
        for (wrong, code) in [
            ("missing.pem", ErrorCode::FileNotFound),
            ("inner", ErrorCode::FileUnreadable),
            ("none.pem", ErrorCode::CaFileInvalid),
        ] {
            let refused = engine.update_environment("Staging", trusting(path(wrong))).await.expect_err(wrong);
            assert_eq!(refused.report().code, code, "{refused}");
            let draft = EnvironmentDraft { ca_file: Edit::Set(path(wrong)), ..named("New") };
            assert_eq!(engine.add_environment(draft).await.expect_err(wrong).report().code, code);
        }
        let all = engine.environments().await.expect("listed");
        assert_eq!(all.iter().map(|one| one.ca_file.clone()).collect::<Vec<_>>(), [Some(whole.clone())]);
        std::fs::remove_file(&whole).expect("gone since");
        engine.update_environment("Staging", trusting(whole)).await.expect("it is not named anew");
    }

    #[tokio::test]
    async fn a_relative_path_of_an_older_profile_is_said() {
        let (_folder, engine) = engine();
        let mut older = engine.add_environment(named("Staging")).await.expect("added");
        older.ca_file = Some("no-such-folder/ca.pem".into());
        engine
            .store()
            .await
            .expect("store")
            .update_environment(&older, &engine.by())
            .await
            .expect("as it was kept before");
        let request = crate::operations::TargetRequest {
            environment: Some("Staging".into()),
            key: crate::operations::KeyNeed::Optional,
            ..Default::default()
        };
        let refused = engine.target(&request).await.expect_err("from another folder");
        assert!(matches!(&refused, Error::CaFileRelative { environment, .. } if environment == "Staging"), "{refused}");
        assert_eq!(refused.report().code, ErrorCode::FileNotFound);
    }

    #[tokio::test]
    async fn what_is_left_unsaid_stays_and_what_is_cleared_goes() {
        let (folder, engine) = engine();
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, ca_pem()).expect("written");
        engine
            .add_environment(EnvironmentDraft { ca_file: Edit::Set(ca_file), ..named("Staging") })
            .await
            .expect("added");
        let kept = engine.update_environment("Staging", EnvironmentDraft::default()).await.expect("kept");
        assert_eq!((kept.default_agent.as_deref(), kept.keep_backups, kept.keep_days), (Some("my-agent"), 50, 90));
        let draft = EnvironmentDraft {
            default_agent: Edit::Clear,
            ca_file: Edit::Clear,
            keep_backups: Some(7),
            keep_days: Some(1),
            ..EnvironmentDraft::default()
        };
        let cleared = engine.update_environment("Staging", draft).await.expect("cleared");
        assert_eq!((cleared.default_agent, cleared.ca_file), (None, None));
        assert_eq!((cleared.keep_backups, cleared.keep_days), (7, 1));
    }

    #[tokio::test]
    async fn a_retention_of_nothing_is_refused_before_anything_is_stored() {
        let (_folder, engine) = engine();
        for draft in [
            EnvironmentDraft { keep_backups: Some(0), ..named("Staging") },
            EnvironmentDraft { keep_days: Some(LONGEST_RETENTION + 1), ..named("Staging") },
        ] {
            let refused = engine.add_environment(draft).await.expect_err("refused");
            assert_eq!(refused.report().code, ErrorCode::Usage);
        }
        assert_eq!(engine.environments().await.expect("listed"), Vec::new());
    }

    #[tokio::test]
    async fn an_order_names_every_environment_once() {
        let (_folder, engine) = engine();
        let mut ids = Vec::new();
        for name in ["Development", "Staging"] {
            ids.push(engine.add_environment(named(name)).await.expect("added").id.to_string());
        }
        ids.reverse();
        let ordered = engine.order_environments(&ids).await.expect("ordered");
        assert_eq!(ordered.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Staging", "Development"]);
        for wrong in [vec![ids[0].clone()], vec![ids[0].clone(), ids[0].clone()], vec![ids[0].clone(), "none".into()]] {
            assert!(engine.order_environments(&wrong).await.is_err(), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn a_preview_of_a_removal_removes_nothing() {
        let (_folder, engine) = engine();
        engine.add_environment(named("Staging")).await.expect("added");
        let preview = engine.preview_removal("staging").await.expect("previewed");
        assert_eq!((preview.environment.name.as_str(), preview.operations, preview.backups), ("Staging", 0, 0));
        assert_eq!(engine.environments().await.expect("listed").len(), 1);
    }

    #[tokio::test]
    async fn a_profile_and_its_key_are_added_together_or_not_at_all() {
        let (_folder, engine) = engine();
        let empty = engine.add_environment_with_key(named("Staging"), &SecretString::from(" ")).await;
        assert!(empty.is_err() && engine.environments().await.expect("listed").is_empty());
        let key = SecretString::from("key-of-staging");
        engine.add_environment_with_key(named("Staging"), &key).await.expect("added");
        engine.set_environment_key("Staging", &key).await.expect("the same again");
        let titles =
            || async { engine.history().await.expect("read").iter().map(|entry| entry.title()).collect::<Vec<_>>() };
        assert_eq!(titles().await, ["Added Staging"], "one entry for both, and none for what is not new");
        engine.set_environment_key("Staging", &SecretString::from("another")).await.expect("replaced");
        assert_eq!(titles().await, ["Replaced the API key of Staging", "Added Staging"]);
    }
}
