use clap::Args;
use clap_complete::Shell;

/// Print the completions for a shell.
///
/// Example: aidb completions bash > /etc/bash_completion.d/aidb
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// Which shell.
    pub(crate) shell: Shell,
}
