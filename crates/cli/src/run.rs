//! From the command line to the exit status.

use std::ffi::OsString;

use clap::CommandFactory as _;

use crate::args::Sources;
use crate::cli::{Cli, Command, MigrateAction};
use crate::commands;
use crate::exit::{self, Exit};
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::memory;
use crate::screen::{Form, Kind, Screen};
use crate::signals;
use crate::usage::{self, Typed};
use crate::view::Detail;

/// Runs something that may have a fault in it. The process ends with a status that says as much as is known: whether a server
/// may be in the middle of being changed.
pub(crate) fn guarded(run: impl FnOnce() -> Exit) -> Exit {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let exit = signals::exit_in_the_middle();
        crate::screen::error_text(match exit {
            Exit::NeedsAttention => {
                "Error: aidb has a fault, and ended because of it. Changes may be half done; its next start puts them back \
                 (aidb recover).\n"
            }
            Exit::Unwritten => {
                "Error: aidb has a fault, and ended because of it. What it changed was done, verified, and stands; the history \
                 has it.\n"
            }
            _ => "Error: aidb has a fault, and ended because of it. Nothing was changed.\n",
        });
        exit
    })
}

/// Runs one command line.
pub(crate) fn run(arguments: &[OsString]) -> Exit {
    let json = usage::wants_json(arguments);
    if let Err(error) = memory::keep_private() {
        let form = if json { Form::Json } else { Form::Human };
        return ended(
            Screen { kind: Kind::Changing, form, detail: Detail::Usual },
            Err(CommandError::Start(error).into()),
        );
    }
    match usage::read(arguments) {
        Typed::Command(cli, sources) => command(*cli, sources),
        Typed::Text(text) => {
            let screen = Screen { kind: Kind::Reading, form: Form::Human, detail: Detail::Usual };
            ended(screen, screen.print(&text).map(|()| Exit::Done))
        }
        Typed::Wrong(error) => {
            let form = if json { Form::Json } else { Form::Human };
            // The usage line is what one wants to see here.
            ended(Screen { kind: Kind::Changing, form, detail: Detail::Verbose }, Err(error.into()))
        }
    }
}

fn command(cli: Cli, sources: Sources) -> Exit {
    let mut invocation = Invocation::new(cli.global, sources, cli.command.kind());
    let screen = invocation.screen;
    let ready = cli.command.one_reader_of_standard_input(&invocation.global).map_err(Failure::from);
    let ready = ready.and_then(|()| invocation.read_key());
    ended(screen, ready.and_then(|()| dispatch(&invocation, cli.command)))
}

fn ended(screen: Screen, result: Result<Exit, Failure>) -> Exit {
    match result {
        Ok(exit) => exit,
        Err(failure) => {
            let exit = exit::of(failure.report().code);
            match screen.failure(&failure) {
                Ok(()) => exit,
                // Standard output does not take it: standard error is all that is left.
                Err(unprintable) => {
                    for said in [&failure, &unprintable] {
                        crate::screen::error_text(&crate::view::human::failure(said, screen.detail));
                    }
                    exit
                }
            }
        }
    }
}

fn dispatch(invocation: &Invocation, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Migrate(args) => in_runtime(invocation, migrate(invocation, args.action)),
        Command::Recover(args) => in_runtime(invocation, commands::recover(invocation, args)),
        Command::Env(args) => in_runtime(invocation, commands::env(invocation, args.action)),
        Command::Overview(args) => in_runtime(invocation, commands::overview(invocation, args)),
        Command::Drift(args) => in_runtime(invocation, commands::drift(invocation, args)),
        Command::Pair(args) => in_runtime(invocation, commands::pair(invocation, args.action)),
        Command::Accept(args) => in_runtime(invocation, commands::accept(invocation, args.action)),
        Command::Test(args) => in_runtime(invocation, commands::test(invocation, args)),
        Command::Sandbox(args) => in_runtime(invocation, commands::sandbox(invocation, args)),
        Command::Schema(args) => invocation.result(&commands::schema(args)).map(|()| Exit::Done),
        Command::Completions(args) => {
            invocation.result(&commands::completions(Cli::command(), &args)).map(|()| Exit::Done)
        }
        Command::Man(args) if args.out_dir.is_some() => {
            Ok(invocation.finished(&commands::man(Cli::command(), &args)?, Exit::Done))
        }
        Command::Man(args) => invocation.result(&commands::man(Cli::command(), &args)?).map(|()| Exit::Done),
    }
}

async fn migrate(invocation: &Invocation, action: MigrateAction) -> Result<Exit, Failure> {
    match action {
        MigrateAction::Export(args) => commands::export(invocation, args).await,
        MigrateAction::Import(args) => commands::import(invocation, args).await,
        MigrateAction::Promote(args) => commands::promote(invocation, args).await,
        MigrateAction::Rollback(args) => commands::rollback(invocation, args).await,
        MigrateAction::Restore(args) => commands::restore(invocation, args).await,
        MigrateAction::Compare(args) => commands::compare(invocation, args).await,
        MigrateAction::Backups(args) => commands::backups(invocation, args.action).await,
        MigrateAction::Batch(args) => commands::batch(invocation, args.action).await,
        MigrateAction::History(args) => commands::history(invocation, args.action).await,
    }
}

/// Everything that talks to a server, a store or a person. On one thread: a request that wakes another thread at every step of
/// its way costs more than all that there is to compute.
fn in_runtime(invocation: &Invocation, command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    signals::watch(&invocation.cancel).map_err(CommandError::Start)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CommandError::Start)?;
    let result = runtime.block_on(Box::pin(command));
    invocation.quiet_progress();
    // A thread that still waits for somebody to type must not keep the process.
    runtime.shutdown_background();
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_in_the_program_ends_with_a_status_that_says_what_may_stand() {
        let fault = || -> Exit { panic!("a fault, for this test") };
        assert_eq!(guarded(|| Exit::Differs), Exit::Differs);
        assert_eq!(guarded(fault), Exit::Failed, "before anything was changed");
        signals::changes_begin();
        assert_eq!(guarded(fault), Exit::NeedsAttention, "in the middle");
        signals::changes_end(Exit::Done);
        assert_eq!(guarded(fault), Exit::Unwritten, "after the end");
    }
}
