//! Pairs (docs/RULES.md#pairs): one agent under different ids. Declared by a person; names only suggest.

use std::collections::{BTreeMap, BTreeSet};

use super::{Engine, Error};
use crate::config::AgentId;
use crate::store::{Environment, EnvironmentId, Pair, PairMember};

/// The pairs that were declared, with the stages that they are about.
#[derive(Clone, Debug)]
pub(super) struct Pairs {
    stages: Vec<EnvironmentId>,
    rows: Vec<PairRow>,
}

/// A pair, with the id that its agent has in each stage.
#[derive(Clone, Debug)]
struct PairRow {
    ids: Vec<String>,
    declared: Vec<PairMember>,
}

impl Pairs {
    pub(super) fn new(stages: &[Environment], pairs: &[Pair]) -> Self {
        let stages: Vec<EnvironmentId> = stages.iter().map(|stage| stage.id.clone()).collect();
        let rows = pairs.iter().filter_map(|pair| PairRow::new(&stages, &pair.members)).collect();
        Self { stages, rows }
    }

    /// Ids of each paired agent, one for each stage. A stage that the pair does not name has the agent under the id of the stage
    /// before it that does, else of the first one that does.
    pub(super) fn ids(&self) -> impl Iterator<Item = &[String]> {
        self.rows.iter().map(|row| row.ids.as_slice())
    }

    /// Ids in each stage of the pair that an agent belongs to, if it belongs to one.
    pub(super) fn row_of(&self, stage: usize, agent_id: &str) -> Option<&[String]> {
        self.row(stage, agent_id).map(|row| row.ids.as_slice())
    }

    /// Whether an agent stands in the row of a pair.
    pub(super) fn claims(&self, stage: usize, agent_id: &str) -> bool {
        self.row(stage, agent_id).is_some()
    }

    /// Id of the agent in another stage: its own, where no pair says otherwise.
    fn id_in(&self, from: &EnvironmentId, agent_id: &str, to: &EnvironmentId) -> Option<&str> {
        let stage = |wanted: &EnvironmentId| self.stages.iter().position(|stage| stage == wanted);
        let row = self.row(stage(from)?, agent_id)?;
        Some(row.ids[stage(to)?].as_str())
    }

    /// An agent that a pair names belongs to that pair, whatever another one would have there.
    fn row(&self, stage: usize, agent_id: &str) -> Option<&PairRow> {
        let environment = self.stages.get(stage)?;
        let names = |row: &&PairRow| {
            row.declared.iter().any(|member| member.environment == *environment && member.agent_id == agent_id)
        };
        let named = self.rows.iter().find(names);
        named.or_else(|| self.rows.iter().find(|row| row.ids.get(stage).is_some_and(|id| id == agent_id)))
    }
}

impl PairRow {
    fn new(stages: &[EnvironmentId], members: &[PairMember]) -> Option<Self> {
        let named = |stage: &EnvironmentId| {
            members.iter().find(|member| member.environment == *stage).map(|member| &member.agent_id)
        };
        let mut last = stages.iter().find_map(named)?;
        let ids = stages.iter().map(|stage| {
            last = named(stage).unwrap_or(last);
            last.clone()
        });
        Some(Self { ids: ids.collect(), declared: members.to_vec() })
    }
}

impl Engine {
    /// All pairs, in the order of their first agents.
    ///
    /// # Errors
    /// The store.
    pub async fn pairs(&self) -> Result<Vec<Pair>, Error> {
        Ok(self.store().await?.pairs().await?)
    }

    /// Declares that agents of several environments are one agent, together with what they were paired with before. Each is given by
    /// the name or id of its environment, and its id there. Asks no server: an agent may be paired before it is there.
    ///
    /// # Errors
    /// No such environment, an id that no server could address, fewer than two agents, or two in one environment.
    pub async fn declare_pair(&self, members: &[(String, String)]) -> Result<Pair, Error> {
        let mut named = Vec::with_capacity(members.len());
        for (environment, agent) in members {
            named.push(self.pair_member(environment, agent).await?);
        }
        Ok(self.store().await?.declare_pair(&named, &self.by()).await?)
    }

