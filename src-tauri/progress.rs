//! The engine's progress, thinned out for the page: a page that is told a thousand times a second has no time to show it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aidb_core::progress::{Event, ProgressSink, Stage};

use crate::contract::{Progress, ProgressStage, RetryView};

/// Who is told of progress.
pub(crate) type Listen = Arc<dyn Fn(Progress) + Send + Sync>;

/// How often the page is told at most, but for the beginning and the end of a stage.
const EVERY: Duration = Duration::from_millis(50);

/// Nobody is.
pub(crate) fn nobody() -> Listen {
    Arc::new(|_| ())
}

/// Takes every event, and tells of as many as a person can see.
pub(crate) struct Thinned {
    listen: Listen,
    now: Mutex<Now>,
}

struct Now {
    stage: ProgressStage,
    done: u32,
    items: u32,
    began: Instant,
    told: Option<Instant>,
}

impl Thinned {
    /// For `listen`.
    pub(crate) fn for_listener(listen: Listen) -> Arc<Self> {
        let now = Now { stage: ProgressStage::Reading, done: 0, items: 0, began: Instant::now(), told: None };
        Arc::new(Self { listen, now: Mutex::new(now) })
    }

    fn tell(&self, now: &mut Now, subject: Option<String>, retry: Option<RetryView>) {
        now.told = Some(Instant::now());
        let elapsed_ms = u32::try_from(now.began.elapsed().as_millis()).unwrap_or(u32::MAX);
        (self.listen)(Progress { stage: now.stage, done: now.done, items: now.items, elapsed_ms, subject, retry });
    }
}

impl Now {
    fn begin(&mut self, stage: Stage, items: usize) {
        let items = u32::try_from(items).unwrap_or(u32::MAX);
        *self = Self { stage: stage.into(), done: 0, items, began: Instant::now(), told: self.told };
    }

    fn is_due(&self) -> bool {
        self.told.is_none_or(|told| told.elapsed() >= EVERY)
    }
}

impl ProgressSink for Thinned {
    fn emit(&self, event: Event) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Stage { stage, items } => {
                now.begin(stage, items);
                self.tell(&mut now, None, None);
            }
            Event::ItemDone { subject } => {
                now.done = now.done.saturating_add(1);
                if now.is_due() || now.done == now.items {
                    self.tell(&mut now, Some(subject), None);
                }
            }
            Event::Retrying { what, attempt, wait_ms, reason, plain } if now.is_due() => {
                let attempt = u32::try_from(attempt).unwrap_or(u32::MAX);
                let wait_ms = u32::try_from(wait_ms).unwrap_or(u32::MAX);
                // It stands within a sentence.
                let reason = plain.unwrap_or(reason).trim_end_matches('.').to_owned();
                self.tell(&mut now, None, Some(RetryView { what, attempt, wait_ms, reason }));
            }
            // Several agents at once are told apart by the page, which asks for each by itself; and it waits for nobody.
            Event::Retrying { .. } | Event::Agent { .. } | Event::Waiting { .. } => {}
        }
    }
}

impl From<Stage> for ProgressStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Reading => Self::Reading,
            Stage::BackingUp => Self::BackingUp,
            Stage::Applying => Self::Applying,
            Stage::Verifying => Self::Verifying,
            Stage::PuttingBack => Self::PuttingBack,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_items_are_told_seldom_and_the_last_one_always() {
        let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
        let into = Arc::clone(&told);
        let thinned = Thinned::for_listener(Arc::new(move |progress| into.lock().unwrap().push(progress)));
        let began = Instant::now();
        thinned.emit(Event::Stage { stage: Stage::Applying, items: 50_000 });
        for number in 0..50_000 {
            thinned.emit(Event::ItemDone { subject: format!("table_{number}") });
        }
        let told = told.lock().unwrap();
        let most = began.elapsed().as_millis() / EVERY.as_millis() + 3;
        assert!((told.len() as u128) <= most, "{} were told, {most} are allowed", told.len());
        let last = told.last().unwrap();
        assert_eq!((last.done, last.items, last.subject.as_deref()), (50_000, 50_000, Some("table_49999")));
        assert_eq!(told[0].done, 0, "the stage is told when it begins");
    }
}
