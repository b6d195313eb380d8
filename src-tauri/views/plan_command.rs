//! The same as a plan, as a command line.

use aidb_core::numbers::grouped;
use aidb_core::operations::{Proposal, ProposalSource};
use aidb_core::plan::{Change, Item, Mode, Plan};

use crate::plan_sessions::{PlanSession, Proposable};

/// Number of resources that are named one by one before the command would no longer be read.
const MOST_NAMED: usize = 20;

/// A command line, and what it does otherwise than the ticks.
#[derive(Debug, Default)]
pub(crate) struct CommandLine {
    pub(crate) command: Option<String>,
    pub(crate) note: Option<String>,
}

/// The command that does what is chosen of a plan session, as near as the command line comes. It never takes away what is not ticked:
/// then there is none.
pub(crate) fn command_line(session: &PlanSession, chosen: &Proposal) -> CommandLine {
    let Ok(proposable) = session.proposable() else { return CommandLine::default() };
    let all = &proposable.proposal.plan;
    let left_out = all.item_count() - chosen.plan.item_count();
    let only = if left_out == 0 { Some(String::new()) } else { only(all, chosen) };
    let losses = |plan: &Plan| plan.items().filter(Item::is_loss).count();
    if only.is_none() && losses(all) > losses(&chosen.plan) {
        return CommandLine::default();
    }
    let note = only.is_none().then(|| {
        let changes =
            if left_out == 1 { "1 change that is".into() } else { format!("{} changes that are", grouped(left_out)) };
        format!("The command line also makes the {changes} not ticked here.")
    });
    let command = command(proposable, chosen) + &only.unwrap_or_default();
    CommandLine { command: Some(command), note }
}

fn command(proposable: &Proposable, chosen: &Proposal) -> String {
    let Proposable { target, proposal } = proposable;
    let server = match &target.environment {
        Some(environment) => format!("-e {}", quoted(&environment.name)),
        None => format!("-u {}", quoted(&target.server.url)),
    };
    let agent = proposal.plan.agent_id.as_str();
    let exact = if proposal.plan.mode == Mode::Exact { " --exact" } else { "" };
    let link = if chosen.plan.links_database() { " --link-database" } else { "" };
    let merge = if proposal.plan.mode == Mode::Merge { " --merge" } else { "" };
    let delete = if chosen.plan.deletes_agent() { " --delete-agent" } else { "" };
    match &proposal.source {
        ProposalSource::Promotion { from } => {
            let (from, agent) = (quoted(from), quoted(agent));
            let to = target.environment.as_ref().map(|environment| quoted(&environment.name));
            if let (Some(to), false) = (to, chosen.plan.links_database()) {
                return format!("aidb migrate promote --from {from} --to {to}{exact} {agent}");
            }
            // `promote` links no database.
            let file = quoted(&aidb_core::operations::file_name_for(proposal.plan.agent_id.as_str()));
            format!(
                "aidb migrate export -e {from} -a {agent} -o {file} && aidb migrate import {server} -i {file}{exact}{link}"
            )
        }
        ProposalSource::Import { file } => format!("aidb migrate import {server} -i {}{exact}{link}", quoted(file)),
        ProposalSource::Rollback { backup } => {
            format!("aidb migrate rollback {server} --backup {}{merge}{delete}", quoted(backup))
        }
    }
}

/// `--only` for what is chosen, where the command line can say it: resources, few enough to be read, that a terminal takes, and each
/// with all that happens to it.
fn only(all: &Plan, chosen: &Proposal) -> Option<String> {
    let whole = |change: &Change| all.changes.contains(change);
    if !chosen.plan.changes.iter().all(whole) {
        return None;
    }
    let resource = |change: &Change| change.key().resource_id().map(str::to_owned);
    let named: Vec<String> = chosen.plan.changes.iter().filter_map(resource).collect();
    let besides = |change: &Change| {
        matches!(change, Change::LinkDatabase { .. } | Change::SetRateLimits { .. } | Change::DeleteAgent { .. })
    };
    let sayable = !named.is_empty()
        && named.len() <= MOST_NAMED
        && !chosen.plan.changes.iter().any(besides)
        && !named.iter().any(|id| id.chars().any(char::is_control));
    sayable.then(|| named.iter().map(|id| format!(" --only={}", quoted(id))).collect())
}

/// As a POSIX shell takes it as one word, whatever it holds.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '%' | '+' | ',');
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_every_word_as_one() {
        for (word, expected) in [
            ("my-agent.json", "my-agent.json"),
            ("", "''"),
            ("-rf", "'-rf'"),
            ("two words", "'two words'"),
            ("it's", r"'it'\''s'"),
            ("$(rm -rf ~)`x`", "'$(rm -rf ~)`x`'"),
            ("ünïcode", "'ünïcode'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }
}
