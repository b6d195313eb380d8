//! What all connections of one sandbox share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::error::StateFileError;
use crate::faults::{ActiveSwitches, Allowance};
use crate::framework::Refusal;
use crate::registry::{Registry, Storing};
use crate::state_file::StateFile;
use crate::switches::{Fault, Switches};
use crate::traffic::Record;

/// Locks. What the locks here guard is whole after every single change, so a panic elsewhere does not spoil it.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One environment: its state, its switches, its record.
pub(crate) struct Shared {
    registry: Mutex<Registry>,
    state_file: Option<StateFile>,
    switches: RwLock<Arc<ActiveSwitches>>,
    pub(crate) allowance: Mutex<Allowance>,
    pub(crate) record: Arc<Record>,
    /// Ends the answers that hang.
    pub(crate) release: Notify,
    /// Told of every change of the switches.
    changed: watch::Sender<()>,
    /// Each value that is sent closes the port for as long.
    pub(crate) refuse: watch::Sender<Duration>,
    seed: Registry,
    first_switches: Switches,
}

/// Without the state: that is a hundred thousand resources at times, and agents' own fields may hold secrets.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("state_file", &self.state_file).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn new(registry: Registry, seed: Registry, state_file: Option<StateFile>, switches: Switches) -> Self {
        Self {
            registry: Mutex::new(registry),
            state_file,
            switches: RwLock::new(Arc::new(ActiveSwitches::new(switches.clone()))),
            allowance: Mutex::default(),
            record: Arc::default(),
            release: Notify::new(),
            changed: watch::Sender::default(),
            refuse: watch::Sender::default(),
            seed,
            first_switches: switches,
        }
    }

    pub(crate) fn switches(&self) -> Arc<ActiveSwitches> {
        Arc::clone(&self.switches.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the switches by what `change` makes of them. Faults that stay the same keep counting.
    pub(crate) fn change_switches<E>(
        &self,
        change: impl FnOnce(&Switches) -> Result<Switches, E>,
    ) -> Result<Switches, E> {
        let mut active = self.switches.write().unwrap_or_else(PoisonError::into_inner);
        let switches = change(&active.switches)?;
        *active = Arc::new(active.changed_to(switches.clone()));
        drop(active);
        self.changed.send_replace(());
        Ok(switches)
    }

    /// Waits for as long as that fault is among the switches, or until everything is released.
    pub(crate) async fn held_by(&self, fault: &Fault) {
        let mut changes = self.changed.subscribe();
        while self.switches().switches.faults.contains(fault) {
            tokio::select! {
                () = self.release.notified() => return,
                // It ends with the sandbox, and so does every request.
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    pub(crate) fn registry(&self) -> MutexGuard<'_, Registry> {
        locked(&self.registry)
    }

    /// Changes the registry on behalf of a request, and keeps the new state.
    pub(crate) fn store<T>(
        &self,
        storing: Storing,
        change: impl FnOnce(&mut Registry) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut registry = self.registry();
        let result = change(&mut registry)?;
        if storing == Storing::Kept {
            let kept = self.keep(&registry);
            kept.map_err(|error| Refusal::Service(http::StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        }
        Ok(result)
    }

    /// Writes the state file, where there is one. Called with the registry locked, so that files follow the changes.
    pub(crate) fn keep(&self, registry: &Registry) -> Result<(), StateFileError> {
        self.state_file.as_ref().map_or(Ok(()), |file| file.save(registry))
    }

    /// As it was at the first start: sample state, switches, nothing recorded.
    pub(crate) fn reset(&self) -> Result<(), StateFileError> {
        {
            let mut active = self.switches.write().unwrap_or_else(PoisonError::into_inner);
            *active = Arc::new(ActiveSwitches::new(self.first_switches.clone()));
        }
        *locked(&self.allowance) = Allowance::default();
        self.release.notify_waiters();
        self.changed.send_replace(());
        self.record.clear();
        let mut registry = self.registry();
        *registry = self.seed.clone();
        self.keep(&registry)
    }
}
