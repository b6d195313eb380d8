//! The engine's progress, thinned out for the page: a page that is told a thousand times a second has no time to show it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aidb_core::progress::{Event, ProgressSink, Stage};

use crate::contract::{AgentProgress, AgentProgressState, Progress, RetryView};
use crate::views::number;

pub(crate) type ProgressFn = Arc<dyn Fn(Progress) + Send + Sync>;

/// Number of times the page is told at most, but for the beginning and the end of a stage.
const EVERY: Duration = Duration::from_millis(50);

pub(crate) fn nobody() -> ProgressFn {
    Arc::new(|_| ())
}

/// Takes every event, and tells of as many as a person can see.
pub(crate) struct ThrottledProgress {
    listen: ProgressFn,
    now: Mutex<Now>,
}

struct Now {
    stage: Stage,
    done: u32,
    items: u32,
    began: Instant,
    told: Option<Instant>,
    /// Whether the last that was told is a repetition. The first one after progress is told at once: the next event may be half a
    /// minute away, and until then nobody would know why nothing moves.
    told_retry: bool,
}

impl ThrottledProgress {
    pub(crate) fn for_listener(listen: ProgressFn) -> Arc<Self> {
        let now =
            Now { stage: Stage::Reading, done: 0, items: 0, began: Instant::now(), told: None, told_retry: false };
        Arc::new(Self { listen, now: Mutex::new(now) })
    }

    fn tell(&self, now: &mut Now, subject: Option<String>, retry: Option<RetryView>) {
        now.told = Some(Instant::now());
        now.told_retry = retry.is_some();
        let elapsed_ms = number(now.began.elapsed().as_millis());
        let (stage, done, items) = (now.stage, now.done, now.items);
        (self.listen)(Progress { stage, done, items, elapsed_ms, subject, retry, agent: None });
    }

    /// Every one is told: a line of the screen stands for it.
    fn tell_agent(&self, now: &Now, agent: AgentProgress) {
        let elapsed_ms = number(now.began.elapsed().as_millis());
        let (done, items) = (agent.done, agent.of);
        let stage = Stage::Applying;
        (self.listen)(Progress { stage, done, items, elapsed_ms, subject: None, retry: None, agent: Some(agent) });
    }
}

impl Now {
    fn begin(&mut self, stage: Stage, items: usize) {
        let items = number(items);
        *self = Self { stage, done: 0, items, began: Instant::now(), told: self.told, told_retry: false };
    }

    fn is_due(&self) -> bool {
        self.told.is_none_or(|told| told.elapsed() >= EVERY)
    }
}

impl ProgressSink for ThrottledProgress {
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
            Event::Retrying { what, attempt, wait_ms, reason, plain } if now.is_due() || !now.told_retry => {
                let attempt = number(attempt);
                let wait_ms = number(wait_ms);
                // It stands within a sentence.
                let reason = plain.unwrap_or(reason).trim_end_matches('.').to_owned();
                self.tell(&mut now, None, Some(RetryView { what, attempt, wait_ms, reason }));
            }
            // The page waits for nobody.
            Event::Retrying { .. } | Event::Waiting { .. } => {}
            Event::Agent { agent_id, of, .. } => {
                if now.stage != Stage::Applying {
                    now.begin(Stage::Applying, of);
                }
                let (state, done) = (AgentProgressState::Begun, now.done);
                self.tell_agent(&now, AgentProgress { agent: agent_id, state, done, of: number(of) });
            }
            Event::AgentEnded { agent_id, done, of, failure } => {
                now.done = number(done);
                let state = if failure.is_some() { AgentProgressState::NotDone } else { AgentProgressState::Done };
                self.tell_agent(&now, AgentProgress { agent: agent_id, state, done: now.done, of: number(of) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_repetition_after_progress_is_told_at_once_and_a_flood_of_them_seldom() {
        let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
        let into = Arc::clone(&told);
        let throttled = ThrottledProgress::for_listener(Arc::new(move |progress| into.lock().unwrap().push(progress)));
        let again = |attempt| Event::Retrying {
            what: "setting orders".into(),
            attempt,
            wait_ms: 30_000,
            reason: "busy".into(),
            plain: None,
        };
        throttled.emit(Event::Stage { stage: Stage::Applying, items: 3 });
        throttled.emit(again(1));
        let first = told.lock().unwrap().last().cloned().unwrap();
        assert_eq!(first.retry.map(|retry| retry.attempt), Some(1), "right after the beginning of the stage");
        let began = Instant::now();
        for attempt in 2..10_000 {
            throttled.emit(again(attempt));
        }
        let most = began.elapsed().as_millis() / EVERY.as_millis() + 3;
        assert!((told.lock().unwrap().len() as u128) <= most, "a flood of them is thinned");
    }

    #[test]
    fn many_items_are_told_seldom_and_the_last_one_always() {
        let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
        let into = Arc::clone(&told);
        let throttled = ThrottledProgress::for_listener(Arc::new(move |progress| into.lock().unwrap().push(progress)));
        let began = Instant::now();
        throttled.emit(Event::Stage { stage: Stage::Applying, items: 50_000 });
        for number in 0..50_000 {
            throttled.emit(Event::ItemDone { subject: format!("table_{number}") });
        }
        let told = told.lock().unwrap();
        let most = began.elapsed().as_millis() / EVERY.as_millis() + 3;
        assert!((told.len() as u128) <= most, "{} were told, {most} are allowed", told.len());
        let last = told.last().unwrap();
        assert_eq!((last.done, last.items, last.subject.as_deref()), (50_000, 50_000, Some("table_49999")));
        assert_eq!(told[0].done, 0, "the stage is told when it begins");
    }
}
