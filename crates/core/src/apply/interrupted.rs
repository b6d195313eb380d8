//! An operation whose process died: led back to where the target was, or forward to the end of its plan.
//!
//! Either way may itself be interrupted at any point and begun again, because it starts from what the target has now.

use serde::Deserialize;

use super::{Apply, ApplyReport, Noting, Outcome, Stop};
use crate::config::AgentState;
use crate::connector::ConnectorError;
use crate::error::{ErrorCode, ErrorReport};
use crate::plan::{Change, Ownership, Remainder, item_count, remaining};
use crate::progress::Stage;
use crate::store::Heading;

/// Way to recover an interrupted operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum RecoveryMode {
    /// To where the target was. What happens by itself.
    #[default]
    PutBack,
    /// To the end of the plan, because a person wants that.
    Finish,
}

impl Apply<'_> {
    /// Recovers the operation. `sent` of the plan's changes, in its order, may have been sent. Where the plan's end is there
    /// already, and the operation had not turned back, it is done: only the record did not know.
    ///
    /// # Errors
    /// The target cannot be read: then nothing was changed, and the operation waits.
    pub async fn recover(
        &self,
        sent: usize,
        heading: Heading,
        mode: RecoveryMode,
    ) -> Result<ApplyReport, ConnectorError> {
        self.stage(Stage::Reading, 0);
        let (live, ownership) = self.look(&self.session(self.cancel.clone())).await?;
        let tried: Vec<&Change> = match mode {
            RecoveryMode::PutBack => self.plan.changes.iter().take(sent).collect(),
            RecoveryMode::Finish => self.plan.changes.iter().collect(),
        };
        let goes_on = heading == Heading::Forward || mode == RecoveryMode::Finish;
        if goes_on && self.reached(&live, ownership) {
            return Ok(self.with_key(ApplyReport::done(self.plan), &tried).await);
        }
        let report = match mode {
            RecoveryMode::PutBack => self.put_back_from(&tried, &live, ownership, interrupted()).await,
            RecoveryMode::Finish => self.finish(&live, ownership).await,
        };
        Ok(self.with_key(report, &tried).await)
    }

    /// Carries out what is left of the plan. What somebody else changed since is left to them and reported; a failure leads
    /// back, as in every apply.
    async fn finish(&self, live: &AgentState, ownership: Ownership) -> ApplyReport {
        let all: Vec<&Change> = self.plan.changes.iter().collect();
        let Remainder { todo, left } = remaining(&self.plan.changes, live, ownership);
        self.stage(Stage::Applying, item_count(&todo));
        // The journal holds all of the plan as sent already; what is sent again is decided by looking.
        let (_, stop) = self.write_all(&self.session(self.cancel.clone()), &todo, Noting::Done).await;
        let stop = match stop {
            Some(stop) => Some(stop),
            None => self.verify(&todo).await.err(),
        };
        match stop {
            Some(stop) => self.put_back(&all, stop).await,
            None if left.is_empty() => ApplyReport::done(self.plan),
            None => ApplyReport {
                outcome: Outcome::NeedsAttention,
                applied: all
                    .iter()
                    .map(|change| change.key())
                    .filter(|key| left.iter().all(|left| left.change != *key))
                    .collect(),
                ..self.report(Vec::new(), left, interrupted())
            },
        }
    }
}

fn interrupted() -> Stop {
    let cause = ErrorReport {
        code: ErrorCode::Interrupted,
        message: "aidb was ended in the middle of it, or the machine was.".into(),
        plain: None,
        hint: None,
        details: Vec::new(),
    };
    Stop { cause, at: None, cancelled: false }
}
