//! What an import or a rollback did.

use std::path::Path;

use aidb_core::apply::{KeyStanding, Outcome};
use aidb_core::numbers::counted;
use aidb_core::operations::{AgentKey, BatchStop, KeyStorage};
use aidb_core::plan::Leftover;

use super::{BatchDone, ChangeDone, ChangesDone};
use crate::view::Detail;
use crate::view::human::{BAD, Human, Page, column, done, failure, padded, paint, plan, shown};

/// The widest column of items.
const WIDEST: usize = 48;
/// Number of left items that are named.
const MOST_LEFT: usize = 20;

impl Human for ChangesDone {
    fn human(&self, detail: Detail) -> String {
        let mut page = Page::default();
        for item in self.items.iter().filter(|item| item.applied.report.outcome == Outcome::Done) {
            finished(&mut page, item, detail);
        }
        if let Some(batch) = self.batch.as_ref().filter(|_| self.done() > 1) {
            page.line(format!("To go back with all of them: aidb migrate batch undo {}", batch.id));
        }
        page.into_text()
    }

    fn complaint(&self, detail: Detail) -> String {
        let mut page = Page::default();
        for item in &self.items {
            if item.applied.report.outcome != Outcome::Done {
                if self.batch.is_some() {
                    page.line(format!("At {}:", shown(&item.source)));
                }
                let report = &item.applied.report;
                // Somebody who stopped it knows why.
                let cause = report.cause.as_ref().filter(|_| !report.cancelled);
                page.block(&failure::ended(&item.sentence(), cause, detail));
                left(&mut page, item);
                if let Some(hint) = item.hint().filter(|_| !report.is_final()) {
                    page.line(format!("  {}", shown(&hint)));
                }
                way_back(&mut page, item);
                made_key(&mut page, item);
            }
            if let Some(unrecorded) = &item.applied.unrecorded {
                page.line("The history does not know how this ended:");
                page.block(&failure::report(unrecorded, detail));
            }
        }
        for (source, refused) in &self.refused {
            page.line(format!("At {}:", shown(source)));
            page.block(&failure::failure(refused, detail));
        }
        if !self.not_started.is_empty() {
            let names: Vec<String> = self.not_started.iter().take(MOST_LEFT).map(|source| shown(source)).collect();
            let more = self.not_started.len().saturating_sub(names.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            page.line(format!("Not started, and unchanged: {}{more}", names.join(", ")));
        }
        if let Some(batch) = &self.batch
            && self.done() < self.items.len() + self.refused.len() + self.not_started.len()
        {
            page.line(summary(self, batch));
            page.line(format!("To go on with the rest: aidb migrate batch resume {}", batch.id));
        }
        page.into_text()
    }
}

/// "12 done, 1 put back, 2 not started", and why it stopped.
fn summary(changes: &ChangesDone, batch: &BatchDone) -> String {
    let with = |outcome| changes.items.iter().filter(|item| item.applied.report.outcome == outcome).count();
    let counts = [
        (changes.done(), "done"),
        (with(Outcome::PutBack), "put back"),
        (with(Outcome::NeedsAttention), "with something left to do"),
        (changes.refused.len(), "not begun"),
        (changes.not_started.len(), "not started"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}"));
    let why = match batch.stopped {
        Some(BatchStop::FirstFailed) => ". The others wait for the one that goes first",
        Some(BatchStop::SameFailure(_)) => ". It stopped because the same happened again and again",
        Some(BatchStop::Cancelled) | None => "",
    };
    format!("Batch {}: {}{why}.", batch.id, counts.collect::<Vec<_>>().join(", "))
}

fn finished(page: &mut Page, item: &ChangeDone, detail: Detail) {
    page.line(done(&shown(&item.sentence())));
    if item.applied.made_again.is_some() {
        page.line(format!("  {} changed while this waited, so the plan was made again:", shown(&item.server)));
        page.block(&plan::body(&item.plan, detail));
    }
    if detail == Detail::Verbose {
        page.line(format!("  In {} s: {} in {}", seconds(item), plan::count(&item.plan), shown(&item.server)));
    }
    way_back(page, item);
    made_key(page, item);
}

fn made_key(page: &mut Page, item: &ChangeDone) {
    if let Some(key) = &item.applied.agent_key {
        for words in describe_key(key) {
            page.line(format!("  {words}"));
        }
    }
    if item.applied.report.key == Some(KeyStanding::Anothers) {
        page.line("  The API key that was made here is not the agent's; it was removed.");
    }
    if let Some(file) = &item.key_withdrawn_from {
        page.line(format!("  The key in {} opens nothing; it was taken out again.", describe_path(file)));
    }
}

fn describe_path(path: &Path) -> String {
    shown(&path.display().to_string())
}

fn way_back(page: &mut Page, item: &ChangeDone) {
    if let Some(backup) = &item.applied.backup {
        let besides =
            item.backup_file.as_deref().map(|file| format!(", also in {}", describe_path(file))).unwrap_or_default();
        page.line(format!("  Backup from before it: {}{besides}", backup.summary.id));
    }
    // What was put back is back already.
    if item.applied.report.outcome != Outcome::PutBack
        && let Some(way_back) = item.way_back()
    {
        page.line(format!("  To go back: {way_back}"));
    }
}

/// Where it is; and that nobody could say whether it is the agent's, where nobody could.
fn describe_key(key: &AgentKey) -> Vec<String> {
    let kept = match (&key.storage, &key.file) {
        (KeyStorage::Memory, None) => "in memory alone, and gone with this command".into(),
        (KeyStorage::Memory, Some(file)) => format!("in {}, which only you can read", describe_path(file)),
        (KeyStorage::Keychain, file) => {
            format!("in the keychain, under “aidb agent key”{}", besides(file.as_deref()))
        }
        (KeyStorage::File(path), file) => {
            format!("in {}{}, which only you can read", describe_path(path), besides(file.as_deref()))
        }
    };
    let unchecked = match key.standing {
        KeyStanding::NotShown => "the server does not show which key the agent has",
        KeyStanding::NotRead => "the server could not be asked",
        KeyStanding::TheAgents | KeyStanding::Anothers | KeyStanding::Nobodys => {
            return vec![format!("The agent's new API key is {kept}.")];
        }
    };
    vec![
        format!("An API key was made for the agent; it is {kept}."),
        format!("Whether it is the agent's key could not be checked: {unchecked}."),
    ]
}

fn besides(file: Option<&Path>) -> String {
    file.map(|file| format!(" and in {}", describe_path(file))).unwrap_or_default()
}

fn left(page: &mut Page, item: &ChangeDone) {
    let report = &item.applied.report;
    if report.left.is_empty() {
        return;
    }
    page.line("Left to look at:");
    leftovers(page, &report.left);
}

/// The items that are left, each with its reason; of many the first, and how many more. A reason that all of them share is said
/// once.
pub(crate) fn leftovers(page: &mut Page, left: &[Leftover]) {
    let shared = left.first().filter(|first| left.len() > 1 && left.iter().all(|one| one.reason == first.reason));
    if let Some(first) = shared {
        page.line(format!("  {}: {}", counted(left.len(), "item"), shown(&first.reason)));
    }
    let names: Vec<String> = left.iter().take(MOST_LEFT).map(|left| shown(&left.change.to_string())).collect();
    let width = column(names.iter().map(String::as_str), WIDEST);
    for (name, left) in names.iter().zip(left) {
        match shared {
            Some(_) => page.line(format!("  {}", paint(BAD, name))),
            None => page.line(format!("  {}  {}", paint(BAD, &padded(name, width)), shown(&left.reason))),
        }
    }
    if left.len() > MOST_LEFT {
        page.line(format!("  and {} more; --json names all of them", left.len() - MOST_LEFT));
    }
}

fn seconds(item: &ChangeDone) -> String {
    format!("{:.1}", item.applied.duration.as_secs_f64())
}
