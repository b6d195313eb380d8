use clap::Args;

/// Settle what was interrupted by a crash, a power cut or a lost connection.
///
/// An operation that was interrupted while it wrote is put back: what is still as aidb wrote it goes back to what it was, and
/// what somebody else has changed since is left and named. With --finish it is carried through to its end instead.
///
/// import, promote, rollback and export put back by themselves before they begin; with --dry-run and --validate, and in all
/// other commands, it is only said what was interrupted.
///
/// Needs the environment's API key: the stored one, or the one given with -u and -k for that server.
///
/// Example: aidb recover --list
#[derive(Args, Debug)]
pub(crate) struct RecoverArgs {
    /// One operation, by its id; every interrupted one without it.
    #[arg(value_name = "OPERATION")]
    pub(crate) operation: Option<String>,
    /// Show what was interrupted, and stop. Sends nothing.
    #[arg(long, conflicts_with_all = ["finish", "leave"])]
    pub(crate) list: bool,
    /// Carry it through to the end of its plan instead of putting it back.
    #[arg(long, conflicts_with = "leave")]
    pub(crate) finish: bool,
    /// End it as it stands: nothing is put back and nothing is finished. For an operation that can never be settled, because
    /// its server is gone for good.
    #[arg(long, requires = "operation")]
    pub(crate) leave: bool,
}
