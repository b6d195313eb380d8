//! Where the connection string of `--link-database` comes from. Never from an argument.

use std::path::Path;

use aidb_core::config::Configuration;
use aidb_core::files;
use aidb_core::operations::{Context, Engine, Error, ImportOptions, LinkDatabase, Proposal, Relink, Remember, Target};
use aidb_core::vault::one_secret;
use secrecy::SecretString;

use super::ImportArgs;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::{prompt, variables};

/// Link of the database, as far as it is known without asking.
pub(super) async fn link_of(invocation: &Invocation, args: &ImportArgs) -> Result<LinkDatabase, Failure> {
    if !args.link_database {
        return Ok(LinkDatabase::Later);
    }
    let given = match &args.connection_string_file {
        Some(path) if path == Path::new("-") => {
            Some(prompt::secret("Connection string (not shown): ", &invocation.cancel).await?)
        }
        Some(path) => Some(from_file(invocation, path)?),
        None => variables::connection_string()?,
    };
    match given {
        Some(connection_string) => Ok(with(&connection_string, args)?),
        None => Ok(LinkDatabase::Remembered),
    }
}

/// Plans an import; where a connection string is needed and none is kept, the person at the terminal is asked.
pub(super) async fn propose(
    invocation: &Invocation,
    engine: &Engine,
    target: &Target,
    file: (&Configuration, String),
    options: &mut ImportOptions,
    args: &ImportArgs,
    context: &Context,
) -> Result<Proposal, Failure> {
    let (configuration, source) = file;
    let proposed = engine.propose_import(target, configuration, options, source.clone(), context).await;
    match proposed {
        Err(Error::ConnectionStringMissing { .. }) if invocation.screen.can_ask() => {
            invocation.quiet_progress();
            let question = format!("Connection string of the database in {} (not shown): ", target.name);
            let given = prompt::secret(&question, &invocation.cancel).await?;
            options.link = with(&given, args)?;
            Ok(engine.propose_import(target, configuration, options, source, context).await?)
        }
        proposed => Ok(proposed?),
    }
}

fn with(connection_string: &SecretString, args: &ImportArgs) -> Result<LinkDatabase, CommandError> {
    let connection_string = one_secret(connection_string).map_err(|why| CommandError::BadValue {
        message: format!("The connection string {why}. Nothing was sent."),
        hint: "Give it in AIDB_CONNECTION_STRING or in a file, or leave --link-database out and link later.".into(),
    })?;
    let remember = if args.remember { Remember::Keep } else { Remember::Forget };
    let even_if_linked = if args.relink { Relink::Yes } else { Relink::No };
    Ok(LinkDatabase::With { connection_string, remember, even_if_linked })
}

fn from_file(invocation: &Invocation, path: &Path) -> Result<SecretString, Failure> {
    let (text, closed) = files::read_secret(path, "File with the connection string")?;
    if let Some(closed) = closed {
        invocation.screen.warning(&closed);
    }
    Ok(SecretString::from(text.as_str()))
}
