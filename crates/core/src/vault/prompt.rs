//! Keys that the keychain asks for (docs/RULES.md#asked-keys): each lies in a keyring with a password of its own, which is
//! locked again after use. While it is locked no process of the same account reads the key without the person noticing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::text_enum::text_enum;

/// Time without a use after which a keyring of [`KeyPrompt::Idle`] is locked.
pub(super) const IDLE_LIMIT: Duration = Duration::from_secs(10 * 60);

text_enum! {
    /// When the keychain asks for a password before it hands out an environment's key.
    pub enum KeyPrompt {
        /// Only where the keychain itself is locked.
        Never = "never",
        /// After ten minutes without a use, at the start of the window, and in every command.
        Idle = "idle",
        /// Before every use.
        Always = "always",
    }
}

impl KeyPrompt {
    /// Label of the keyring, as the system's password program shows it; `None` for the default one.
    pub(super) const fn keyring(self) -> Option<&'static str> {
        match self {
            Self::Never => None,
            Self::Idle => Some("aidb keys, asked for after ten idle minutes"),
            Self::Always => Some("aidb keys, asked for each time"),
        }
    }
}

/// For how long a process asks one keychain for keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultUse {
    /// For one command.
    OneRun,
    /// Until the window is closed.
    Session,
}

/// What happens to the keyring of a key that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// Stays as it is.
    Leave,
    /// Is locked.
    Lock,
    /// Is locked where this request opened it: one that was open belongs to another process, which locks it.
    LockIfOpened,
}

impl VaultUse {
    pub(super) const fn afterwards(self, prompt: KeyPrompt) -> Afterwards {
        match (prompt, self) {
            (KeyPrompt::Never, _) | (KeyPrompt::Idle, Self::Session) => Afterwards::Leave,
            (KeyPrompt::Idle, Self::OneRun) => Afterwards::LockIfOpened,
            (KeyPrompt::Always, _) => Afterwards::Lock,
        }
    }
}

/// The last use of the keys of [`KeyPrompt::Idle`]. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct LastUse {
    at: Arc<Mutex<Option<Instant>>>,
}

impl LastUse {
    fn at(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a use. The first one after a while starts what calls `lock` once none has come for [`IDLE_LIMIT`].
    pub(super) fn note<F>(&self, lock: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        if self.at().replace(Instant::now()).is_some() {
            return;
        }
        let last = self.clone();
        tokio::spawn(async move {
            loop {
                let Some(used) = *last.at() else { return };
                sleep_until(used + IDLE_LIMIT).await;
                let mut at = last.at();
                if *at == Some(used) {
                    *at = None;
                    break;
                }
            }
            lock().await;
        });
    }

    /// Takes the note away; says whether there was one.
    pub(super) fn forget(&self) -> bool {
        self.at().take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn ten_minutes_after_the_last_use_it_is_locked_once() {
        let locked = Arc::new(AtomicUsize::new(0));
        let used = |last: &LastUse| {
            let locked = Arc::clone(&locked);
            last.note(move || async move {
                let _before = locked.fetch_add(1, Ordering::SeqCst);
            });
        };
        let last = LastUse::default();
        used(&last);
        tokio::time::sleep(IDLE_LIMIT - Duration::from_secs(1)).await;
        used(&last);
        tokio::time::sleep(IDLE_LIMIT - Duration::from_secs(1)).await;
        assert_eq!(locked.load(Ordering::SeqCst), 0, "a use begins the ten minutes anew");
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(locked.load(Ordering::SeqCst), 1);
        used(&last);
        assert!(last.forget(), "the window was closed");
        tokio::time::sleep(IDLE_LIMIT * 2).await;
        assert_eq!(locked.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn which_keyrings_are_locked_after_a_use() {
        for (prompt, one_run, session) in [
            (KeyPrompt::Never, Afterwards::Leave, Afterwards::Leave),
            (KeyPrompt::Idle, Afterwards::LockIfOpened, Afterwards::Leave),
            (KeyPrompt::Always, Afterwards::Lock, Afterwards::Lock),
        ] {
            assert_eq!(VaultUse::OneRun.afterwards(prompt), one_run, "{prompt}");
            assert_eq!(VaultUse::Session.afterwards(prompt), session, "{prompt}");
        }
    }
}
