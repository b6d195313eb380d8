//! A plan in a file: looked at by somebody else, kept beside a change request, and applied later exactly as it was shown.
//!
//! It is tied to its server, its agent and the state that it was made from, and it can be applied once. It holds no secret: a
//! connection string is given when it is applied.
//!
//! A plan file is an instruction to write, and its hash has no key: whoever edits the file can compute it anew. So only a plan
//! whose hash this store noted when it saved the plan is applied as one's own. Any other came from elsewhere, and somebody has
//! to say that it is the one that was read: with the words of its hash, or in person. Words prove that the file is the one
//! that was read. They do not prove who saved it or who read it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::proposal::{Approval, OwnedGoal};
use super::{Engine, Error, LinkDatabase, Proposal, ProposalSource, Remember, Target};
use crate::config::{self, Agent, AgentState, escaped_json};
use crate::files::{self, Overwrite};
use crate::plan::{DatabaseLinking, LimitsGoal, PLAN_FORMAT, Plan, Selection};
use crate::store::{By, ServerRef};

/// The version of the form of one agent's plan. Another one is refused, never guessed at.
const FORMAT: u32 = 1;
/// The version of the form that holds several.
const FORMAT_OF_SEVERAL: u32 = 2;
/// Name of the file in errors.
const WHAT: &str = "Plan file";

/// A saved plan: a JSON document with two keys, the plan of one agent or those of several with everything around them, and a
/// checksum over that.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    saved: Content,
    /// SHA-256, in hex, over `saved` as compact JSON: a plan that was edited is not the plan that was agreed to.
    sha256: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Content {
    One(Box<Saved>),
    Several(SavedPlans),
}

/// The plans of several agents, for one server.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedPlans {
    format: u32,
    plans: Vec<Saved>,
}

/// The plan of one agent, with what it was made from. It holds no secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saved {
    format: u32,
    id: String,
    saved_at: DateTime<Utc>,
    saved_by: String,
    // The file's spelling.
    #[serde(rename = "place")]
    server: ServerRef,
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

impl Saved {
    /// A proposal for a target, without its connection string.
    pub(super) fn of(target: &Target, proposal: &Proposal, by: &By) -> Self {
        let (wanted, linking, limits) = match &proposal.goal {
            OwnedGoal::Agent(agent, linking, limits) => (Some(agent.as_ref().clone()), *linking, limits.clone()),
            OwnedGoal::Absent => (None, DatabaseLinking::Later, LimitsGoal::Unsaid),
        };
        Self {
            format: FORMAT,
            id: uuid::Uuid::now_v7().to_string(),
            saved_at: by.at,
            saved_by: by.actor.clone(),
            server: target.server.clone(),
            source: proposal.source.clone(),
            wanted,
            linking,
            limits,
            selection: proposal.selection.clone(),
            live: proposal.live.as_ref().clone(),
            plan: proposal.plan.clone(),
        }
    }

    /// What it proposes, without a connection string.
    pub(super) fn into_proposal(self, approval: Approval) -> Proposal {
        let goal = match self.wanted {
            Some(agent) => OwnedGoal::Agent(Arc::new(agent), self.linking, self.limits),
            None => OwnedGoal::Absent,
        };
        Proposal {
            plan: self.plan,
            source: self.source,
            live: Arc::new(self.live),
            goal,
            selection: self.selection,
            connection_string: None,
            keep: Remember::Forget,
            saved: Some(self.id),
            approval,
        }
    }
}

impl SavedPlan {
    fn each(&self) -> &[Saved] {
        match &self.saved {
            Content::One(saved) => std::slice::from_ref(saved),
            Content::Several(several) => &several.plans,
        }
    }

    /// Server that it is for; `None` where the file says none, or several.
    fn one_server(&self) -> Option<&ServerRef> {
        let mut servers = self.each().iter().map(|saved| &saved.server);
        let first = servers.next()?;
        servers.all(|server| server.server_id() == first.server_id()).then_some(first)
    }

