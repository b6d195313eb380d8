use aidb_core::store::Colour;
use aidb_core::vault::KeyPrompt;
use clap::{Args, Subcommand};

/// Environments: one profile for each server, and their keys.
#[derive(Args, Debug)]
pub(crate) struct EnvArgs {
    #[command(subcommand)]
    pub(crate) action: EnvAction,
}

/// What `aidb env` does.
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "ACTION", subcommand_help_heading = "Actions")]
pub(crate) enum EnvAction {
    Add(AddArgs),
    /// List the environments in stage order.
    List,
    /// Show one environment, and whether its key is stored.
    Show(NameArgs),
    Update(UpdateArgs),
    Remove(RemoveArgs),
    /// Store an environment's API key.
    ///
    /// Asks for it without showing it; without a terminal it is one line of standard input. Never an argument, because
    /// everybody on this machine can read those.
    SetKey(SetKeyArgs),
    /// Remove an environment's API key and keep its profile.
    RemoveKey(NameArgs),
    /// Test an environment: server, key, agent. The same as `aidb test -e NAME`.
    Test(NameArgs),
}

/// Which environment.
#[derive(Args, Debug)]
pub(crate) struct NameArgs {
    /// The environment's name.
    pub(crate) name: String,
}

/// Whose key.
#[derive(Args, Debug)]
pub(crate) struct SetKeyArgs {
    /// The environment's name.
    pub(crate) name: String,
    /// Taken only to be refused without being shown: somebody may have typed the key here.
    #[arg(hide = true, allow_hyphen_values = true)]
    pub(crate) surplus: Vec<String>,
}

/// Add an environment.
///
/// Example: aidb env add Staging --url https://staging.example.com --colour amber
#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// Its name.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    /// Ask for the environment's name before anything is written to it.
    #[arg(long)]
    pub(crate) protected: bool,
}

/// Change an environment. What is not named stays.
///
/// Its key stays only while the URL leads to the same server: a key is never sent to a server it was not stored for.
/// Where the environment lives is said with -u/--url.
#[derive(Args, Debug)]
pub(crate) struct UpdateArgs {
    /// The environment's name.
    pub(crate) name: String,
    /// A new name.
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    /// Ask for the environment's name before anything is written to it.
    #[arg(long, conflicts_with = "unprotected")]
    pub(crate) protected: bool,
    /// Ask for no more than a yes.
    #[arg(long)]
    pub(crate) unprotected: bool,
}

/// What a profile may say besides its name and URL.
#[derive(Args, Debug)]
pub(crate) struct ProfileArgs {
    /// The colour that tells it apart: blue, amber, red, green, violet, teal or grey.
    #[arg(long, visible_alias = "color", value_parser = colour)]
    pub(crate) colour: Option<Colour>,
    /// The agent that is meant when none is named.
    #[arg(long, value_name = "ID")]
    pub(crate) default_agent: Option<String>,
    /// When the keychain asks for a password before it hands out the key: never, idle (after ten minutes without a use, and in
    /// every command), or always. The key then lies in a keyring of its own.
    #[arg(long, value_name = "WHEN", value_parser = key_prompt)]
    pub(crate) ask_key: Option<KeyPrompt>,
    /// Its place in the stage order, from 1.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) position: Option<u32>,
}

/// Remove an environment's profile and its key. Its backups and its history stay.
#[derive(Args, Debug)]
pub(crate) struct RemoveArgs {
    /// The environment's name.
    pub(crate) name: String,
    /// Ask nothing.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

fn key_prompt(word: &str) -> Result<KeyPrompt, String> {
    KeyPrompt::parse(word).ok_or_else(|| "it is never, idle or always".to_owned())
}

fn colour(word: &str) -> Result<Colour, String> {
    Colour::parse(word).ok_or_else(|| {
        let words: Vec<&str> = Colour::ALL.iter().map(|colour| colour.as_str()).collect();
        format!("the colours are {}", words.join(", "))
    })
}
