//! Whose agent stands there at the end, told by the key that aidb made for it.
//!
//! Two machines can register one id at the same moment, and the second registration replaces the first (docs/CONNECTOR.md#registration). So the
//! very last thing that an apply reads is the agent's key hash: after the last write, after the verification, after putting back.

use serde::{Deserialize, Serialize};

use super::error::WriteError;
use super::{Apply, ApplyReport, Outcome, Stop};
use crate::connector::read_record;
use crate::error::ErrorReport;
use crate::plan::{Change, Ownership};
use tokio_util::sync::CancellationToken;

/// Whose key the one is that aidb made for an agent, as far as its server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyStanding {
    /// The agent has it.
    TheAgents,
    /// The agent has another: somebody else registered it. The key opens nothing, and the agent is not ours to delete.
    Anothers,
    /// There is no such agent.
    Nobodys,
    /// The server does not show which key the agent has.
    NotShown,
    /// The server could not be asked.
    NotRead,
}

impl KeyStanding {
    /// Whether it may be called the agent's key.
    #[must_use]
    pub const fn may_be_the_agents(self) -> bool {
        matches!(self, Self::TheAgents | Self::NotShown | Self::NotRead)
    }
}

impl Apply<'_> {
    /// The report, with what the server says last of the key that was made. An apply that was done is not, where the agent is
    /// another's by now.
    pub(super) async fn with_key(&self, mut report: ApplyReport, tried: &[&Change]) -> ApplyReport {
        if self.made_key.is_none() {
            return report;
        }
        report.key = Some(self.key_standing().await);
        if report.outcome != Outcome::Done {
            return report;
        }
        let (cause, at) = match report.key {
            Some(KeyStanding::Anothers) => {
                (WriteError::RegisteredMeanwhile, self.plan.changes.first().map(Change::key))
            }
            Some(KeyStanding::Nobodys) => (WriteError::GoneMeanwhile, None),
            _ => return report,
        };
        let stop = Stop { cause: ErrorReport::of(&cause), at, cancelled: false };
        let mut report = self.put_back(tried, stop).await;
        report.key = Some(self.key_standing().await);
        report
    }

    /// One request; not cancellable, because what is said of a key has to be true.
    async fn key_standing(&self) -> KeyStanding {
        let id = &self.plan.agent_id;
        match read_record(&self.session(CancellationToken::new()), id, "Looking whose the agent is").await {
            Err(_) => KeyStanding::NotRead,
            Ok(None) => KeyStanding::Nobodys,
            Ok(Some(record)) => match self.ownership(record.key_hash.as_ref()) {
                Ownership::Ours => KeyStanding::TheAgents,
                Ownership::Foreign => KeyStanding::Anothers,
                Ownership::Unknown => KeyStanding::NotShown,
            },
        }
    }
}
