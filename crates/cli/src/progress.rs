//! Progress on standard error: a bar where somebody watches, retries in words where they are asked for or take long.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::time::Duration;

use aidb_core::progress::{Event, ProgressSink, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::OutputArgs;
use crate::screen::{Form, Screen, error_text};
use crate::view::Detail;
use crate::view::human::{note, shown};

/// A wait that a person notices is explained, also without `--verbose`.
const NOTICED_WAIT_MS: u64 = 3_000;

/// Shows the engine's progress.
pub(crate) struct TerminalProgress {
    screen: Screen,
    bar: Option<Mutex<ProgressBar>>,
}

impl TerminalProgress {
    /// A bar only where a person watches it and nothing else is written there.
    pub(crate) fn new(screen: Screen, flags: OutputArgs) -> Self {
        let watched = io::stderr().is_terminal() && screen.form == Form::Human && screen.detail > Detail::Quiet;
        let bar = (watched && !flags.no_progress).then(|| Mutex::new(ProgressBar::hidden()));
        Self { screen, bar }
    }

    fn with_bar(&self, change: impl FnOnce(&mut ProgressBar)) {
        if let Some(bar) = &self.bar {
            change(&mut bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        }
    }

    fn begin(&self, stage: Stage, items: usize) {
        self.with_bar(|bar| {
            bar.finish_and_clear();
            *bar = ProgressBar::with_draw_target(Some(items as u64), ProgressDrawTarget::stderr());
            let template = if items > 0 { "{msg} [{bar:30}] {pos}/{len} {eta}" } else { "{spinner} {msg}" };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_message(describe_stage(stage));
            if items == 0 {
                bar.enable_steady_tick(Duration::from_millis(120));
            }
        });
    }

    fn retrying(&self, what: &str, attempt: usize, wait_ms: u64, reason: &str) {
        let told = match self.screen.detail {
            Detail::Quiet => false,
            Detail::Usual => wait_ms >= NOTICED_WAIT_MS,
            Detail::Verbose => true,
        };
        if told {
            self.say(&format!(
                "{what}: attempt {attempt} failed, the next one in {}. {reason}",
                describe_wait(wait_ms)
            ));
        }
    }

    fn say(&self, text: &str) {
        match &self.bar {
            None => error_text(&note(text)),
            Some(bar) => {
                bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner).suspend(|| error_text(&note(text)));
            }
        }
    }

    /// Takes the bar away, so that what follows stands on a line of its own.
    pub(crate) fn clear(&self) {
        self.with_bar(|bar| bar.finish_and_clear());
    }
}

impl ProgressSink for TerminalProgress {
    fn emit(&self, event: Event) {
        match event {
            Event::Stage { stage, items } => self.begin(stage, items),
            Event::ItemDone { .. } => self.with_bar(|bar| bar.inc(1)),
            Event::Retrying { what, attempt, wait_ms, reason, .. } => self.retrying(&what, attempt, wait_ms, &reason),
            Event::Waiting { reason } => self.say(&format!("{reason} Waiting for it.")),
            Event::Agent { agent_id, number, of } => {
                self.with_bar(|bar| bar.set_message(format!("{number}/{of} {}", shown(&agent_id))));
            }
            Event::AgentEnded { agent_id, done, of, failure } => {
                let state = if failure.is_some() { "not done" } else { "done" };
                self.with_bar(|bar| bar.set_message(format!("{done}/{of} {} {state}", shown(&agent_id))));
            }
        }
    }
}

impl Drop for TerminalProgress {
    fn drop(&mut self) {
        self.clear();
    }
}

const fn describe_stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Reading => "Reading",
        Stage::BackingUp => "Backing up",
        Stage::Applying => "Applying",
        Stage::Verifying => "Verifying",
        Stage::PuttingBack => "Putting back",
    }
}

fn describe_wait(wait_ms: u64) -> String {
    if wait_ms < 1000 { format!("{wait_ms} ms") } else { format!("{:.1} s", wait_ms as f64 / 1000.0) }
}
