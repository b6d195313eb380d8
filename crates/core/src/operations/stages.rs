//! One agent in all stages, item by item: a row of the overview, opened.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future;
use serde_json::Value;

use super::agents::natural;
use super::overview::{Declared, differences, plain_text};
use super::target::{AskForKey, TargetRequest};
use super::{Context, Engine, Error};
use crate::config::{AgentId, AgentState, LiveAgent, Permission};
use crate::connector::read_state;
use crate::error::ErrorReport;
use crate::plan::{Difference, describe_access};
use crate::store::{AcceptedDifference, Environment, EnvironmentId, PairMember};

/// One agent in all stages.
#[derive(Clone, Debug)]
pub struct AgentStages {
    /// The environments, first stage first.
    pub stages: Vec<AgentStage>,
    /// What the agent says in any of them: its own fields, then its resources in the order in which people count.
    pub items: Vec<StagedItem>,
}

/// An agent in one environment.
#[derive(Clone, Debug)]
pub struct AgentStage {
    /// The environment.
    pub environment: Environment,
    /// Id of the agent there.
    pub agent_id: String,
    /// Whether it is there, or why that cannot be told.
    pub present: Result<bool, ErrorReport>,
}

/// One item in all stages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedItem {
    /// The resource's id, or the field's name.
    pub name: String,
    /// Whether it is a resource.
    pub is_resource: bool,
    /// One value for each stage.
    pub values: Vec<StagedValue>,
}

/// An item in one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StagedValue {
    /// What it says there; `None` where it says nothing, or the stage could not be read.
    pub text: Option<String>,
    /// How that differs from the stage before.
    pub differences: Vec<StagedDifference>,
}

/// A difference from the stage before, with the acceptance of it where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedDifference {
    /// The item, as an acceptance names it.
    pub item: String,
    /// Digest of the two values.
    pub digest: String,
    /// Declaration that it is on purpose.
    pub accepted: Option<AcceptedDifference>,
}

impl Engine {
    /// Reads one agent in every stage, a paired one under the id that it has in each: two requests a stage. `agent` is its id in
    /// `environment`, or in any where none is named.
    ///
    /// # Errors
    /// No such environment, an id that no server could address, the store.
    pub async fn agent_stages(
        &self,
        agent: &AgentId,
        environment: Option<&str>,
        ask: AskForKey,
        context: &Context,
    ) -> Result<AgentStages, Error> {
        let environments = self.environments().await?;
        let declared = self.declared(&environments).await?;
        let at = match environment {
            Some(name) => Some(self.environment(name).await?.id),
            None => None,
        };
        let ids = ids_in_stages(&environments, &declared, agent.as_str(), at.as_ref());
        let read =
            environments.iter().zip(&ids).map(|(environment, id)| self.read_there(environment, id, ask, context));
        let read = context.cancel.run_until_cancelled(future::join_all(read)).await.ok_or(Error::Interrupted)?;
        let members: Vec<PairMember> = environments
            .iter()
            .zip(&ids)
            .map(|(environment, id)| PairMember { environment: environment.id.clone(), agent_id: id.clone() })
            .collect();
        let items = items(&read, &members, &declared);
        let stages = environments.into_iter().zip(ids).zip(read).map(|((environment, agent_id), read)| AgentStage {
            environment,
            agent_id,
            present: read.map(|state| state.present().is_some()),
        });
        Ok(AgentStages { stages: stages.collect(), items })
    }

    pub(super) async fn read_there(
        &self,
        environment: &Environment,
        agent_id: &str,
        ask: AskForKey,
        context: &Context,
    ) -> Result<AgentState, ErrorReport> {
        let read = async {
            let environment = Some(environment.id.to_string());
            let request = TargetRequest { environment, ask, ..TargetRequest::default() };
            let target = self.target(&request).await?;
            let session = self.session(&target.connector, context);
            let (state, _) = read_state(&session, &AgentId::new(agent_id)?).await?;
            Ok::<_, Error>(state)
        };
        read.await.map_err(|error| error.report())
    }
}

/// Ids of an agent, one for each stage: those of its pair, else its own everywhere.
pub(super) fn ids_in_stages(
    stages: &[Environment],
    declared: &Declared,
    agent: &str,
    at: Option<&EnvironmentId>,
) -> Vec<String> {
    let position = |id: &EnvironmentId| stages.iter().position(|stage| stage.id == *id);
    let row = match at.and_then(position) {
        Some(nth) => declared.pairs.row_of(nth, agent),
        None => (0..stages.len()).find_map(|nth| declared.pairs.row_of(nth, agent)),
    };
    row.map_or_else(|| vec![agent.to_owned(); stages.len()], <[String]>::to_vec)
}

