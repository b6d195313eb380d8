//! Plans of a command, before they are applied, and what was agreed to by flags.

use aidb_core::config::Finding;
use aidb_core::operations::{Deletion, Proposal, Target};
use aidb_core::plan::Plan;

use crate::args::ApplyArgs;

/// Reason a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be looked at, and no more.
    DryRun,
    /// To be applied next.
    Apply,
}

/// A proposal with what is said about it.
pub(crate) struct Planned {
    /// The file, the agent and where it comes from, or the backup's id.
    pub(crate) source: String,
    /// Findings of the validation.
    pub(crate) findings: Vec<Finding>,
    pub(crate) proposal: Proposal,
}

/// Plans to be shown.
pub(crate) struct PlansShown<'a> {
    /// `import`, `promote` or `rollback`.
    pub(crate) action: &'static str,
    pub(crate) purpose: Purpose,
    pub(crate) plans: Vec<PlanShown<'a>>,
}

/// One plan to be shown.
pub(crate) struct PlanShown<'a> {
    /// The environment's name, or the URL.
    pub(crate) server: &'a str,
    /// The environment's name, where there is one.
    pub(crate) environment: Option<&'a str>,
    pub(crate) url: &'a str,
    /// The file, the agent and where it comes from, or the backup's id.
    pub(crate) source: &'a str,
    /// Findings of the validation.
    pub(crate) findings: &'a [Finding],
    pub(crate) plan: &'a Plan,
}

/// Agreement by flags, before anybody is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flags {
    pub(crate) to_changes: Asking,
    pub(crate) to_deletion: Deletion,
}

impl Flags {
    /// Flags of a command that deletes no agent.
    pub(crate) const fn of(args: &ApplyArgs) -> Self {
        let to_changes = if args.yes { Asking::Never } else { Asking::IfPossible };
        Self { to_changes, to_deletion: Deletion::Refused }
    }

    /// Flags of a command that may delete an agent, where `--delete-agent` says so.
    pub(crate) const fn of_deleting(args: &ApplyArgs, delete_agent: bool) -> Self {
        let to_deletion = if delete_agent { Deletion::Agreed } else { Deletion::Refused };
        Self { to_deletion, ..Self::of(args) }
    }
}

/// Whether somebody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// Where somebody is there.
    IfPossible,
    Never,
}

/// The plans as they are shown.
pub(crate) fn plans<'a>(
    action: &'static str,
    purpose: Purpose,
    target: &'a Target,
    planned: &'a [Planned],
) -> PlansShown<'a> {
    let plans = planned.iter().map(|planned| PlanShown {
        server: &target.name,
        environment: target.server.environment_name.as_deref(),
        url: &target.server.url,
        source: &planned.source,
        findings: &planned.findings,
        plan: &planned.proposal.plan,
    });
    PlansShown { action, purpose, plans: plans.collect() }
}
