//! The system's keychain, made safe to call from async code.
//!
//! The keychain libraries block, and the one for Linux panics on a runtime's thread when some other crate turns on its
//! tokio support. Each request therefore gets a thread of its own. Not `spawn_blocking`: a runtime waits for those threads
//! when it shuts down, and a keychain that never answers would keep the whole program from ending.

use std::sync::{Mutex as Lock, MutexGuard as Locked, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use tokio::sync::{Mutex, MutexGuard, oneshot};
use tokio::time::{Instant, sleep, timeout_at};

use super::prompt::LastUse;
use super::secret_service::{self, Found};
use super::{KeyPrompt, Removal, SecretName, StoredSecret, VaultError, VaultUse};

/// Time the keychain may take when it has nothing to ask anybody.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// Time it may take when a password prompt may be on the screen.
const PROMPT_LIMIT: Duration = Duration::from_secs(60);
/// For how long a request may be without an answer before it is looked whether the keychain is still there: whoever reads a
/// prompt has [`PROMPT_LIMIT`], and a keychain that fell silent meanwhile does not.
const PULSE: Duration = Duration::from_secs(4);
/// Time such a look may take: with the pause before it less than [`ANSWER_LIMIT`].
const PULSE_LIMIT: Duration = Duration::from_secs(5);
/// For how long a keychain that did not answer is not asked for the next secret: whoever wants one after the other would
/// wait for [`ANSWER_LIMIT`] each time.
const SILENT_FOR: Duration = Duration::from_secs(3);

/// A look that has ended.
#[derive(Clone, Debug)]
struct Look {
    began: Instant,
    ended: Instant,
    found: Result<Found, VaultError>,
}

impl Look {
    fn is_silent(&self) -> bool {
        matches!(self.found, Err(VaultError::KeychainSilent { .. }))
    }
}

/// The keychain of the user who runs this process. One request at a time, because each may bring up a prompt; a look never
/// does, and waits for no request.
#[derive(Debug)]
pub(super) struct Keychain {
    used_for: VaultUse,
    /// Of the keys that are asked for after idle minutes.
    last_use: LastUse,
    /// Held by whoever wants something of an entry.
    turn: Mutex<()>,
    /// When a request was last answered.
    answered: Lock<Option<Instant>>,
    /// Held by whoever looks.
    looking: Mutex<()>,
    /// The last look, also one that was made beside a request.
    looked: Lock<Option<Look>>,
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
    pub(super) fn new(used_for: VaultUse) -> Self {
        Self { used_for, ..Self::with_look(secret_service::look) }
    }

    fn with_look(look: fn() -> Result<Found, VaultError>) -> Self {
        Self {
            used_for: VaultUse::OneRun,
            last_use: LastUse::default(),
            turn: Mutex::default(),
            answered: Lock::default(),
            looking: Mutex::default(),
            looked: Lock::default(),
            look,
        }
    }

    /// Whether the keychain can be used right now. Never prompts.
    pub(super) async fn check(&self) -> Result<(), VaultError> {
        match self.look(Instant::now(), Silence::IsOver).await? {
            Found::Open => Ok(()),
            Found::Locked => Err(VaultError::KeychainLocked),
            Found::NoKeyring => Err(VaultError::NoKeyring),
        }
    }

    pub(super) async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, VaultError> {
        Ok(self.read(name).await?.map(|stored| stored.secret))
    }

    /// The secret for somebody who waits for its prompt.
    pub(super) async fn read(&self, name: &SecretName) -> Result<Option<StoredSecret>, VaultError> {
        let (prompt, used_for, name) = (name.prompt(), self.used_for, name.clone());
        let stored = self.find(PROMPT_LIMIT, move || secret_service::read(&name, used_for)).await;
        self.note_use(prompt);
        stored
    }

    /// When a secret was stored, where that is known, without reading it; the outer `None` where there is none.
    pub(super) async fn find_unread(&self, name: &SecretName) -> Result<Option<Option<DateTime<Utc>>>, VaultError> {
        let name = name.clone();
        self.find(ANSWER_LIMIT, move || secret_service::find_unread(&name)).await
    }

    /// Whether a key that is asked for in that way is handed out without asking now.
    pub(super) async fn is_open(&self, prompt: KeyPrompt) -> Result<bool, VaultError> {
        match prompt {
            KeyPrompt::Never => Ok(true),
            KeyPrompt::Always => Ok(false),
            KeyPrompt::Idle => self.find(ANSWER_LIMIT, move || secret_service::is_open(prompt)).await,
        }
    }

    /// Locks what this process left open.
    pub(super) async fn lock_idle(&self) -> Result<(), VaultError> {
        if !self.last_use.forget() {
            return Ok(());
        }
        self.request(Instant::now(), ANSWER_LIMIT, || secret_service::lock(KeyPrompt::Idle)).await
    }

    /// Begins the idle minutes anew, also after a request that failed: it may have opened the keyring before.
    fn note_use(&self, prompt: KeyPrompt) {
        if prompt == KeyPrompt::Idle && self.used_for == VaultUse::Session {
            self.last_use.note(|| async {
                // Where the keychain is gone, nothing is open; where it does not answer, nobody is there to be told.
                let _locked = ask(ANSWER_LIMIT, || secret_service::lock(KeyPrompt::Idle)).await;
            });
        }
    }

    /// The secret for somebody who only wants to show that it is there: nobody sits in front of a prompt for that, and
    /// nobody waits for the prompt of another.
    pub(super) async fn glance(&self, name: &SecretName) -> Result<Option<StoredSecret>, VaultError> {
        let (used_for, name) = (self.used_for, name.clone());
        self.find(ANSWER_LIMIT, move || secret_service::read(&name, used_for)).await
    }

    /// Stores the secret; answers what can be read there then.
    pub(super) async fn set(&self, name: &SecretName, secret: &SecretString) -> Result<SecretString, VaultError> {
        let asked = Instant::now();
        let found = self.look(asked, Silence::Counts).await?;
        refuse_locked(found)?;
        if found == Found::NoKeyring {
            return Err(VaultError::NoKeyring);
        }
        let (used_for, name, secret) = (self.used_for, name.clone(), secret.clone());
        let kept = self.request(asked, PROMPT_LIMIT, move || secret_service::set(&name, &secret, used_for)).await;
        // Whatever its own keyring is: the key may have lain in the one that is opened for a while.
        self.note_use(KeyPrompt::Idle);
        kept
    }

    pub(super) async fn remove(&self, name: &SecretName) -> Result<Removal, VaultError> {
        let (used_for, name) = (self.used_for, name.clone());
        let removal = self.find(PROMPT_LIMIT, move || secret_service::remove(&name, used_for)).await;
        self.note_use(KeyPrompt::Idle);
        removal
    }

    /// Runs a request about an entry that may be there. Without a default keyring it may be in another one, so the search
    /// goes on; in a locked one "not found" would mean nothing.
    async fn find<T, F>(&self, limit: Duration, request: F) -> Result<T, VaultError>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, VaultError> + Send + 'static,
    {
        let asked = Instant::now();
        refuse_locked(self.look(asked, Silence::Counts).await?)?;
        self.request(asked, limit, request).await
    }

    /// Prompts for the password of the default keyring, or for the creation of one.
    pub(super) async fn unlock(&self) -> Result<(), VaultError> {
        let asked = Instant::now();
        if self.look(asked, Silence::IsOver).await? == Found::Open {
            return Ok(());
        }
        self.request(asked, PROMPT_LIMIT, secret_service::unlock).await
    }

    /// Looks, before anything is asked: that never prompts, so a keychain that is gone or hangs is known within
    /// [`ANSWER_LIMIT`] of `asked`, whatever else is under way. What comes after it may have longer, because single entries
    /// may be guarded by a prompt of their own (KeePassXC does that).
    ///
    /// A look is the answer to everybody who waited for it: many may want a secret at once, and a silent keychain keeps all
    /// of them together no longer than one.
    async fn look(&self, asked: Instant, silence: Silence) -> Result<Found, VaultError> {
        let deadline = asked + ANSWER_LIMIT;
        let Ok(_looking) = timeout_at(deadline, self.looking.lock()).await else { return Err(silent(ANSWER_LIMIT)) };
        let counts_for = if silence == Silence::Counts { SILENT_FOR } else { Duration::ZERO };
        match &*locked(&self.looked) {
            Some(look) if look.is_silent() && look.ended + counts_for >= asked => return look.found.clone(),
            Some(look) if !look.is_silent() && look.began > asked => return look.found.clone(),
            _ => {}
        }
        self.look_until(deadline).await
    }

    async fn look_until(&self, deadline: Instant) -> Result<Found, VaultError> {
        let began = Instant::now();
        let found = match ask(deadline - began, self.look).await {
            Err(VaultError::KeychainSilent { .. }) => Err(silent(ANSWER_LIMIT)),
            found => found,
        };
        *locked(&self.looked) = Some(Look { began, ended: Instant::now(), found: found.clone() });
        found
    }

    /// Waits for its turn and runs a request, both within `limit` of `asked`, or of the last answer to another one: many
    /// that are answered one after the other are no silence.
    async fn request<T, F>(&self, asked: Instant, limit: Duration, request: F) -> Result<T, VaultError>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, VaultError> + Send + 'static,
    {
        let _turn = self.wait_for_turn(asked, limit).await?;
        if self.silent_since(asked) {
            return Err(silent(ANSWER_LIMIT));
        }
        let answer = self.ask_while_it_lives(self.deadline(asked, limit), limit, request).await;
        if !matches!(answer, Err(VaultError::KeychainSilent { .. })) {
            *locked(&self.answered) = Some(Instant::now());
        }
        answer
    }

    /// Whether the last look was left without an answer, after that moment.
    fn silent_since(&self, asked: Instant) -> bool {
        locked(&self.looked).as_ref().is_some_and(|look| look.is_silent() && look.ended >= asked)
    }

    fn deadline(&self, asked: Instant, limit: Duration) -> Instant {
        locked(&self.answered).map_or(asked, |answered| answered.max(asked)) + limit
    }

    async fn wait_for_turn(&self, asked: Instant, limit: Duration) -> Result<MutexGuard<'_, ()>, VaultError> {
        let mut turn = std::pin::pin!(self.turn.lock());
        loop {
            let deadline = self.deadline(asked, limit);
            match timeout_at(deadline, &mut turn).await {
                Ok(turn) => return Ok(turn),
                Err(_) if self.deadline(asked, limit) > deadline => {}
                Err(_) => return Err(silent(limit)),
            }
        }
    }

    /// Runs `request` until `deadline`, or until a look beside it finds that the keychain is gone or answers nothing.
    async fn ask_while_it_lives<T, F>(&self, deadline: Instant, limit: Duration, request: F) -> Result<T, VaultError>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, VaultError> + Send + 'static,
    {
        let mut answer = std::pin::pin!(ask(deadline - Instant::now(), request));
        let alive = async {
            loop {
                sleep(PULSE).await;
                let wanted = Instant::now();
                let _looking = self.looking.lock().await;
                if self.silent_since(wanted) {
                    return silent(ANSWER_LIMIT);
                }
                if let Err(error) = self.look_until(Instant::now() + PULSE_LIMIT).await {
                    return error;
                }
            }
        };
        tokio::select! {
            biased;
            answer = &mut answer => match answer {
                Err(VaultError::KeychainSilent { .. }) => Err(silent(limit)),
                answer => answer,
            },
            gone = alive => Err(gone),
        }
    }
}