fn items(read: &[Result<AgentState, ErrorReport>], members: &[PairMember], declared: &Declared) -> Vec<StagedItem> {
    let states: Vec<Option<&AgentState>> = read.iter().map(|read| read.as_ref().ok()).collect();
    let said: Vec<BTreeMap<(bool, String), String>> =
        states.iter().map(|state| state.and_then(AgentState::present).map(said).unwrap_or_default()).collect();
    let found: Vec<Vec<Difference>> = (0..states.len())
        .map(|nth| {
            let before = nth.checked_sub(1).and_then(|before| states[before]).filter(|it| it.present().is_some());
            // What is read has an id that could be asked for.
            before.zip(states[nth]).and_then(|(before, state)| differences(before, state).ok()).unwrap_or_default()
        })
        .collect();
    let differing = found.iter().flatten().map(|difference| name_of(&difference.item));
    let names: BTreeSet<(bool, String)> = said.iter().flat_map(BTreeMap::keys).cloned().chain(differing).collect();
    let mut names: Vec<(bool, String)> = names.into_iter().collect();
    names.sort_by(|left, right| {
        (left.0, rank(left)).cmp(&(right.0, rank(right))).then_with(|| natural(&left.1, &right.1))
    });
    let value = |name: &(bool, String), nth: usize| StagedValue {
        text: said[nth].get(name).cloned(),
        differences: found[nth]
            .iter()
            .filter(|one| name_of(&one.item) == *name)
            .map(|one| StagedDifference {
                item: one.item.clone(),
                digest: one.digest(),
                accepted: nth
                    .checked_sub(1)
                    .and_then(|before| declared.accepted.of(&members[nth], &members[before], one).cloned()),
            })
            .collect(),
    };
    let item = |name: (bool, String)| StagedItem {
        values: (0..read.len()).map(|nth| value(&name, nth)).collect(),
        is_resource: name.0,
        name: name.1,
    };
    names.into_iter().map(item).collect()
}

/// Fields that every agent has come before its further information.
fn rank((is_resource, name): &(bool, String)) -> usize {
    let own = ["name", "type", "database"];
    if *is_resource { 0 } else { own.iter().position(|own| own == name).unwrap_or(own.len()) }
}

/// What an agent says, by whether it is about a resource, and its name.
fn said(live: &LiveAgent) -> BTreeMap<(bool, String), String> {
    let agent = &live.agent;
    let field = |name: &str, text: Option<String>| text.map(|text| ((false, name.to_owned()), text));
    let database = agent.database.as_ref().map(|link| {
        let parts = [&link.connection_name, &link.database_type].into_iter().flatten();
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        if parts.is_empty() { "linked".to_owned() } else { parts.join(", ") }
    });
    let fields =
        [field("name", Some(agent.name.clone())), field("type", agent.agent_type.clone()), field("database", database)];
    let info = agent.info.iter().filter_map(|(key, value)| field(key, Some(plain_text(value))));
    let resources = agent.resource_permissions.iter().map(|(id, entry)| ((true, id.clone()), describe_access(entry)));
    fields.into_iter().flatten().chain(info).chain(resources).collect()
}

/// Row that a difference stands in: whether it is a resource, and its name.
pub(super) fn name_of(item: &str) -> (bool, String) {
    match (item.strip_prefix("resource:"), item.strip_prefix('/')) {
        (Some(resource), _) => (true, resource.to_owned()),
        (None, Some(field)) if field == "database" || field.starts_with("database/") => (false, "database".into()),
        (None, Some(field)) => (false, field.replace("~1", "/").replace("~0", "~")),
        (None, None) => (false, item.to_owned()),
    }
}

/// One side of a difference, in words: "read and write", "nothing".
pub(super) fn side_text(value: &Value) -> String {
    let permissions = |value: &Value| {
        let words = value.get("permissions")?.as_array()?.iter();
        Some(words.filter_map(|word| Permission::parse(word.as_str()?)).collect())
    };
    match (value, permissions(value)) {
        (Value::Null, _) => "nothing".into(),
        (_, Some(permissions)) => {
            let resource_type = value.get("type").and_then(Value::as_str).unwrap_or("table").to_owned();
            describe_access(&crate::config::ResourcePermission {
                resource_type,
                permissions,
                extra: serde_json::Map::new(),
            })
        }
        (other, None) => plain_text(other),
    }
}