    /// Takes an agent out of its pair, which two agents need to be one. Answers the pair as it was.
    ///
    /// # Errors
    /// No such environment, or it is in no pair.
    pub async fn dissolve_pair(&self, environment: &str, agent: &str) -> Result<Pair, Error> {
        let member = self.pair_member(environment, agent).await?;
        Ok(self.store().await?.dissolve_pair(&member).await?)
    }

    async fn pair_member(&self, environment: &str, agent: &str) -> Result<PairMember, Error> {
        let environment = self.environment(environment).await?.id;
        Ok(PairMember { environment, agent_id: AgentId::new(agent)?.to_string() })
    }

    /// Pairs and stages as they are now.
    pub(super) async fn declared_pairs(&self, stages: &[Environment]) -> Result<Pairs, Error> {
        Ok(Pairs::new(stages, &self.pairs().await?))
    }

    /// Id that an agent of one environment has in another: its own, unless a pair says otherwise. A server without a profile is in
    /// no pair.
    pub(super) async fn id_in(
        &self,
        from: Option<&Environment>,
        agent: &AgentId,
        to: Option<&Environment>,
    ) -> Result<AgentId, Error> {
        let (Some(from), Some(to)) = (from, to) else { return Ok(agent.clone()) };
        let pairs = self.declared_pairs(&self.environments().await?).await?;
        Ok(match pairs.id_in(&from.id, agent.as_str(), &to.id) {
            Some(id) => AgentId::new(id)?,
            None => agent.clone(),
        })
    }
}

/// Words by which people tell a stage in an agent's id, beside the stage's own name.
const MARKS: [&[&str]; 4] = [
    &["dev", "develop", "development"],
    &["test", "tst", "testing", "qa", "uat", "int", "integration"],
    &["stage", "staging", "stg", "preprod", "pre"],
    &["prod", "production", "prd", "live"],
];

/// Agents that may be one, by their ids: what is left of each without the mark of its own stage is the same. Only of agents that are in
/// no pair, one in each stage, and under no id that both stages have.
pub(super) fn suggested(stages: &[Environment], ids: &[BTreeSet<&str>], pairs: &Pairs) -> Vec<Vec<PairMember>> {
    let mut alike: BTreeMap<String, Vec<(usize, &str)>> = BTreeMap::new();
    for (nth, (stage, ids)) in stages.iter().zip(ids).enumerate() {
        let marks = marks_of(&stage.name);
        for id in ids.iter().filter(|id| !pairs.claims(nth, id)) {
            if let Some(stem) = stem(id, &marks) {
                alike.entry(stem).or_default().push((nth, id));
            }
        }
    }
    let one_each = |found: &&Vec<(usize, &str)>| {
        found.len() > 1
            && found.windows(2).all(|pair| pair[0].0 != pair[1].0)
            && found.iter().all(|(nth, id)| found.iter().all(|(other, _)| other == nth || !ids[*other].contains(id)))
    };
    let member =
        |(nth, id): &(usize, &str)| PairMember { environment: stages[*nth].id.clone(), agent_id: (*id).to_owned() };
    alike.values().filter(one_each).map(|found| found.iter().map(member).collect()).collect()
}

fn marks_of(stage: &str) -> BTreeSet<String> {
    let own = stage.to_lowercase();
    let words = pieces(&own).map(str::to_owned);
    let usual = MARKS.into_iter().filter(|marks| pieces(&own).any(|word| marks.contains(&word)));
    words.chain(usual.flatten().map(|mark| (*mark).to_owned())).collect()
}

