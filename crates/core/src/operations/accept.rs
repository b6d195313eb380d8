//! Accepting differences (docs/RULES.md#accepted-differences): with a reason and an end, and only just these values.

use chrono::{DateTime, Utc};

use super::overview::differences;
use super::stages::{ids_in_stages, name_of, side_text};
use super::target::AskForKey;
use super::{Context, Engine, Error};
use crate::config::AgentId;
use crate::error::ErrorReport;
use crate::plan::Difference;
use crate::store::{AcceptedDifference, AcceptedId, Environment, NewAccepted, PairMember};

/// Differences that a person accepts.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// Name or id of the environment whose agent differs from the stage before.
    pub environment: String,
    /// Id of the agent there.
    pub agent: AgentId,
    /// What is accepted.
    pub items: AcceptedItems,
    /// Reason, in the person's words.
    pub reason: String,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
}

/// Items of an acceptance.
#[derive(Clone, Debug)]
pub enum AcceptedItems {
    /// Everything that differs now.
    All,
    /// These, by the names of resources and fields, as they differ now.
    Named(Vec<String>),
    /// These with these digests: another difference than the one that was shown is refused.
    Shown(Vec<(String, String)>),
}

impl Engine {
    /// Accepts differences of an agent from the stage before. Reads both: what is accepted is what differs now.
    ///
    /// # Errors
    /// The environment is the first stage, one of the two cannot be read, an item does not differ, or not as it was shown, there is no
    /// reason, or the end has passed.
    pub async fn accept(&self, acceptance: &Acceptance, context: &Context) -> Result<Vec<AcceptedDifference>, Error> {
        if acceptance.until <= self.now() {
            return Err(Error::AcceptedUntilPast);
        }
        let (before, agent, found) = self.differing(&acceptance.environment, &acceptance.agent, context).await?;
        let chosen = chosen(&acceptance.items, &found, &agent)?;
        let store = self.store().await?;
        let mut ids = Vec::with_capacity(chosen.len());
        for difference in chosen {
            let says = format!(
                "{} in {}, {} in {}",
                side_text(&difference.right),
                agent.0.name,
                side_text(&difference.left),
                before.0.name
            );
            let new = NewAccepted {
                agent: agent.1.clone(),
                before: before.1.clone(),
                item: difference.item.clone(),
                digest: difference.digest(),
                says,
                reason: acceptance.reason.trim().to_owned(),
                until: acceptance.until,
            };
            ids.push(store.accept_difference(&new, &self.by()).await?);
        }
        let all = store.accepted_differences().await?;
        Ok(all.into_iter().filter(|one| ids.contains(&one.id)).collect())
    }

    /// Every accepted difference, oldest first; those that have ended as well.
    ///
    /// # Errors
    /// The store.
    pub async fn accepted_differences(&self) -> Result<Vec<AcceptedDifference>, Error> {
        Ok(self.store().await?.accepted_differences().await?)
    }

    /// Takes an acceptance back.
    ///
    /// # Errors
    /// There is none of that id.
    pub async fn withdraw_accepted(&self, id: &str) -> Result<AcceptedDifference, Error> {
        let unknown = || Error::Store(crate::store::StoreError::AcceptedNotFound { wanted: id.to_owned() });
        let parsed = AcceptedId::parse(id).ok_or_else(unknown)?;
        let all = self.accepted_differences().await?;
        let accepted = all.into_iter().find(|one| one.id == parsed).ok_or_else(unknown)?;
        self.store().await?.withdraw_accepted(&parsed).await?;
        Ok(accepted)
    }

    /// An agent and itself in the stage before, and how they differ.
    async fn differing(
        &self,
        environment: &str,
        agent: &AgentId,
        context: &Context,
    ) -> Result<((Environment, PairMember), (Environment, PairMember), Vec<Difference>), Error> {
        let named = self.environment(environment).await?;
        let stages = self.environments().await?;
        let nth = stages.iter().position(|stage| stage.id == named.id).unwrap_or_default();
        let Some(before) = nth.checked_sub(1) else { return Err(Error::NoStageBefore { environment: named.name }) };
        let declared = self.declared(&stages).await?;
        let ids = ids_in_stages(&stages, &declared, agent.as_str(), Some(&named.id));
        let read = |nth: usize| self.read_there(&stages[nth], &ids[nth], AskForKey::Now, context);
        let (one, other) = (read(before).await, read(nth).await);
        let unread = |report: ErrorReport| Error::Unread { report: Box::new(report) };
        let (one, other) = (one.map_err(unread)?, other.map_err(unread)?);
        for (nth, state) in [(before, &one), (nth, &other)] {
            if state.present().is_none() {
                return Err(Error::AgentNotFound {
                    agent: ids[nth].clone(),
                    server: stages[nth].name.clone(),
                    lost: None,
                });
            }
        }
        let found = differences(&one, &other)?;
        let member = |nth: usize| {
            let agent_id = ids[nth].clone();
            (stages[nth].clone(), PairMember { environment: stages[nth].id.clone(), agent_id })
        };
        Ok((member(before), member(nth), found))
    }
}

fn chosen<'f>(
    items: &AcceptedItems,
    found: &'f [Difference],
    (environment, agent): &(Environment, PairMember),
) -> Result<Vec<&'f Difference>, Error> {
    let same = |wanted: &str| Error::DoesNotDiffer {
        item: wanted.to_owned(),
        agent: agent.agent_id.clone(),
        environment: environment.name.clone(),
        differing: found.iter().map(|one| name_of(&one.item).1).collect(),
    };
    let mut chosen = Vec::new();
    match items {
        AcceptedItems::All => chosen.extend(found),
        AcceptedItems::Named(names) => {
            for name in names {
                let before = chosen.len();
                chosen.extend(found.iter().filter(|one| one.item == *name || name_of(&one.item).1 == *name));
                if chosen.len() == before {
                    return Err(same(name));
                }
            }
        }
        AcceptedItems::Shown(shown) => {
            for (item, digest) in shown {
                let now = found.iter().find(|one| one.item == *item).ok_or_else(|| same(&name_of(item).1))?;
                if now.digest() != *digest {
                    return Err(Error::DifferenceMoved {
                        item: name_of(item).1,
                        environment: environment.name.clone(),
                    });
                }
                chosen.push(now);
            }
        }
    }
    match chosen.is_empty() {
        true => Err(same("")),
        false => Ok(chosen),
    }
}
