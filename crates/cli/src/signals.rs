//! Ctrl-C, SIGTERM and a terminal that is closed: the first cancels and lets everything be put back, the second ends at once.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::exit::Exit;
use crate::screen::error_text;

const PUTTING_BACK: &str = "\nStopping. Unless it ends in this moment, what was already changed is being put back; a second \
                            Ctrl-C ends at once and may leave changes half done.\n";
const STOPPING: &str = "\nStopping.\n";
const OVER: &str = "\nIt had ended already: nothing is put back, and how it ended stands.\n";
const ENDING: &str =
    "\nEnded at once. Changes may be half done; the next start of aidb puts them back (aidb recover).\n";

/// Time a command that changes nothing may take to stop: what blocks it, a pipe for example, may never let go.
const GRACE: Duration = Duration::from_secs(3);

/// Whether a server may be in the middle of being changed.
static CHANGING: AtomicBool = AtomicBool::new(false);

/// End of the changes; [`NOT_ENDED`] before.
static ENDED: AtomicI32 = AtomicI32::new(NOT_ENDED);
const NOT_ENDED: i32 = -1;

/// From now on a server may be in the middle of being changed: stopping takes as long as putting back takes.
pub(crate) fn changes_begin() {
    ENDED.store(NOT_ENDED, Ordering::SeqCst);
    CHANGING.store(true, Ordering::SeqCst);
}

/// What was interrupted before is recovered, and the command's own work has not begun.
pub(crate) fn recovered_before() {
    CHANGING.store(false, Ordering::SeqCst);
}

/// The changes have ended like this; what is left is to say so. Stopping now ends with a status that is no less true.
pub(crate) fn changes_end(exit: Exit) {
    let untold = if exit == Exit::Done { Exit::Unwritten } else { exit };
    ENDED.store(untold as i32, Ordering::SeqCst);
}

/// The exit status of a process that cannot go on: whether something may be left half done.
pub(crate) fn exit_in_the_middle() -> Exit {
    match (CHANGING.load(Ordering::SeqCst), ENDED.load(Ordering::SeqCst)) {
        (false, _) => Exit::Failed,
        (true, ended) if ended == Exit::Unwritten as i32 => Exit::Unwritten,
        (true, _) => Exit::NeedsAttention,
    }
}

/// Watches for signals until the process ends, on a thread of its own: a file system that hangs holds up the command, and must
/// not hold up its end.
pub(crate) fn watch(cancel: &CancellationToken) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let signals = runtime.block_on(async { Signals::new() })?;
    let cancel = cancel.clone();
    std::thread::Builder::new().name("aidb-signals".into()).spawn(move || runtime.block_on(stop(signals, cancel)))?;
    Ok(())
}

async fn stop(mut signals: Signals, cancel: CancellationToken) {
    signals.next().await;
    let changing = CHANGING.load(Ordering::SeqCst);
    let ended = ENDED.load(Ordering::SeqCst);
    cancel.cancel();
    if !changing || ended != NOT_ENDED {
        error_text(if changing { OVER } else { STOPPING });
        let _again_or_over = tokio::time::timeout(GRACE, signals.next()).await;
        std::process::exit(if changing { ended } else { Exit::Interrupted as i32 });
    }
    error_text(PUTTING_BACK);
    signals.next().await;
    // It may have ended meanwhile, and only its result is still being written.
    match ENDED.load(Ordering::SeqCst) {
        NOT_ENDED => {
            error_text(ENDING);
            std::process::exit(Exit::NeedsAttention as i32);
        }
        ended => {
            error_text(OVER);
            std::process::exit(ended);
        }
    }
}

/// The signals that ask a process to stop.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    /// Never waited for: catching it turns a file that grows too large into an error with words, instead of an end without.
    _file_too_large: tokio::signal::unix::Signal,
}

/// SIGXFSZ on Linux, macOS and the BSDs.
#[cfg(unix)]
const FILE_TOO_LARGE: i32 = 25;

#[cfg(unix)]
impl Signals {
    /// Catches them from now on.
    pub(crate) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            _file_too_large: signal(SignalKind::from_raw(FILE_TOO_LARGE))?,
        })
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

/// The signals that ask a process to stop.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Catches them from now on.
    #[expect(clippy::unnecessary_wraps, reason = "the same shape on every system")]
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
