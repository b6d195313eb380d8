//! Files that are being checked. A large one takes a while, and whoever took the wrong one need not wait for it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aidb_core::operations::Error;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::blocking::spawn_blocking;
use crate::contract::ErrorReport;

/// Number of files that are read at once. A check that was stopped while its disk did not answer keeps its place until the disk
/// does: a person who tries again and again fills these places, and not the memory.
const AT_ONCE: usize = 4;

/// The files that are being checked.
pub(crate) struct Checks {
    places: Arc<Semaphore>,
    under_way: Mutex<Vec<Check>>,
}

struct Check {
    path: PathBuf,
    cancel: CancellationToken,
}

impl Default for Checks {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), under_way: Mutex::default() }
    }
}

impl Checks {
    /// Does `work` with a file, aside from everything else, until it is done or stopped.
    ///
    /// # Errors
    /// What `work` fails with, or [`Error::Interrupted`] as soon as somebody stops it, whether or not `work` has noticed.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        path: &Path,
        work: impl FnOnce(&CancellationToken) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, ErrorReport> {
        let cancel = CancellationToken::new();
        self.locked().push(Check { path: path.to_owned(), cancel: cancel.clone() });
        let done = cancel.run_until_cancelled(self.in_its_place(work, cancel.clone())).await;
        cancel.cancel();
        self.locked().retain(|check| !check.cancel.is_cancelled());
        done.unwrap_or_else(|| Err(Error::Interrupted.into()))
    }

    async fn in_its_place<T: Send + 'static>(
        &self,
        work: impl FnOnce(&CancellationToken) -> Result<T, Error> + Send + 'static,
        cancel: CancellationToken,
    ) -> Result<T, ErrorReport> {
        // Nobody closes it.
        let place = Arc::clone(&self.places).acquire_owned().await;
        spawn_blocking(move || {
            let done = work(&cancel);
            drop(place);
            done
        })
        .await
    }

    /// Stops every check of that file.
    pub(crate) fn stop(&self, path: &Path) {
        self.locked().iter().filter(|check| check.path == path).for_each(|check| check.cancel.cancel());
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Check>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use aidb_core::error::ErrorCode;

    use super::*;

    #[tokio::test]
    async fn a_check_that_is_stopped_ends_at_once_and_only_it() {
        let checks = Checks::default();
        let (wrong, right) = (Path::new("/wrong.json"), Path::new("/right.json"));
        let (release, released) = std::sync::mpsc::channel::<()>();
        // A disk that answers nothing: the work itself cannot notice that it is to end.
        let hanging = checks.run(wrong, move |_| Ok(released.recv().is_ok()));
        let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
        let other = checks.run(right, move |cancel| {
            goes_on.recv().expect("the other one was stopped by then");
            Ok(cancel.is_cancelled())
        });
        let stop = async {
            while checks.places.available_permits() != AT_ONCE - 2 {
                tokio::task::yield_now().await;
            }
            checks.stop(wrong);
            go_on.send(()).expect("it waits");
        };
        let (stopped, other, ()) = tokio::join!(hanging, other, stop);
        assert_eq!(stopped.unwrap_err().code, ErrorCode::Interrupted);
        assert_eq!(other, Ok(false), "the other one is not stopped");
        assert_eq!(checks.locked().len(), 0);
        assert_eq!(checks.places.available_permits(), AT_ONCE - 1, "what hangs keeps its place");
        drop(release);
        while checks.places.available_permits() != AT_ONCE {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn checks_that_hang_fill_their_places_and_no_more() {
        let checks = Checks::default();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let released = Arc::new(Mutex::new(released));
        let path = Path::new("/disk-that-does-not-answer.json");
        for number in 0..AT_ONCE + 2 {
            let begun = Arc::new(std::sync::atomic::AtomicBool::new(false));
            let (seen, released) = (Arc::clone(&begun), Arc::clone(&released));
            let has_begun = || begun.load(std::sync::atomic::Ordering::SeqCst);
            let hanging = checks.run(path, move |_| {
                seen.store(true, std::sync::atomic::Ordering::SeqCst);
                Ok(released.lock().is_ok_and(|released| released.recv().is_ok()))
            });
            let stop = async {
                // Where there is a place for it, it begins; otherwise it is listed and waits for one.
                while checks.locked().is_empty() || (number < AT_ONCE && !has_begun()) {
                    tokio::task::yield_now().await;
                }
                checks.stop(path);
            };
            let (stopped, ()) = tokio::join!(hanging, stop);
            assert_eq!(stopped.unwrap_err().code, ErrorCode::Interrupted, "also one that waits for its place");
            assert_eq!(has_begun(), number < AT_ONCE, "number {number}");
        }
        drop(release);
    }
}
