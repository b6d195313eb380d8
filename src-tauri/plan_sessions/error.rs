//! What the page can ask of a plan that cannot be done.

use aidb_core::error::{ErrorCode, Explain};
use aidb_core::plan::UnknownItem;

/// Refusal of something that cannot be done with a plan.
#[derive(Debug)]
pub(crate) enum PlanError {
    /// The ticket leads nowhere any more.
    SessionEnded,
    /// A comparison, or a plan of the past.
    OnlyShown,
    /// The plan was applied already.
    Used,
    /// No row is ticked.
    NothingTicked,
    /// A tick on a row that the plan does not have.
    UnknownRow(UnknownItem),
    /// The plan is being applied.
    Running,
    /// Another plan for the same agent on the same server is being applied.
    Busy {
        /// Applies under way, in words.
        words: String,
    },
    /// Nothing of this plan is being applied.
    NotRunning,
    /// A restore from a file, and no environment.
    NoTarget,
    /// The environment that a backup was taken in has no profile any more.
    EnvironmentGone {
        /// The name then, or its URL.
        server: String,
    },
    /// There is no agent in the plan whose database could be linked.
    NoDatabase,
    /// The texts of something that is no comparison.
    NoSides,
    /// Neither side of a comparison has the agent.
    NothingToCompare,
}

impl std::fmt::Display for PlanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&match self {
            Self::SessionEnded => "This plan is no longer held. Nothing was changed.".to_owned(),
            Self::OnlyShown => "This is shown to be looked at, and cannot be applied. Nothing was changed.".into(),
            Self::Used => "This plan was applied already. Nothing more was changed.".into(),
            Self::NothingTicked => "Nothing is ticked, so there is nothing to apply. Nothing was changed.".into(),
            Self::UnknownRow(error) => error.to_string(),
            Self::Running => "This plan is being applied already.".into(),
            Self::Busy { words } => {
                format!("{words} is not finished yet, and both would change the same agent. Nothing was changed.")
            }
            Self::NotRunning => "Nothing of this plan is being applied, so there is nothing to stop.".into(),
            Self::NoTarget => "No environment was chosen for the file to be restored into. Nothing was sent.".into(),
            Self::EnvironmentGone { server } => {
                format!("{server} is no longer among the environments. Its backup is kept, and nothing was sent.")
            }
            Self::NoDatabase => "This plan has no agent whose database could be linked. Nothing was sent.".into(),
            Self::NoSides => "This plan is no comparison, so there are no two texts to show.".into(),
            Self::NothingToCompare => "The agent is on neither side, so there is nothing to compare.".into(),
        })
    }
}

impl std::error::Error for PlanError {}

impl Explain for PlanError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::SessionEnded | Self::OnlyShown | Self::Used | Self::NoDatabase | Self::NoSides => {
                ErrorCode::PlanUnusable
            }
            Self::Running | Self::Busy { .. } => ErrorCode::StoreBusy,
            Self::NothingToCompare => ErrorCode::AgentNotFound,
            Self::EnvironmentGone { .. } => ErrorCode::EnvironmentNotFound,
            Self::NothingTicked | Self::UnknownRow(_) | Self::NotRunning | Self::NoTarget => ErrorCode::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::SessionEnded | Self::Used | Self::UnknownRow(_) => "Make the plan again, and apply that.",
            Self::OnlyShown => "Make a plan to promote, import or restore, and apply that.",
            Self::NothingTicked => "Tick what is to be applied.",
            Self::Running => "Wait for its end, or stop it.",
            Self::Busy { .. } => "Wait for its end, and make this plan again then.",
            Self::NotRunning => "Look at the history: it says how the apply ended.",
            Self::NoTarget => "Choose the environment.",
            Self::EnvironmentGone { .. } => {
                "Restore it into another environment, export it as a file, or add an environment with the same URL again."
            }
            Self::NoDatabase => "Leave the database for later.",
            Self::NoSides => "Compare two states first.",
            Self::NothingToCompare => "Choose an agent that one of the two sides has.",
        };
        Some(hint.into())
    }
}
