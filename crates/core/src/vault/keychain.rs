//! The system's keychain, made safe to call from async code.
//!
//! The keychain libraries block, and the one for Linux panics on a runtime's thread when some other crate turns on its
//! tokio support. Each request therefore gets a thread of its own. Not `spawn_blocking`: a runtime waits for those threads
//! when it shuts down, and a keychain that never answers would keep the whole program from ending.

use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{Mutex, MutexGuard, oneshot};
use tokio::time::Instant;

use super::secret_service;
use super::{Removal, SecretName, StoredSecret, VaultError};

/// How long the keychain may take when it has nothing to ask anybody.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// How long it may take when a password prompt may be on the screen.
const PROMPT_LIMIT: Duration = Duration::from_secs(60);
/// For how long a keychain that did not answer is not asked for the next secret: whoever wants one after the other would
/// wait for [`ANSWER_LIMIT`] each time.
const SILENT_FOR: Duration = Duration::from_secs(3);

/// What a look at the keychain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Unlocked, with a default keyring.
    Open,
    /// The default keyring is locked.
    Locked,
    /// There is no default keyring.
    NoKeyring,
}

/// The keychain of the user who runs this process; one request at a time.
#[derive(Debug)]
pub(super) struct Keychain {
    /// Held by whoever asks. Holds when a look was left without an answer, unless one was answered since.
    turn: Mutex<Option<Instant>>,
    look: fn() -> Result<Found, VaultError>,
}

/// Where a silence of a moment ago still counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// For one more secret.
    Counts,
    /// Not where the person wants to know how it is now.
    IsOver,
}

impl Keychain {
    pub(super) fn new() -> Self {
        Self { turn: Mutex::new(None), look: secret_service::look }
    }

    /// Whether the keychain can be used right now. Never prompts.
    pub(super) async fn check(&self) -> Result<(), VaultError> {
        let (_turn, found) = self.look(Silence::IsOver).await?;
        match found {
            Found::Open => Ok(()),
            Found::Locked => Err(VaultError::KeychainLocked),
            Found::NoKeyring => Err(VaultError::NoKeyring),
        }
    }

    pub(super) async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, VaultError> {
        let name = name.clone();
        self.find(move || secret_service::get(&name)).await
    }

    pub(super) async fn read(&self, name: &SecretName) -> Result<Option<StoredSecret>, VaultError> {
        let name = name.clone();
        self.find(move || secret_service::read(&name)).await
    }

    pub(super) async fn set(&self, name: &SecretName, secret: &SecretString) -> Result<(), VaultError> {
        let (_turn, found) = self.look(Silence::Counts).await?;
        refuse_locked(found)?;
        if found == Found::NoKeyring {
            return Err(VaultError::NoKeyring);
        }
        let (name, secret) = (name.clone(), secret.clone());
        ask(PROMPT_LIMIT, move || secret_service::set(&name, &secret)).await
    }

    pub(super) async fn remove(&self, name: &SecretName) -> Result<Removal, VaultError> {
        let name = name.clone();
        self.find(move || secret_service::remove(&name)).await
    }

    /// Runs a request about an entry that may be there. Without a default keyring it may be in another one, so the search
    /// goes on; in a locked one "not found" would mean nothing.
    async fn find<T, F>(&self, request: F) -> Result<T, VaultError>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, VaultError> + Send + 'static,
    {
        let (_turn, found) = self.look(Silence::Counts).await?;
        refuse_locked(found)?;
        ask(PROMPT_LIMIT, request).await
    }

    /// Prompts for the password of the default keyring, or for the creation of one.
    pub(super) async fn unlock(&self) -> Result<(), VaultError> {
        let (_turn, found) = self.look(Silence::IsOver).await?;
        if found == Found::Open {
            return Ok(());
        }
        ask(PROMPT_LIMIT, secret_service::unlock).await
    }

