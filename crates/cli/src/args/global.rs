//! The flags that every command takes.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use secrecy::SecretString;

use super::path::no_dash;
use crate::screen::{Form, Kind, Screen};
use crate::view::Detail;

/// Flags of every command.
#[derive(Args, Debug)]
pub(crate) struct GlobalArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Which server and agent. Flags win over variables, variables over the profile of the environment. What variables hold is
/// taken out of here when the command line has been read, see `usage.rs`.
#[derive(Args, Debug)]
#[command(next_help_heading = "Target")]
pub(crate) struct TargetArgs {
    /// The environment, by the name of its profile (see `aidb env`).
    #[arg(short, long, global = true, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// The server's URL, in place of the one in the profile.
    #[arg(short, long, global = true, value_name = "URL", env = "AIDB_URL", hide_env_values = true)]
    pub(crate) url: Option<String>,
    /// The API key for the server that -u or -e names; "-" reads it from standard input. Everybody on this machine can read a
    /// command line: better set the variable, or keep the key in the keychain with `aidb env set-key`.
    #[arg(
        short = 'k',
        long,
        global = true,
        value_name = "KEY",
        env = "AIDB_API_KEY",
        hide_env_values = true,
        value_parser = secret
    )]
    pub(crate) api_key: Option<SecretString>,
    /// The agent's id.
    #[arg(short, long, global = true, value_name = "ID", env = "AIDB_AGENT_ID", hide_env_values = true)]
    pub(crate) agent: Option<String>,
    /// A file with CA certificates (PEM) to trust besides the system's.
    #[arg(long, global = true, value_name = "FILE", value_parser = no_dash())]
    pub(crate) ca_file: Option<PathBuf>,
    /// Allow plain http beyond this machine: sends the key unencrypted, readable for everybody on the way.
    #[arg(
        long,
        global = true,
        env = "AIDB_ALLOW_PLAIN_HTTP",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub(crate) allow_plain_http: bool,
}

/// How results are shown.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct OutputArgs {
    /// Print one JSON document, errors included.
    #[arg(short, long, global = true)]
    pub(crate) json: bool,
    /// Tell more: every change of a plan, retries, and the details of an error.
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Keep standard error for errors and questions.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Show no progress bar on a terminal.
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
}

impl OutputArgs {
    /// The screen that these flags ask for.
    pub(crate) const fn screen(self, kind: Kind) -> Screen {
        let detail = match (self.verbose, self.quiet) {
            (true, _) => Detail::Verbose,
            (false, true) => Detail::Quiet,
            (false, false) => Detail::Usual,
        };
        Screen { kind, form: if self.json { Form::Json } else { Form::Human }, detail }
    }
}

/// How the engine runs.
#[derive(Args, Debug)]
#[command(next_help_heading = "Running")]
pub(crate) struct RunArgs {
    /// Why, in your words: goes into the history, and into the backup.
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// How many requests at once.
    #[arg(long, global = true, value_name = "N", value_parser = in_flight)]
    pub(crate) in_flight: Option<NonZeroUsize>,
    /// How long one request may take.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: Option<u64>,
    /// Where API keys are kept.
    #[arg(long, global = true, value_enum, env = "AIDB_KEY_STORE", hide_env_values = true, default_value = "keychain")]
    pub(crate) key_store: KeyStore,
    /// Where environments, backups and the history are kept [default: the data folder of your account].
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "AIDB_DATA_DIR",
        hide_env_values = true,
        value_parser = no_dash()
    )]
    pub(crate) data_dir: Option<PathBuf>,
}

/// Where API keys are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyStore {
    /// The keychain of the system.
    Keychain,
    /// Files in the data folder that nobody else can read.
    File,
    /// Nowhere: forgotten at the end of the command.
    Memory,
}

/// The most requests at once that make sense against one server.
const MOST_IN_FLIGHT: usize = 256;

fn in_flight(text: &str) -> Result<NonZeroUsize, String> {
    let number: Option<NonZeroUsize> = text.parse().ok();
    number
        .filter(|number| number.get() <= MOST_IN_FLIGHT)
        .ok_or_else(|| format!("give a number from 1 to {MOST_IN_FLIGHT}"))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that clap wants")]
fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text.to_owned()))
}
