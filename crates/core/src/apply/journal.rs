//! The operation's record while its plan is carried out: noted before the fact, never after it.
//!
//! The target itself is the record of what took effect; whoever recovers the operation after a crash reads it again. The journal
//! holds what the target cannot tell: how many of the plan's changes may have been sent, and whether the operation had turned
//! back. The former is committed ahead and in groups, because a commit waits for the disk.

use std::sync::Mutex;

use super::lock;
use crate::plan::Plan;
use crate::store::{OperationId, OperationState, Store, StoreError};

/// Number of changes one commit covers.
const GROUP: usize = 1024;

/// Notes of an apply's progress.
#[derive(Debug)]
pub struct Journal<'a> {
    store: &'a Store,
    operation: &'a OperationId,
    missed: Mutex<Option<StoreError>>,
}

impl<'a> Journal<'a> {
    /// The journal of an operation that has begun.
    #[must_use]
    pub fn of(store: &'a Store, operation: &'a OperationId) -> Self {
        Self { store, operation, missed: Mutex::new(None) }
    }

    /// Number of changes the record covers when writing begins.
    #[must_use]
    pub fn first_group(plan: &Plan) -> usize {
        plan.changes.len().min(GROUP)
    }

    /// Note that was missed, because going on was the safer way.
    #[must_use]
    pub fn missed(&self) -> Option<StoreError> {
        lock(&self.missed).clone()
    }

    /// Number of `all` changes the record should cover next, where `begun` of the `covered` ones have: asked for while half a
    /// group is still covered, so that the disk is waited for beside the server and not instead of it.
    pub(super) fn next_group(begun: usize, covered: usize, all: usize) -> Option<usize> {
        (covered < all && covered - begun <= GROUP / 2).then(|| all.min(covered + GROUP))
    }

    /// Notes, before any of them is sent, that the first `count` changes may have been. Gives `count` back.
    pub(super) async fn cover(&self, count: usize) -> Result<usize, StoreError> {
        if !cfg!(aidb_leave_out = "journal") {
            self.store.note_sent(self.operation, count).await?;
        }
        Ok(count)
    }

    /// Everything was sent. Where that cannot be noted, the verification still tells what is there.
    pub(super) async fn verifying(&self) {
        self.went_on(self.store.advance_operation(self.operation, OperationState::Verifying).await);
    }

    /// From here on it leads back. Where that cannot be noted, it leads back all the same.
    pub(super) async fn turned_back(&self) {
        self.went_on(self.store.note_turned_back(self.operation).await);
    }

    fn went_on(&self, noted: Result<(), StoreError>) {
        if let Err(error) = noted {
            lock(&self.missed).get_or_insert(error);
        }
    }
}
