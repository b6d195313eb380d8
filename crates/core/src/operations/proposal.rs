//! A plan on its way from being shown to being applied: with what it was made from, so that it can be reduced to chosen
//! items, and be made anew.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{Context, Engine, Error, LinkDatabase, Remember, Target};
use crate::config::{Agent, AgentState, DatabaseReference};
use crate::plan::{self, DatabaseLinking, Goal, LimitsGoal, Plan, Selection, UnknownItem};
use crate::store::{BackupReason, OperationKind};

/// A plan that was shown, with what it was made from.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Chosen changes, with the fingerprint of the state that they were made from.
    pub plan: Plan,
    /// Where the goal comes from.
    pub source: ProposalSource,
    /// State of the target when the plan was made.
    pub live: Arc<AgentState>,
    /// Goal, to make the plan anew when the target moved.
    pub(super) goal: OwnedGoal,
    /// All of the plan, or chosen items.
    pub(super) selection: Selection,
    /// The connection string for a plan that links a database. Not part of the plan.
    pub(super) connection_string: Option<SecretString>,
    /// Whether the connection string is to be kept once it is linked.
    pub(super) keep: Remember,
    /// The id of the saved plan that this is.
    pub(super) saved: Option<String>,
    /// Whether somebody vouches for where the plan comes from.
    pub(super) approval: Approval,
}

/// Whether a plan is known to be the one that somebody read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Was made in this run, or saved by this store, or somebody gave its words.
    Given,
    /// Was saved elsewhere, and nobody said that it is the one that was read.
    Missing {
        /// Person who saved it, as the file says.
        saved_by: String,
        /// When, as the file says.
        saved_at: DateTime<Utc>,
    },
}

/// Goal of a proposal.
#[derive(Clone, Debug)]
pub(super) enum OwnedGoal {
    /// The target has this agent.
    Agent(Arc<Agent>, DatabaseLinking, LimitsGoal),
    /// The target does not have the agent.
    Absent,
}

impl OwnedGoal {
    pub(super) fn borrow(&self) -> Goal<'_> {
        match self {
            Self::Agent(agent, linking, limits) => Goal::Agent { agent, linking: *linking, limits },
            Self::Absent => Goal::Absent,
        }
    }
}

/// Origin of a proposal in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ProposalSource {
    /// A configuration file.
    Import {
        /// As the person named it.
        file: String,
    },
    /// Another environment.
    Promotion {
        /// The name, or its URL where it has none.
        from: String,
    },
    /// A backup, or a file in the place of one.
    Rollback {
        /// The id, or the file.
        backup: String,
    },
}

impl ProposalSource {
    pub(super) fn kind(&self) -> OperationKind {
        match self {
            Self::Import { .. } => OperationKind::Import,
            Self::Promotion { .. } => OperationKind::Promotion,
            Self::Rollback { .. } => OperationKind::Rollback,
        }
    }

    pub(super) fn reason(&self) -> BackupReason {
        match self {
            Self::Import { .. } | Self::Promotion { .. } => BackupReason::BeforeImport,
            Self::Rollback { .. } => BackupReason::BeforeRollback,
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Import { file } => file,
            Self::Promotion { from } => from,
            Self::Rollback { backup } => backup,
        }
    }
}

impl Proposal {
    /// The agent that the target would become, all of the plan applied; `None` where the agent would go.
    #[must_use]
    pub fn wanted(&self) -> Option<&Agent> {
        match &self.goal {
            OwnedGoal::Agent(agent, ..) => Some(agent),
            OwnedGoal::Absent => None,
        }
    }

    /// Whether somebody has to say first that this is the plan that was read.
    #[must_use]
    pub fn approval(&self) -> &Approval {
        &self.approval
    }

    /// A person in front of the plan says that it is the one to apply.
    pub fn approve_in_person(&mut self) {
        self.approval = Approval::Given;
    }

    /// The same proposal, reduced to chosen items of its plan.
    ///
    /// # Errors
    /// An item that the plan does not know.
    pub fn select(&self, selection: Selection) -> Result<Self, UnknownItem> {
        let plan = self.plan.clone().select(&selection)?;
        // Part of a saved plan is not what was saved.
        Ok(Self { plan, selection, saved: None, ..self.clone() })
    }

    /// The same goal from another state of the target, with what was chosen before: all of `plan` until [`Proposal::chosen`].
    /// Made by this run, so that nobody has to vouch for it.
    pub(super) fn made_from(&self, plan: Plan, live: Arc<AgentState>) -> Self {
        Self { plan, live, saved: None, approval: Approval::Given, ..self.clone() }
    }

    /// The error that carries `now`, this proposal made from the target as it is.
    pub(super) fn target_changed(&self, target: &Target, now: Self) -> Error {
        let drift = plan::drift(&self.live, &now.live);
        Error::TargetChanged { server: target.name.clone(), drift, now: Box::new(now) }
    }

    /// The proposal reduced to what was chosen of it before the target moved.
    ///
    /// # Errors
    /// An item that was chosen and is not there any more.
    pub fn chosen(&self) -> Result<Self, UnknownItem> {
        self.select(self.selection.clone())
    }

    /// The plan reduced to what was chosen; all of it where that is not there any more. To be shown.
    #[must_use]
    pub fn chosen_plan(&self) -> Plan {
        self.chosen().map_or_else(|_| self.plan.clone(), |chosen| chosen.plan)
    }

    /// The proposal with nothing chosen: all of its plan is applied.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { selection: Selection::All, ..self }
    }

    /// Whether it was read from a file in which a plan was saved: then it is applied as it stands there, or not at all.
    #[must_use]
    pub fn is_saved(&self) -> bool {
        self.saved.is_some()
    }

    /// The database that the wanted agent names, where it names one.
    pub(super) fn database(&self) -> Option<&DatabaseReference> {
        self.wanted().and_then(|agent| agent.database.as_ref())
    }
}

impl Engine {
    /// Makes a proposal anew from the target as it is now, with another decision about its database: all of it, whatever was
    /// chosen of the old one.
    ///
    /// # Errors
    /// The target cannot be read, or there is no connection string to link with.
    pub async fn propose_again(
        &self,
        target: &Target,
        proposal: &Proposal,
        link: &LinkDatabase,
        context: &Context,
    ) -> Result<Proposal, Error> {
        let mut again = proposal.clone();
        if let OwnedGoal::Agent(_, linking, _) = &mut again.goal {
            *linking = self.linking(target, proposal.database(), link).await;
            again.keep = Remember::after_linking(*linking, link);
        }
        let (plan, live) =
            self.plan(target, &proposal.plan.agent_id, again.goal.borrow(), proposal.plan.mode, context).await?;
        let mut again = again.made_from(plan, live).whole();
        again.connection_string = self.string_for(target, &again.plan, proposal.database(), link).await?;
        self.keep_connection_string(target, proposal.database(), link).await?;
        Ok(again)
    }
}
