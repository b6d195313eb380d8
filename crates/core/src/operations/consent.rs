//! Consent to an apply: to changing a protected environment, and to deleting an agent. [`Engine::apply`] takes it and refuses
//! without, so that no front end can forget to ask.

use super::{Engine, Target};
use crate::error::{ErrorCode, Explain};
use crate::plan::Plan;

/// Consent to a plan. The default agrees to nothing, which is enough for an open environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// Agreement to the changes.
    pub changes: Agreement,
    /// Agreement to the agent being deleted.
    pub deletion: Deletion,
}

/// Agreement to the changes of a plan. Counts where the environment is protected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Agreement {
    /// Nobody was asked.
    #[default]
    NotAsked,
    /// A person typed this as the environment's name, beside the plan. Spaces around it do not count, its case does.
    NameTyped(String),
    /// Given in advance, with the command (`--yes`).
    Flag,
}

/// Agreement to the agent being deleted: asked for separately, in plain words, and part of no other agreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deletion {
    /// Not asked, or declined.
    #[default]
    Refused,
    /// Agreed to.
    Agreed,
}

impl Consent {
    /// Adds the agreement to a deletion, which is agreed to separately (docs/RULES.md#deletion).
    #[must_use]
    pub const fn with_deletion(mut self, deletion: Deletion) -> Self {
        self.deletion = deletion;
        self
    }
}

/// Consent that is missing. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConsentError {
    /// A protected environment, and nobody was asked.
    #[error("{server} is protected, and nobody can be asked here. Nothing was changed.")]
    Protected {
        /// The environment.
        server: String,
    },
    /// A protected environment, and something else was typed than its name.
    #[error("{server} is protected, and its name was not typed as it stands. Nothing was changed.")]
    NameNotTyped {
        /// The environment.
        server: String,
    },
    /// A plan that deletes the agent, and nobody agreed to that.
    #[error(
        "Restoring this backup deletes the agent {agent} in {server}, because it did not exist then. Nothing was changed."
    )]
    Deletion {
        /// Id of the agent.
        agent: String,
        /// The environment's name, or the URL.
        server: String,
    },
}

impl Explain for ConsentError {
    fn code(&self) -> ErrorCode {
        ErrorCode::ConfirmationRequired
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Protected { .. } => "Look at the plan first, and agree to it.",
            Self::NameNotTyped { .. } => "Type the environment's name exactly, upper and lower case included.",
            Self::Deletion { .. } => {
                "If the agent is to be deleted, agree to that as well: its present key stops working for good."
            }
        };
        Some(hint.into())
    }
}

impl Engine {
    /// Refuses a plan that nobody agreed to. Front ends may ask it before they begin; [`Engine::apply`] does in any case, and
    /// again where the plan was made anew meanwhile.
    ///
    /// # Errors
    /// The plan changes a protected environment, or deletes an agent, and `consent` does not cover that.
    pub fn refuse_without_consent(&self, target: &Target, plan: &Plan, consent: &Consent) -> Result<(), ConsentError> {
        let server = || target.name.clone();
        if target.is_protected() && !plan.is_empty() {
            match &consent.changes {
                Agreement::Flag => {}
                Agreement::NameTyped(name) if name.trim() == target.name => {}
                Agreement::NameTyped(_) => return Err(ConsentError::NameNotTyped { server: server() }),
                Agreement::NotAsked => return Err(ConsentError::Protected { server: server() }),
            }
        }
        if plan.deletes_agent() && consent.deletion == Deletion::Refused {
            return Err(ConsentError::Deletion { agent: plan.agent_id.to_string(), server: server() });
        }
        Ok(())
    }
}
