//! Ctrl-C, SIGTERM and a terminal that is closed: the first cancels and lets everything be put back, the second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::exit::Exit;
use crate::screen::error_text;

const PUTTING_BACK: &str = "\nStopping. What was already changed is being put back; a second Ctrl-C ends at once \
                            and may leave changes half done.\n";
const STOPPING: &str = "\nStopping.\n";
const ENDING: &str =
    "\nEnded at once. Changes may be half done; the next start of aidb puts them back (aidb recover).\n";

/// How long a command that changes nothing may take to stop: what blocks it, a pipe for example, may never let go.
const GRACE: Duration = Duration::from_secs(3);

/// Whether a server may be in the middle of being changed.
static CHANGING: AtomicBool = AtomicBool::new(false);

/// From now on a server may be in the middle of being changed: stopping takes as long as putting back takes.
pub(crate) fn changes_begin() {
    CHANGING.store(true, Ordering::SeqCst);
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
    cancel.cancel();
    error_text(if changing { PUTTING_BACK } else { STOPPING });
    if !changing {
        let _again_or_over = tokio::time::timeout(GRACE, signals.next()).await;
        std::process::exit(Exit::Interrupted as i32);
    }
    signals.next().await;
    error_text(ENDING);
    std::process::exit(Exit::NeedsAttention as i32);
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
