//! A plan in a file: looked at by somebody else, kept beside a change request, and applied later exactly as it was shown.
//!
//! It is tied to its server, its agent and the state that it was made from, and it can be applied once. It holds no secret: a
//! connection string is given when it is applied.
//!
//! A plan file is an instruction to write, and its hash has no key: whoever edits the file can compute it anew. So only a plan
//! whose hash this store noted when it saved the plan is applied as one's own. Any other came from elsewhere, and somebody has
//! to say that it is the one that was read: with the words of its hash, or in person. Words prove that the file is the one
//! that was read. They do not prove who saved it or who read it.

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
use crate::store::ServerRef;

/// The version of the file's form. Another one is refused, never guessed at.
const FORMAT: u32 = 1;
/// Name of the file in errors.
const WHAT: &str = "Plan file";

/// A saved plan: a JSON document with two keys, the plan with everything around it and a checksum over that.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    saved: Saved,
    /// SHA-256, in hex, over `saved` as compact JSON: a plan that was edited is not the plan that was agreed to.
    sha256: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
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

impl SavedPlan {
    /// Server.
    #[must_use]
    pub fn server(&self) -> &ServerRef {
        &self.saved.server
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.saved.plan
    }

    /// The hash of the whole plan as eight words, for people to tell each other over any channel. 88 bits: nobody makes
    /// another plan with the same words.
    #[must_use]
    pub fn words(&self) -> String {
        words_of_hash(&self.sha256)
    }

    /// Person who saved it, as the file says.
    #[must_use]
    pub fn saved_by(&self) -> &str {
        &self.saved.saved_by
    }

    /// When.
    #[must_use]
    pub fn saved_at(&self) -> DateTime<Utc> {
        self.saved.saved_at
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
        if read.saved.format != FORMAT || read.saved.plan.format != PLAN_FORMAT {
            return Err(named("was saved by another version of aidb.".into()));
        }
        if read.sha256 != checksum(&read.saved)? {
            return Err(named("was changed since it was saved.".into()));
        }
        Ok(read)
    }
}

impl Engine {
    /// Writes a proposal into a file, and notes its hash in the store. An existing file is only overwritten where the person
    /// said so.
    ///
    /// # Errors
    /// The file exists or cannot be written, or the store cannot note it.
    pub async fn save_plan(
        &self,
        target: &Target,
        proposal: &Proposal,
        path: &Path,
        overwrite: Overwrite,
    ) -> Result<SavedPlan, Error> {
        let (wanted, linking, limits) = match &proposal.goal {
            OwnedGoal::Agent(agent, linking, limits) => (Some(agent.as_ref().clone()), *linking, limits.clone()),
            OwnedGoal::Absent => (None, DatabaseLinking::Later, LimitsGoal::Unsaid),
        };
        let saved = Saved {
            format: FORMAT,
            id: uuid::Uuid::now_v7().to_string(),
            saved_at: self.now(),
            saved_by: self.settings.actor.clone(),
            server: target.server.clone(),
            source: proposal.source.clone(),
            wanted,
            linking,
            limits,
            selection: proposal.selection.clone(),
            live: proposal.live.as_ref().clone(),
            plan: proposal.plan.clone(),
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

    /// What a saved plan proposes, for the target that it was made for. `link` gives the connection string that a plan with a
    /// database needs, `approved` the words of the plan that somebody read. A plan from elsewhere without them is shown, and
    /// not applied before [`Proposal::approve_in_person`].
    ///
    /// # Errors
    /// Another server than the plan's; words of another plan; no connection string for a plan that needs one.
    pub async fn propose_saved(
        &self,
        target: &Target,
        plan: SavedPlan,
        link: &LinkDatabase,
        approved: Option<&str>,
    ) -> Result<Proposal, Error> {
        if approved.is_some_and(|words| !same_words(words, &plan.words())) {
            return Err(Error::PlanNotTheApproved);
        }
        let own = self.store().await?.saved_plan_is_known(&plan.sha256).await?;
        let approval = match own || approved.is_some() {
            true => Approval::Given,
            false => Approval::Missing { saved_by: plan.saved.saved_by.clone(), saved_at: plan.saved.saved_at },
        };
        let saved = plan.saved;
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
        let goal = match saved.wanted {
            Some(agent) => OwnedGoal::Agent(Arc::new(agent), saved.linking, saved.limits),
            None => OwnedGoal::Absent,
        };
        Ok(Proposal {
            plan: saved.plan,
            source: saved.source,
            live: Arc::new(saved.live),
            goal,
            selection: saved.selection,
            connection_string,
            keep,
            saved: Some(saved.id),
            approval,
        })
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

fn checksum(saved: &Saved) -> Result<String, Error> {
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
