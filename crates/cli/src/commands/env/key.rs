//! `aidb env set-key` and `remove-key`.

use aidb_core::operations::Engine;
use aidb_core::store::Environment;
use aidb_core::vault::{Removal, VaultKind};

use super::{NameArgs, SetKeyArgs};
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::prompt;

/// A key that was stored.
pub(crate) struct KeyStored {
    pub(crate) environment: Environment,
    pub(crate) kept_in: String,
}

/// A key that was removed.
pub(crate) struct KeyRemoved {
    pub(crate) name: String,
    /// Whether there was one.
    pub(crate) removal: Removal,
}

/// Reads a key, without showing it, and stores it.
pub(super) async fn set_key(invocation: &Invocation, engine: &Engine, args: SetKeyArgs) -> Result<Exit, Failure> {
    if !args.surplus.is_empty() || invocation.global.target.api_key.is_some() {
        return Err(CommandError::KeyAsArgument.into());
    }
    // Nobody should type a key for an environment that is not there.
    let environment = engine.environment(&args.name).await?;
    let question = format!("API key of {} (not shown): ", environment.name);
    let key = prompt::secret(&question, &invocation.cancel).await?;
    let environment = engine.set_environment_key(environment.id.as_str(), &key).await?;
    let kept_in = match engine.vault().kind() {
        VaultKind::Keychain => "the keychain".into(),
        VaultKind::Memory => "memory until this command ends".into(),
        VaultKind::File { folder } => format!("a file in {} that only you can read", folder.display()),
    };
    Ok(invocation.finished(&KeyStored { environment, kept_in }, Exit::Done))
}

pub(super) async fn remove_key(invocation: &Invocation, engine: &Engine, args: NameArgs) -> Result<Exit, Failure> {
    let removal = engine.remove_environment_key(&args.name).await?;
    Ok(invocation.finished(&KeyRemoved { name: args.name, removal }, Exit::Done))
}