/// The id without the marks; `None` where it has none, or nothing is left.
fn stem(id: &str, marks: &BTreeSet<String>) -> Option<String> {
    let id = id.to_lowercase();
    let all = pieces(&id).count();
    let left: Vec<&str> = pieces(&id).filter(|piece| !marks.contains(*piece)).collect();
    (!left.is_empty() && left.len() < all).then(|| left.join("-"))
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;
    use crate::store::{Colour, PlainHttpChoice, Protection};
    use crate::vault::KeyPrompt;

    fn stages(names: &[&str]) -> Vec<Environment> {
        let stage = |(position, name): (usize, &&str)| Environment {
            id: serde_json::from_value(serde_json::json!(format!("id-{name}"))).unwrap(),
            name: (*name).to_owned(),
            url: format!("http://{position}.example"),
            position: u32::try_from(position).unwrap(),
            colour: Colour::Blue,
            protection: Protection::Open,
            default_agent: None,
            ca_file: None,
            plain_http: PlainHttpChoice::LoopbackOnly,
            key_prompt: KeyPrompt::Never,
            keep_backups: 1,
            keep_days: 1,
            created_at: Utc::now(),
        };
        names.iter().enumerate().map(stage).collect()
    }

    fn pair(stages: &[Environment], members: &[(usize, &str)]) -> Pair {
        let member =
            |(nth, id): &(usize, &str)| PairMember { environment: stages[*nth].id.clone(), agent_id: (*id).to_owned() };
        Pair {
            id: crate::store::PairId::parse("pr-00000000").unwrap(),
            members: members.iter().map(member).collect(),
            actor: "anna".into(),
            at: Utc::now(),
        }
    }

    #[test]
    fn a_stage_that_the_pair_does_not_name_has_the_id_of_the_stage_before() {
        let stages = stages(&["Test", "Development", "Staging", "Production"]);
        let pairs = Pairs::new(&stages, &[pair(&stages, &[(1, "dev-agent"), (3, "prod-agent")])]);
        let ids: Vec<_> = pairs.ids().collect();
        assert_eq!(ids, [["dev-agent", "dev-agent", "dev-agent", "prod-agent"]]);
        assert_eq!(pairs.id_in(&stages[2].id, "dev-agent", &stages[3].id), Some("prod-agent"));
        assert_eq!(pairs.id_in(&stages[3].id, "prod-agent", &stages[1].id), Some("dev-agent"));
        assert_eq!(pairs.id_in(&stages[1].id, "prod-agent", &stages[3].id), None, "that one is another agent");
    }

    #[test]
    fn an_agent_belongs_to_the_pair_that_names_it() {
        let stages = stages(&["Development", "Staging", "Production"]);
        let first = pair(&stages, &[(0, "a"), (2, "a-live")]);
        let second = pair(&stages, &[(1, "a"), (2, "b-live")]);
        let pairs = Pairs::new(&stages, &[first, second]);
        assert_eq!(pairs.id_in(&stages[1].id, "a", &stages[2].id), Some("b-live"));
        assert_eq!(pairs.id_in(&stages[0].id, "a", &stages[2].id), Some("a-live"));
    }

    #[test]
    fn ids_that_differ_in_the_mark_of_their_stage_are_suggested_and_no_others() {
        let stages = stages(&["Development", "Staging", "Production"]);
        let of = |ids: &[&'static str]| ids.iter().copied().collect::<BTreeSet<_>>();
        let ids = [
            of(&["dev-agent", "orders", "dev-twice", "twice-dev", "sales.dev", "dev-known", "prod-odd", "dev-same"]),
            of(&["orders", "stg_sales", "dev-same"]),
            of(&["prod-agent", "orders", "live-twice", "Sales-PROD", "prod-known", "dev-odd", "prod-same"]),
        ];
        let pairs = Pairs::new(&stages, &[pair(&stages, &[(0, "dev-known"), (2, "prod-known")])]);
        let found = suggested(&stages, &ids, &pairs);
        let found: Vec<Vec<&str>> =
            found.iter().map(|pair| pair.iter().map(|member| member.agent_id.as_str()).collect()).collect();
        assert_eq!(
            found,
            [
                vec!["dev-agent", "prod-agent"],
                vec!["sales.dev", "stg_sales", "Sales-PROD"],
                vec!["dev-same", "prod-same"]
            ]
        );
    }
}