const fn silent(limit: Duration) -> VaultError {
    VaultError::KeychainSilent { limit }
}

/// A panic elsewhere leaves a value whole: every change is a single assignment.
fn locked<T>(value: &Lock<T>) -> Locked<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
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
    use std::sync::Arc;
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

    fn never() -> Result<Found, VaultError> {
        LOOKS.fetch_add(1, Ordering::SeqCst);
        loop {
            std::thread::park();
        }
    }

    /// Number of looks, of `at_least` times. The limit passes on a clock that is turned by hand, maybe before the
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
        let keychain = Keychain::with_look(never);
        let name = SecretName::EnvironmentKey {
            environment: "a".into(),
            server: None,
            display: "A".into(),
            prompt: KeyPrompt::Never,
        };
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

    const fn open() -> Result<Found, VaultError> {
        Ok(Found::Open)
    }

    fn parked() -> Result<Found, VaultError> {
        loop {
            std::thread::park();
        }
    }

    /// Keeps the clock of a test from running ahead of the threads on which the keychain is asked, for as long as it lives.
    fn clock_by_hand() -> std::sync::mpsc::Sender<()> {
        let (release, released) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || released.recv().is_ok());
        release
    }

    /// Turns the clock, second by second, and lets every look that begins meanwhile end.
    async fn pass(keychain: &Keychain, seconds: u64) {
        for _ in 0..seconds {
            tokio::time::advance(Duration::from_secs(1)).await;
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            drop(keychain.looking.lock().await);
        }
    }

    /// A request that is answered when the sender says so, and has its turn or waits for it when this returns.
    async fn pending(
        keychain: &Arc<Keychain>,
        limit: Duration,
    ) -> (std::sync::mpsc::Sender<()>, tokio::task::JoinHandle<Result<bool, VaultError>>) {
        let (release, released) = std::sync::mpsc::channel::<()>();
        let keychain = Arc::clone(keychain);
        let request = async move { keychain.request(Instant::now(), limit, move || Ok(released.recv().is_ok())).await };
        let under_way = tokio::spawn(request);
        tokio::task::yield_now().await;
        (release, under_way)
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_only_looks_waits_for_no_prompt_of_another() {
        let _clock = clock_by_hand();
        let keychain = Arc::new(Keychain::with_look(open));
        let (release, prompt) = pending(&keychain, PROMPT_LIMIT).await;
        let began = Instant::now();
        assert_eq!(keychain.check().await, Ok(()), "how it is, is known at once");
        assert_eq!(began.elapsed(), Duration::ZERO);

        let name = SecretName::EnvironmentKey {
            environment: "a".into(),
            server: None,
            display: "A".into(),
            prompt: KeyPrompt::Never,
        };
        let other = Arc::clone(&keychain);
        let glance = tokio::spawn(async move { other.glance(&name).await.map(|found| found.is_some()) });
        // It has asked before the clock goes on.
        tokio::task::yield_now().await;
        pass(&keychain, ANSWER_LIMIT.as_secs()).await;
        assert_eq!(glance.await.unwrap(), Err(silent(ANSWER_LIMIT)), "one limit for the wait and the answer");
        assert!(began.elapsed() <= ANSWER_LIMIT, "{:?}", began.elapsed());

        pass(&keychain, 45).await;
        assert!(!prompt.is_finished(), "whoever reads the prompt has their minute");
        release.send(()).unwrap();
        assert_eq!(prompt.await.unwrap(), Ok(true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_keychain_that_falls_silent_under_a_request_is_given_up_by_everybody_within_one_limit() {
        let keychain = Arc::new(Keychain::with_look(parked));
        let began = Instant::now();
        let (_never, under_way) = pending(&keychain, PROMPT_LIMIT).await;
        let (_never_too, waits) = pending(&keychain, PROMPT_LIMIT).await;
        let looks = keychain.check();
        let (under_way, waits, looks) = tokio::join!(under_way, waits, looks);
        let silence = silent(ANSWER_LIMIT);
        assert_eq!((under_way.unwrap(), waits.unwrap()), (Err(silence.clone()), Err(silence.clone())));
        assert_eq!(looks, Err(silence));
        assert!(began.elapsed() <= ANSWER_LIMIT, "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn many_that_are_answered_one_after_the_other_are_no_silence() {
        let _clock = clock_by_hand();
        let keychain = Arc::new(Keychain::with_look(open));
        let mut requests = Vec::new();
        for _ in 0..4 {
            requests.push(pending(&keychain, ANSWER_LIMIT).await);
        }
        for (release, request) in requests {
            pass(&keychain, 6).await;
            release.send(()).unwrap();
            assert_eq!(request.await.unwrap(), Ok(true));
        }
    }

    #[tokio::test]
    async fn a_panic_in_the_library_is_an_error_and_not_the_end() {
        let result = ask::<(), _>(ANSWER_LIMIT, || panic!("as the library does on a runtime's thread")).await;
        assert!(matches!(result, Err(VaultError::KeychainFailed { .. })), "{result:?}");
    }
}