    /// Server.
    ///
    /// # Errors
    /// A file that names none, or several.
    pub fn server(&self) -> Result<&ServerRef, Error> {
        self.one_server().ok_or_else(|| Error::PlanUnusable { reason: "it is not for one server.".into() })
    }

    /// The plans, one for each agent.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.each().iter().map(|saved| &saved.plan)
    }

    /// The hash of the whole file as eight words, for people to tell each other over any channel. 88 bits: nobody makes
    /// another plan with the same words.
    #[must_use]
    pub fn words(&self) -> String {
        words_of_hash(&self.sha256)
    }

    /// Person who saved it, as the file says.
    #[must_use]
    pub fn saved_by(&self) -> &str {
        self.each().first().map_or("", |saved| &saved.saved_by)
    }

    /// When.
    #[must_use]
    pub fn saved_at(&self) -> DateTime<Utc> {
        self.each().first().map_or(DateTime::UNIX_EPOCH, |saved| saved.saved_at)
    }

    /// Reads a saved plan from a file.
    ///
    /// # Errors
    /// The file cannot be read, is no saved plan, is one of another version, or was edited.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = files::read_text(path, WHAT)?;
        if config::is_configuration(text.as_bytes()) {
            return Err(Error::PlanIsConfiguration { path: path.to_owned() });
        }
        let named = |reason: String| Error::PlanUnusable { reason: format!("{} {reason}", path.display()) };
        let read: Self = serde_json::from_str(&text).map_err(|_| named("is no saved plan.".into()))?;
        let other_form = matches!(&read.saved, Content::Several(several) if several.format != FORMAT_OF_SEVERAL);
        let other = |saved: &Saved| saved.format != FORMAT || saved.plan.format != PLAN_FORMAT;
        if other_form || read.each().iter().any(other) {
            return Err(named("was saved by another version of aidb.".into()));
        }
        if read.sha256 != checksum(&read.saved)? {
            return Err(named("was changed since it was saved.".into()));
        }
        if read.one_server().is_none() || has_twice(read.plans()) {
            return Err(named("holds no plans, plans for several servers, or two for one agent.".into()));
        }
        Ok(read)
    }
}

fn has_twice<'p>(plans: impl Iterator<Item = &'p Plan>) -> bool {
    let mut seen = HashSet::new();
    !plans.map(|plan| &plan.agent_id).all(|agent| seen.insert(agent))
}

impl Engine {
    /// Writes proposals for one target into a file, and notes its hash in the store. An existing file is only overwritten where the
    /// person said so.
    ///
    /// # Errors
    /// The file exists or cannot be written, or the store cannot note it.
    pub async fn save_plan(
        &self,
        target: &Target,
        proposals: &[&Proposal],
        path: &Path,
        overwrite: Overwrite,
    ) -> Result<SavedPlan, Error> {
        let by = self.by();
        let mut plans: Vec<Saved> = proposals.iter().map(|proposal| Saved::of(target, proposal, &by)).collect();
        let saved = match plans.len() {
            1 => Content::One(Box::new(plans.remove(0))),
            _ => Content::Several(SavedPlans { format: FORMAT_OF_SEVERAL, plans }),
        };
        let sha256 = checksum(&saved)?;
        let plan = SavedPlan { saved, sha256 };
        let mut text = escaped_json(&serde_json::to_string_pretty(&plan).map_err(unwritable)?);
        text.push('\n');
        // First: a hash without its file does no harm, a file without its hash would be taken for another's.
        self.store().await?.note_saved_plan(&plan.sha256, self.now()).await?;
        files::write(path, &text, overwrite)?;
        Ok(plan)
    }

