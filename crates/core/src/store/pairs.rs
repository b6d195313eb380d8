//! Pairs: agents of different ids that a person declared to be one agent in different environments (docs/RULES.md#pairs).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Row, Sqlite, Transaction};

use super::codec::{parse_time, short_id, time_text};
use super::environments::EnvironmentId;
use super::profile_changes::By;
use super::{Store, StoreError};

short_id! {
    /// A pair's id: `pr-` and eight characters that are easy to read out.
    PairId, "pr-"
}

/// One agent of a pair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PairMember {
    /// The environment.
    pub environment: EnvironmentId,
    /// The id that the agent has there.
    pub agent_id: String,
}

/// Agents that a person declared to be the same one: at most one for each environment, two or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The id.
    pub id: PairId,
    /// The agents, in stage order.
    pub members: Vec<PairMember>,
    /// Person who declared it last.
    pub actor: String,
    /// When that was.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Declares that these are one agent, together with whatever one of them was paired with before.
    ///
    /// # Errors
    /// [`StoreError::PairContradicts`] where one environment would have two agents in it.
    pub async fn declare_pair(&self, members: &[PairMember], by: &By) -> Result<Pair, StoreError> {
        let mut transaction = self.write().await?;
        let rows = sqlx::query(ALL).fetch_all(&mut *transaction).await.map_err(self.failing())?;
        let (mut joined, known) = (BTreeMap::new(), self.pairs_from(&rows)?);
        let touched: Vec<&Pair> =
            known.iter().filter(|pair| pair.members.iter().any(|it| members.contains(it))).collect();
        for member in touched.iter().flat_map(|pair| &pair.members).chain(members) {
            match joined.insert(member.environment.clone(), member.agent_id.clone()) {
                Some(other) if other != member.agent_id => {
                    let environment = self.name_of(&mut transaction, &member.environment).await?;
                    let agents = [other, member.agent_id.clone()];
                    return Err(StoreError::PairContradicts { environment, agents });
                }
                _ => {}
            }
        }
        if joined.len() < 2 {
            return Err(StoreError::PairOfOne);
        }
        let id = touched.first().map_or_else(PairId::random, |pair| Ok(pair.id.clone()))?;
        for pair in &touched {
            self.delete_pair(&mut transaction, &pair.id).await?;
        }
        for (environment, agent) in &joined {
            sqlx::query("INSERT INTO pair_members (pair, environment_id, agent_id, actor, at) VALUES (?, ?, ?, ?, ?)")
                .bind(id.as_str())
                .bind(environment.as_str())
                .bind(agent)
                .bind(&by.actor)
                .bind(time_text(&by.at))
                .execute(&mut *transaction)
                .await
                .map_err(self.failing())?;
        }
        transaction.commit().await.map_err(self.failing())?;
        let members = joined.into_iter().map(|(environment, agent_id)| PairMember { environment, agent_id }).collect();
        Ok(Pair { id, members, actor: by.actor.clone(), at: by.at })
    }

    /// Takes an agent out of its pair; a pair of one is none any more. Answers the pair as it was.
    ///
    /// # Errors
    /// [`StoreError::NotPaired`].
    pub async fn dissolve_pair(&self, member: &PairMember) -> Result<Pair, StoreError> {
        let mut transaction = self.write().await?;
        let rows = sqlx::query(ALL).fetch_all(&mut *transaction).await.map_err(self.failing())?;
        let pair = self.pairs_from(&rows)?.into_iter().find(|pair| pair.members.contains(member));
        let Some(pair) = pair else {
            let environment = self.name_of(&mut transaction, &member.environment).await?;
            return Err(StoreError::NotPaired { agent: member.agent_id.clone(), environment });
        };
        if pair.members.len() <= 2 {
            self.delete_pair(&mut transaction, &pair.id).await?;
        } else {
            sqlx::query("DELETE FROM pair_members WHERE environment_id = ? AND agent_id = ?")
                .bind(member.environment.as_str())
                .bind(&member.agent_id)
                .execute(&mut *transaction)
                .await
                .map_err(self.failing())?;
        }
        transaction.commit().await.map_err(self.failing())?;
        Ok(pair)
    }

    /// All pairs, in the order of their first agents.
    pub async fn pairs(&self) -> Result<Vec<Pair>, StoreError> {
        let rows = sqlx::query(ALL).fetch_all(&self.readers).await.map_err(self.failing())?;
        self.pairs_from(&rows)
    }

    fn pairs_from(&self, rows: &[sqlx::sqlite::SqliteRow]) -> Result<Vec<Pair>, StoreError> {
        let mut pairs: Vec<Pair> = Vec::new();
        for row in rows {
            let text = |column: &str| row.try_get::<String, _>(column).map_err(self.failing());
            let id = PairId::from_stored(text("pair")?);
            let environment = EnvironmentId::from_stored(text("environment_id")?);
            let member = PairMember { environment, agent_id: text("agent_id")? };
            if let Some(pair) = pairs.iter_mut().find(|pair| pair.id == id) {
                pair.members.push(member);
                continue;
            }
            let at = parse_time(&text("at")?).ok_or_else(|| self.damaged("a pair has an unreadable time"))?;
            pairs.push(Pair { id, members: vec![member], actor: text("actor")?, at });
        }
        // The rest of one went with its environment.
        pairs.retain(|pair| pair.members.len() > 1);
        Ok(pairs)
    }

    async fn delete_pair(&self, transaction: &mut Transaction<'_, Sqlite>, id: &PairId) -> Result<(), StoreError> {
        let deleted = sqlx::query("DELETE FROM pair_members WHERE pair = ?").bind(id.as_str());
        deleted.execute(&mut **transaction).await.map(drop).map_err(self.failing())
    }

    async fn name_of(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        environment: &EnvironmentId,
    ) -> Result<String, StoreError> {
        let name = sqlx::query_scalar("SELECT name FROM environments WHERE id = ?").bind(environment.as_str());
        let name: Option<String> = name.fetch_optional(&mut **transaction).await.map_err(self.failing())?;
        Ok(name.unwrap_or_else(|| environment.to_string()))
    }
}

/// Every member, pair by pair, in stage order.
const ALL: &str = "\
    SELECT pair_members.* FROM pair_members JOIN environments ON environments.id = environment_id \
    ORDER BY min(environments.position) OVER (PARTITION BY pair), pair, environments.position";
