//! `aidb completions`.

use clap::Args;
use clap_complete::Shell;

use super::text::Text;

/// Print the completions for a shell.
///
/// Example: aidb completions bash > /etc/bash_completion.d/aidb
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// Which shell.
    pub(crate) shell: Shell,
}

/// The completions of `cli` for a shell.
pub(crate) fn completions(mut cli: clap::Command, args: &CompletionsArgs) -> Text {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli, "aidb", &mut script);
    Text { action: "completions", text: String::from_utf8_lossy(&script).into_owned(), document: None }
}
