//! Secrets in this process's memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use secrecy::SecretString;

use super::{Removal, SecretName, StoredSecret};

/// Secrets by account. Wiped when the last clone of the vault is dropped.
#[derive(Default)]
pub(super) struct Memory(Mutex<HashMap<String, (SecretName, StoredSecret)>>);

impl Memory {
    pub(super) fn read(&self, name: &SecretName) -> Option<StoredSecret> {
        self.secrets().get(&name.account()).map(|(_, stored)| stored.clone())
    }

    pub(super) fn set(&self, name: &SecretName, secret: &SecretString) {
        let stored = StoredSecret { secret: secret.clone(), set_at: Some(Utc::now()) };
        self.secrets().insert(name.account(), (name.clone(), stored));
    }

    pub(super) fn remove(&self, name: &SecretName) -> Removal {
        match self.secrets().remove(&name.account()) {
            Some(_) => Removal::Removed,
            None => Removal::NotThere,
        }
    }

    pub(super) fn all(&self) -> Vec<(SecretName, StoredSecret)> {
        self.secrets().values().cloned().collect()
    }

    /// A panic elsewhere leaves the map whole: every change is a single insert or remove.
    fn secrets(&self) -> MutexGuard<'_, HashMap<String, (SecretName, StoredSecret)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory")
    }
}
