//! It broke: which operation took access away, so that just that can be given back.

use std::collections::HashSet;

use super::{Engine, Error, HistoryEntry, OperationRecord};
use crate::config::PermissionSet;
use crate::plan::{Change, ChangeKey, Item};
use crate::store::OperationState;

/// Losses of an operation, and what was not put back by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenAway<'e> {
    /// The operation.
    pub entry: &'e HistoryEntry,
    /// The resource; `None`: the agent itself.
    pub resource: Option<String>,
    /// The permissions on it that were taken.
    pub permissions: PermissionSet,
}

impl Engine {
    /// What these entries took away that has something to do with each of the words: with its agent, resource, environment, account
    /// or reason, upper and lower case aside. The most access first (an agent that was deleted before everything), and of as much
    /// the newest.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn taken_away<'e>(
        &self,
        entries: &[&'e HistoryEntry],
        words: &[String],
    ) -> Result<Vec<TakenAway<'e>>, Error> {
        let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let mut found = Vec::new();
        for &entry in entries {
            let HistoryEntry::Operation { operation, .. } = entry else { continue };
            let stayed = matches!(operation.state, OperationState::Done | OperationState::NeedsAttention);
            if !stayed || operation.counts.is_some_and(|counts| counts.losses == 0) {
                continue;
            }
            // A record that this aidb cannot read is shown where it is opened; here it is about nothing.
            let Ok(OperationRecord { plan: Some(plan), report: Some(report) }) =
                self.operation_record(&operation.id).await
            else {
                continue;
            };
            let applied: HashSet<ChangeKey> = report.applied.into_iter().collect();
            let done = |change: &&Change| applied.contains(&change.key());
            let losses = plan.changes.iter().filter(done).flat_map(Change::items).filter(Item::is_loss);
            let taken = losses.map(|item| taken_away(entry, &item));
            found.extend(taken.filter(|taken| words.iter().all(|word| taken.is_about(word))));
        }
        // Stable: of as much, the order of the history stays.
        found.sort_by_key(|taken| (taken.resource.is_some(), std::cmp::Reverse(taken.permissions.iter().count())));
        Ok(found)
    }
}

fn taken_away<'e>(entry: &'e HistoryEntry, item: &Item<'_>) -> TakenAway<'e> {
    let (_, permissions) = item.change().gained_and_lost();
    TakenAway { entry, resource: item.key().resource_id().map(str::to_owned), permissions }
}

impl TakenAway<'_> {
    fn is_about(&self, word: &str) -> bool {
        let server = self.entry.server();
        let said = [
            self.resource.as_deref(),
            self.entry.agent(),
            server.environment_name.as_deref(),
            Some(&server.url),
            self.entry.actor(),
            self.entry.note(),
            Some(self.entry.id()),
        ];
        said.into_iter().flatten().any(|text| text.to_lowercase().contains(word))
    }
}