    /// What a saved plan proposes, one proposal for each agent, for the target that it was made for. `link` gives the connection
    /// string that a plan with a database needs, `approved` the words of the plan that somebody read. A plan from elsewhere without
    /// them is shown, and not applied before [`Proposal::approve_in_person`].
    ///
    /// # Errors
    /// Another server than the plan's; words of another plan; no connection string for a plan that needs one.
    pub async fn propose_saved(
        &self,
        target: &Target,
        plan: SavedPlan,
        link: &LinkDatabase,
        approved: Option<&str>,
    ) -> Result<Vec<Proposal>, Error> {
        if approved.is_some_and(|words| !same_words(words, &plan.words())) {
            return Err(Error::PlanNotTheApproved);
        }
        let own = self.store().await?.saved_plan_is_known(&plan.sha256).await?;
        let approval = match own || approved.is_some() {
            true => Approval::Given,
            false => Approval::Missing { saved_by: plan.saved_by().to_owned(), saved_at: plan.saved_at() },
        };
        let each = match plan.saved {
            Content::One(saved) => vec![*saved],
            Content::Several(several) => several.plans,
        };
        let mut proposals = Vec::with_capacity(each.len());
        for saved in each {
            proposals.push(self.saved_proposal(target, saved, link, approval.clone()).await?);
        }
        Ok(proposals)
    }

    /// What the plan of one agent proposes, from a file or from a batch: for the server that it was made for, and for no other.
    pub(super) async fn saved_proposal(
        &self,
        target: &Target,
        saved: Saved,
        link: &LinkDatabase,
        approval: Approval,
    ) -> Result<Proposal, Error> {
        if saved.server.server_id() != target.server_id() {
            let reason = format!("it was made for {}, not for {}.", saved.server.called(), target.name);
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
        Ok(Proposal { connection_string, keep, ..saved.into_proposal(approval) })
    }
}

/// Number of words a hash is told in.
const WORDS: usize = 8;
/// Bits that one word of the list of 2,048 stands for.
const BITS_A_WORD: usize = 11;

/// The first 88 bits of a hash in hexadecimal, as words of the English list of BIP 39, which was made to be read out.
fn words_of_hash(sha256: &str) -> String {
    let list = bip39::Language::English.word_list();
    let bits: Vec<u32> = sha256
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .flat_map(|digit| (0..4).rev().map(move |bit| (digit >> bit) & 1))
        .collect();
    let index = |bits: &[u32]| bits.iter().fold(0_usize, |index, bit| index << 1 | usize::from(*bit == 1));
    let words = bits.chunks_exact(BITS_A_WORD).take(WORDS).filter_map(|bits| list.get(index(bits)).copied());
    words.collect::<Vec<_>>().join(" ")
}

/// Words as people type them: any case, any space, dashes and commas between them.
fn same_words(given: &str, words: &str) -> bool {
    let given = given.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
    given.map(str::to_lowercase).eq(words.split(' ').map(str::to_owned))
}

fn checksum(saved: &Content) -> Result<String, Error> {
    let bytes = serde_json::to_vec(saved).map_err(unwritable)?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unwritable(error: serde_json::Error) -> Error {
    Error::PlanUnusable { reason: format!("it cannot be written down ({error}).") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_has_eight_words_that_tell_it_apart() {
        let zero = "0".repeat(64);
        assert_eq!(words_of_hash(&zero), ["abandon"; 8].join(" "));
        let all = "f".repeat(64);
        assert_eq!(words_of_hash(&all), ["zoo"; 8].join(" "));
        // 0x001 → 0000 0000 000|1: the first word ends with the eleventh bit.
        let one = format!("002{}", "0".repeat(61));
        assert_eq!(words_of_hash(&one), "ability abandon abandon abandon abandon abandon abandon abandon");
    }

    #[test]
    fn words_are_compared_as_people_type_them() {
        let words = "one two three four five six seven eight";
        assert!(same_words(" One, two-three\nfour  five six seven EIGHT ", words));
        for other in [
            "",
            "one two three four five six seven",
            "one two three four five six seven eight nine",
            "two one three four five six seven eight",
        ] {
            assert!(!same_words(other, words), "{other}");
        }
    }
}