    /// Waits for its turn, and looks first: that never prompts, so a keychain that is gone or hangs is known within
    /// [`ANSWER_LIMIT`]. What comes after it has longer, because single entries may be guarded by a prompt of their own
    /// (KeePassXC does that).
    ///
    /// A look that is left without an answer is the answer to everybody who waited for it: many may want a secret at once,
    /// and a silent keychain keeps all of them together no longer than one.
    async fn look(&self, silence: Silence) -> Result<(MutexGuard<'_, Option<Instant>>, Found), VaultError> {
        let asked = Instant::now();
        let mut turn = self.turn.lock().await;
        let counts_for = if silence == Silence::Counts { SILENT_FOR } else { Duration::ZERO };
        if turn.is_some_and(|silent| silent + counts_for >= asked) {
            return Err(VaultError::KeychainSilent { limit: ANSWER_LIMIT });
        }
        let found = ask(ANSWER_LIMIT, self.look).await;
        *turn = matches!(found, Err(VaultError::KeychainSilent { .. })).then(Instant::now);
        Ok((turn, found?))
    }
}

fn refuse_locked(found: Found) -> Result<(), VaultError> {
    if found == Found::Locked { Err(VaultError::KeychainLocked) } else { Ok(()) }
}

/// Runs `request` on a thread of its own and waits for at most `limit`. A request that is late is left to itself; its
/// answer goes nowhere.
async fn ask<T, F>(limit: Duration, request: F) -> Result<T, VaultError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, VaultError> + Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    let work = move || {
        // Nobody listens any more when the limit has passed.
        let _late = answer.send(request());
    };
    std::thread::Builder::new()
        .name("aidb-keychain".into())
        .spawn(work)
        .map_err(|error| VaultError::KeychainFailed { reason: format!("no thread could be started: {error}") })?;
    match tokio::time::timeout(limit, answered).await {
        Ok(Ok(answer)) => answer,
        // The thread ended without an answer: the library panicked.
        Ok(Err(_)) => Err(VaultError::KeychainFailed { reason: "the keychain library stopped unexpectedly".into() }),
        Err(_) => Err(VaultError::KeychainSilent { limit }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_request_that_hangs_is_given_up_within_its_limit() {
        let (release, released) = std::sync::mpsc::channel::<()>();
        let hanging = move || {
            let _ended = released.recv();
            Ok(())
        };
        let result = ask(Duration::from_secs(10), hanging).await;
        drop(release);
        assert_eq!(result, Err(VaultError::KeychainSilent { limit: Duration::from_secs(10) }));
    }

    /// A look that nobody answers, and how often it was tried.
    static LOOKS: AtomicUsize = AtomicUsize::new(0);

    fn silent() -> Result<Found, VaultError> {
        LOOKS.fetch_add(1, Ordering::SeqCst);
        loop {
            std::thread::park();
        }
    }

    /// How often it was looked, of `at_least` times. The limit passes on a clock that is turned by hand, maybe before the
    /// system has begun the thread that looks, so that is waited for.
    fn looked(at_least: usize) -> usize {
        let deadline = std::time::Instant::now() + Duration::from_secs(10);
        while LOOKS.load(Ordering::SeqCst) < at_least && std::time::Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        LOOKS.load(Ordering::SeqCst)
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_keychain_is_asked_once_for_everybody_who_waits() {
        let keychain = Keychain { turn: Mutex::new(None), look: silent };
        let name = SecretName::EnvironmentKey { environment: "a".into(), server: None, display: "A".into() };
        let began = Instant::now();
        let (status, one, other) = tokio::join!(keychain.check(), keychain.get(&name), keychain.remove(&name));
        let silence = VaultError::KeychainSilent { limit: ANSWER_LIMIT };
        assert_eq!((status, other), (Err(silence.clone()), Err(silence.clone())));
        assert!(matches!(one, Err(error) if error == silence));
        assert_eq!(looked(1), 1, "one question for all of them");
        assert_eq!(began.elapsed().as_secs(), ANSWER_LIMIT.as_secs(), "and one wait");

        assert_eq!(keychain.remove(&name).await, Err(silence.clone()), "the next secret of a list");
        assert_eq!(looked(1), 1);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(keychain.check().await, Err(silence.clone()), "whoever tries again gets a look of their own");
        assert_eq!(looked(2), 2);
        tokio::time::advance(SILENT_FOR + Duration::from_millis(1)).await;
        assert_eq!(keychain.remove(&name).await, Err(silence), "it is not given up for ever");
        assert_eq!(looked(3), 3);
    }

    #[tokio::test]
    async fn a_panic_in_the_library_is_an_error_and_not_the_end() {
        let result = ask::<(), _>(ANSWER_LIMIT, || panic!("as the library does on a runtime's thread")).await;
        assert!(matches!(result, Err(VaultError::KeychainFailed { .. })), "{result:?}");
    }
}
