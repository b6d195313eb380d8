//! A plan in a file: looked at by somebody else, kept beside a change request, and applied later exactly as it was shown.
//!
//! It is tied to its server, its agent and the state that it was made from, and it can be applied once. It holds no secret: a
//! connection string is given when it is applied.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::proposal::OwnedGoal;
use super::target::server_key;
use super::{Engine, Error, LinkDatabase, Proposal, ProposalSource, Remember, Target};
use crate::config::{Agent, AgentState};
use crate::files::{self, Overwrite};
use crate::plan::{DatabaseLinking, LimitsGoal, PLAN_FORMAT, Plan, Selection};
use crate::store::Place;

/// The version of the file's form. Another one is refused, never guessed at.
const FORMAT: u32 = 1;
/// How errors call the file.
const WHAT: &str = "Plan file";

/// A saved plan: a JSON document with two keys, the plan with everything around it and a checksum over that.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    saved: Saved,
    /// SHA-256, in hex, over `saved` as compact JSON: a plan that was edited is not the plan that was agreed to.
    sha256: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: u32,
    id: String,
    saved_at: DateTime<Utc>,
    saved_by: String,
    place: Place,
    source: ProposalSource,
    /// The agent that the target is to have; none where it is to go.
    wanted: Option<Agent>,
    linking: DatabaseLinking,
    #[serde(default, skip_serializing_if = "LimitsGoal::is_unsaid")]
    limits: LimitsGoal,
    selection: Selection,
    live: AgentState,
    plan: Plan,
}

impl SavedPlan {
    /// Where it applies.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.saved.place
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.saved.plan
    }

    /// Who saved it.
    #[must_use]
    pub fn saved_by(&self) -> &str {
        &self.saved.saved_by
    }

    /// When.
    #[must_use]
    pub fn saved_at(&self) -> DateTime<Utc> {
        self.saved.saved_at
    }

    /// Reads a saved plan from a file.
    ///
    /// # Errors
    /// The file cannot be read, is no saved plan, is one of another version, or was edited.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = files::read(path, WHAT)?;
        let named = |reason: String| Error::PlanUnusable { reason: format!("{} {reason}", path.display()) };
        let read: Self =
            serde_json::from_slice(&bytes).map_err(|error| named(format!("is no saved plan ({error}).")))?;
        if read.saved.format != FORMAT || read.saved.plan.format != PLAN_FORMAT {
            return Err(named("was saved by another version of aidb.".into()));
        }
        if read.sha256 != checksum(&read.saved)? {
            return Err(named("was changed since it was saved.".into()));
        }
        Ok(read)
    }
}

impl Engine {
    /// Writes a proposal into a file. An existing file is only overwritten where the person said so.
    ///
    /// # Errors
    /// The file exists or cannot be written.
    pub fn save_plan(
        &self,
        target: &Target,
        proposal: &Proposal,
        path: &Path,
        overwrite: Overwrite,
    ) -> Result<(), Error> {
        let (wanted, linking, limits) = match &proposal.goal {
            OwnedGoal::Agent(agent, linking, limits) => (Some(agent.as_ref().clone()), *linking, limits.clone()),
            OwnedGoal::Absent => (None, DatabaseLinking::Later, LimitsGoal::Unsaid),
        };
        let saved = Saved {
            format: FORMAT,
            id: uuid::Uuid::now_v7().to_string(),
            saved_at: self.now(),
            saved_by: self.settings.actor.clone(),
            place: target.place.clone(),
            source: proposal.source.clone(),
            wanted,
            linking,
            limits,
            selection: proposal.selection.clone(),
            live: proposal.live.as_ref().clone(),
            plan: proposal.plan.clone(),
        };
        let sha256 = checksum(&saved)?;
        let mut text = serde_json::to_string_pretty(&SavedPlan { saved, sha256 }).map_err(unwritable)?;
        text.push('\n');
        Ok(files::write(path, &text, overwrite)?)
    }

    /// What a saved plan proposes, for the target that it was made for. `link` gives the connection string that a plan with a
    /// database needs.
    ///
    /// # Errors
    /// Another server than the plan's; no connection string for a plan that needs one.
    pub async fn propose_saved(
        &self,
        target: &Target,
        plan: SavedPlan,
        link: &LinkDatabase,
    ) -> Result<Proposal, Error> {
        let saved = plan.saved;
        if server_key(&saved.place.url) != server_key(&target.place.url) {
            let reason = format!("it was made for {}, not for {}.", saved.place.called(), target.name);
            return Err(Error::PlanUnusable { reason });
        }
        let connection_string = match saved.plan.database_to_link() {
            None => None,
            Some(database) => {
                let link = if matches!(link, LinkDatabase::Later) { &LinkDatabase::Remembered } else { link };
                let string = self.connection_string(target, Some(database), link).await?;
                self.keep_connection_string(target, Some(database), link).await?;
                string
            }
        };
        let keep = Remember::after_linking(saved.linking, link);
        let goal = match saved.wanted {
            Some(agent) => OwnedGoal::Agent(Arc::new(agent), saved.linking, saved.limits),
            None => OwnedGoal::Absent,
        };
        Ok(Proposal {
            plan: saved.plan,
            source: saved.source,
            live: Arc::new(saved.live),
            goal,
            selection: saved.selection,
            connection_string,
            keep,
            saved: Some(saved.id),
        })
    }
}

fn checksum(saved: &Saved) -> Result<String, Error> {
    let bytes = serde_json::to_vec(saved).map_err(unwritable)?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unwritable(error: serde_json::Error) -> Error {
    Error::PlanUnusable { reason: format!("it cannot be written down ({error}).") }
}
