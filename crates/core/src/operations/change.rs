//! Applying any plan: take the agent's lock, read again, compare, back up, write, verify, record. Import, promotion and rollback
//! all come through here; besides it only `recover.rs` changes a server, and that by the record of an apply that began here.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::agents::key_scopes;
use super::{Approval, Context, Engine, Error, Proposal, Target};
use crate::apply::{AgentCredentials, Apply, ApplyReport, Credentials, Journal, Outcome};
use crate::config::{AgentId, AgentState};
use crate::connector::{KeyHash, read_whole_state};
use crate::error::ErrorReport;
use crate::plan::{self, PLAN_FORMAT, Plan};
use crate::progress::{Event, Stage};
use crate::store::{Backup, End, NewBackup, NewOperation, OperationId, OperationState, OperationSummary, Place};
use crate::vault::{SecretName, Vault, VaultKind, VaultStatus};

/// Whether the person agreed to the agent being deleted: asked for separately, in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// Not asked, or said no.
    Refused,
    /// Said yes to exactly that.
    Agreed,
}

/// Where the API key that aidb made for an agent is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentKeyPlace {
    /// In the keychain.
    Keychain,
    /// In a file that nobody else can read.
    File(PathBuf),
    /// In memory, for this session.
    Memory,
}

/// An apply that came to an end.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Its record in the history.
    pub operation: OperationId,
    /// The plan that was carried out, where it was made again because the target had moved: see [`WhenMoved`](super::WhenMoved).
    pub made_again: Option<Box<Plan>>,
    /// The backup from before it; `None` when there was nothing to do.
    pub backup: Option<Backup>,
    /// How it ended.
    pub report: ApplyReport,
    /// Where the key is that was made for the agent, when the plan registers one.
    pub agent_key: Option<AgentKeyPlace>,
    /// Why the history does not know how it ended, where it could not be written. What was written at the server stands.
    pub unrecorded: Option<ErrorReport>,
    /// How long it took.
    pub duration: Duration,
}

impl Engine {
    /// Applies a proposal. No durable backup, no write; and nobody else on this machine writes to the agent meanwhile.
    ///
    /// # Errors
    /// Only from before the first write: somebody else is at it, an interrupted operation has to be settled first, the target
    /// moved, the deletion was not agreed to, the backup could not be stored, the agent's key could not be kept. Once writing
    /// has begun, the report says how it ended.
    pub async fn apply(
        &self,
        target: &Target,
        proposal: &Proposal,
        deletion: Deletion,
        context: &Context,
    ) -> Result<Applied, Error> {
        self.refuse_unusable(target, &proposal.plan, deletion)?;
        if let Approval::Missing { saved_by, saved_at } = proposal.approval() {
            return Err(Error::PlanFromElsewhere { saved_by: saved_by.clone(), saved_at: *saved_at });
        }
        let started = Instant::now();
        let agent = &proposal.plan.agent_id;
        // Kept until the record is closed: an operation without an end whose lock is free is one whose process died.
        let _lock = self.lock_agent(target, agent, context).await?;
        self.refuse_unsettled(target, agent).await?;
        let made_again = self.made_again(target, proposal, deletion, context).await?;
        let proposal = made_again.as_ref().unwrap_or(proposal);
        let plan = &proposal.plan;
        let operation = self.begin(target, proposal, context).await?;
        let prepared = match self.prepare(target, proposal, &operation, context).await {
            Ok(prepared) => prepared,
            Err(unprepared) => return Err(self.unprepared(&operation, unprepared).await),
        };
        let (report, missed) = match &prepared {
            // The plan has no change: it is carried out as it stands.
            None => (ApplyReport::done(plan), None),
            Some(prepared) => self.write(target, proposal, prepared, &operation, context).await?,
        };
        let (backup, mut made) = prepared.map_or((None, None), |prepared| (Some(prepared.backup), prepared.made_key));
        // Before the record is closed: after that, nobody would look for the key any more.
        let key = match report.outcome {
            // Another registration of the same agent may have put its key in the place of the one that the server took.
            Outcome::Done => match &made {
                Some(made) => made.keep().await,
                None => Ok(()),
            },
            // The agent that it was made for is gone again, so nobody will ever be let in with it.
            Outcome::PutBack => match made.take() {
                Some(made) => made.forget().await,
                None => Ok(()),
            },
            Outcome::NeedsAttention => Ok(()),
        };
        let string = match report.outcome {
            Outcome::Done => self.keep_linked_string(target, proposal).await,
            Outcome::PutBack | Outcome::NeedsAttention => Ok(()),
        };
        let unrecorded = self.finish(&operation, plan, &report).await.err().or(missed).or(key.err()).or(string.err());
        Ok(Applied {
            operation,
            made_again: made_again.map(|proposal| Box::new(proposal.plan)),
            backup,
            report,
            agent_key: made.map(|made| made.place),
            unrecorded: unrecorded.map(|error| error.report()),
            duration: started.elapsed(),
        })
    }

    pub(super) fn refuse_unusable(&self, target: &Target, plan: &Plan, deletion: Deletion) -> Result<(), Error> {
        if plan.format != PLAN_FORMAT {
            let reason = format!("it has format {}, and this aidb applies format {PLAN_FORMAT}.", plan.format);
            return Err(Error::PlanUnusable { reason });
        }
        if plan.deletes_agent() && deletion == Deletion::Refused {
            return Err(Error::DeletionNotAgreed { agent: plan.agent_id.to_string(), place: target.name.clone() });
        }
        Ok(())
    }

    /// Everything that has to stand before the first write.
    async fn prepare(
        &self,
        target: &Target,
        proposal: &Proposal,
        operation: &OperationId,
        context: &Context,
    ) -> Result<Option<Prepared>, Unprepared> {
        if proposal.plan.is_empty() {
            return Ok(None);
        }
        let live = self.read_again(target, proposal, context).await?;
        let backup = self.back_up_before(target, proposal, &live, operation, context).await?;
        let made_key = match proposal.plan.registers() {
            true => Some(self.make_agent_key(target, &proposal.plan.agent_id).await?),
            false => None,
        };
        if let Err(error) = self.keep_and_begin(proposal, made_key.as_ref(), operation, context).await {
            return Err(Unprepared { error, key: made_key });
        }
        let agent_key = made_key.as_ref().map(MadeKey::credentials);
        let credentials = Credentials { agent_key, connection_string: proposal.connection_string.clone() };
        Ok(Some(Prepared { backup, credentials, made_key }))
    }

    /// Keeps the agent's key, before the request that registers it: no crash and no lost reply can lose it. The record knows its
    /// hash before the vault has the key, so that a key whose agent never came to be is found and removed.
    async fn keep_and_begin(
        &self,
        proposal: &Proposal,
        made_key: Option<&MadeKey>,
        operation: &OperationId,
        context: &Context,
    ) -> Result<(), Error> {
        let store = self.store().await?;
        if let Some(made) = made_key {
            store.note_made_key(operation, &made.hash).await?;
            made.keep().await?;
        }
        if context.cancel.is_cancelled() {
            return Err(Error::Interrupted);
        }
        if cfg!(not(feature = "leave-out-journal")) {
            store.begin_writing(operation, Journal::first_group(&proposal.plan)).await?;
        }
        Ok(())
    }

    /// Closes the record of an operation that changed nothing. A key that may have been kept for an agent that was not registered
    /// goes first; where it cannot be removed, the record stays open, and the next start removes it.
    async fn unprepared(&self, operation: &OperationId, unprepared: Unprepared) -> Error {
        let Unprepared { error, key } = unprepared;
        let forgotten = match key {
            Some(key) => key.forget().await,
            None => Ok(()),
        };
        if forgotten.is_err() { error } else { self.failed(operation, error).await }
    }

    /// Immediately before the first write: what is there must be what the plan was made from.
    async fn read_again(&self, target: &Target, proposal: &Proposal, context: &Context) -> Result<AgentState, Error> {
        context.progress.emit(Event::Stage { stage: Stage::Reading, items: 0 });
        let session = self.session(&target.connector, context);
        let (live, _) = read_whole_state(&session, &proposal.plan.agent_id).await?;
        if proposal.plan.was_made_from(&live) {
            return Ok(live);
        }
        let plan = &proposal.plan;
        let now = plan::make(&plan.agent_id, proposal.goal.borrow(), &live, plan.mode);
        // An item that was chosen may be gone by now; then the whole new plan is shown.
        let now = now.clone().select(&proposal.selection).unwrap_or(now);
        let moved = plan::moved(&proposal.live, &live);
        Err(Error::TargetChanged { place: target.name.clone(), moved, now: Box::new(now) })
    }

    async fn back_up_before(
        &self,
        target: &Target,
        proposal: &Proposal,
        live: &AgentState,
        operation: &OperationId,
        context: &Context,
    ) -> Result<Backup, Error> {
        context.progress.emit(Event::Stage { stage: Stage::BackingUp, items: 0 });
        let store = self.store().await?;
        let backup = store
            .insert_backup(&NewBackup {
                place: &target.place,
                agent_id: &proposal.plan.agent_id,
                state: live,
                tables: None,
                reason: proposal.source.reason(),
                operation: Some(operation),
                taken_at: self.now(),
                note: context.reason.as_deref(),
            })
            .await?;
        self.retire_backups(target, &proposal.plan.agent_id).await?;
        Ok(backup)
    }

    /// Makes a key for the agent, kept nowhere yet, and asks the vault that is to keep it.
    async fn make_agent_key(&self, target: &Target, agent: &AgentId) -> Result<MadeKey, Error> {
        let (api_key, api_secret) = (random_key()?, random_key()?);
        let hash = KeyHash::of(&api_key);
        let vault = self.vault_for_made_keys().await;
        let [name, secret] = MadeKey::names(target.place.server().to_string(), &target.place, agent);
        // One that does not answer, locked for example, is told now: nothing is kept in it yet that would have to be removed.
        vault.get(&name).await?;
        let place = place_in(&vault, &name).unwrap_or_else(|| AgentKeyPlace::File(self.folder().into()));
        Ok(MadeKey { vault, secrets: [(name, api_key), (secret, api_secret)], place, hash })
    }

    /// The key that an operation made for an agent, of which its record has only the hash; `None` where it is not kept here.
    pub(super) async fn kept_agent_key(
        &self,
        operation: &OperationSummary,
        hash: &KeyHash,
    ) -> Result<Option<MadeKey>, Error> {
        let vault = self.vault_for_made_keys().await;
        for scope in key_scopes(&operation.place) {
            let [name, secret] = MadeKey::names(scope, &operation.place, &operation.agent_id);
            let (Some(api_key), Some(api_secret)) = (vault.get(&name).await?, vault.get(&secret).await?) else {
                continue;
            };
            if hash.matches(&api_key) {
                let place = place_in(&vault, &name).unwrap_or_else(|| AgentKeyPlace::File(self.folder().into()));
                let secrets = [(name, api_key), (secret, api_secret)];
                return Ok(Some(MadeKey { vault, secrets, place, hash: hash.clone() }));
            }
        }
        Ok(None)
    }

    /// The vault; on a machine without a keychain a folder of files that nobody else can read, whose path is told, so that
    /// the scripts of a CI still work. A keychain that is only locked is not passed by: unlocking it is the person's choice.
    async fn vault_for_made_keys(&self) -> Vault {
        match self.vault.status().await {
            VaultStatus::Absent { .. } => self.private_files(),
            _ => self.vault.clone(),
        }
    }

    async fn write(
        &self,
        target: &Target,
        proposal: &Proposal,
        prepared: &Prepared,
        operation: &OperationId,
        context: &Context,
    ) -> Result<(ApplyReport, Option<Error>), Error> {
        let made_key = prepared.made_key.as_ref().map(|made| &made.hash);
        let (plan, credentials) = (&proposal.plan, &prepared.credentials);
        let settling = self.applying(target, plan, credentials, made_key, operation, context).await?;
        let apply = Apply { before: Some(&proposal.live), ..settling };
        let report = apply.run().await;
        Ok((report, apply.journal.missed().map(Error::from)))
    }

    /// What settles a plan; with what was there before its first write, what carries it out.
    pub(super) async fn applying<'a>(
        &'a self,
        target: &'a Target,
        plan: &'a Plan,
        credentials: &'a Credentials,
        made_key: Option<&'a KeyHash>,
        operation: &'a OperationId,
        context: &'a Context,
    ) -> Result<Apply<'a>, Error> {
        Ok(Apply {
            plan,
            connector: &target.connector,
            credentials,
            before: None,
            made_key,
            journal: Journal::of(self.store().await?, operation),
            retry: self.settings.retry,
            in_flight: self.settings.in_flight,
            cancel: &context.cancel,
            progress: Arc::clone(&context.progress),
        })
    }

    async fn begin(&self, target: &Target, proposal: &Proposal, context: &Context) -> Result<OperationId, Error> {
        let plan = &proposal.plan;
        let plan_json =
            serde_json::to_string(plan).map_err(|error| Error::PlanUnusable { reason: format!("{error}.") })?;
        let operation = NewOperation {
            kind: proposal.source.kind(),
            place: target.place.clone(),
            agent_id: plan.agent_id.clone(),
            mode: plan.mode.as_str().into(),
            actor: self.settings.actor.clone(),
            reason: context.reason.clone(),
            started_at: self.now(),
            plan_json: Some(plan_json),
            fingerprint: Some(plan.fingerprint.to_string()),
            source: Some(proposal.source.text().into()),
            program: self.settings.program,
            saved_plan: proposal.saved.clone(),
        };
        Ok(self.store().await?.begin_operation(&operation).await?)
    }

    /// Notes a failure from before the first write. The error that counts is the one that stopped it; that the history does
    /// not know of it is said besides.
    async fn failed(&self, operation: &OperationId, error: Error) -> Error {
        let summary = error.to_string();
        match self.close(operation, OperationState::Failed, &summary, None).await {
            Ok(()) => error,
            Err(history) => Error::NotRecorded { cause: Box::new(error), history: Box::new(history) },
        }
    }

    pub(super) async fn close(
        &self,
        operation: &OperationId,
        state: OperationState,
        summary: &str,
        outcome: Option<&str>,
    ) -> Result<(), Error> {
        let end = End { state, summary, outcome_json: outcome, at: self.now() };
        Ok(self.store().await?.finish_operation(operation, &end).await?)
    }

    /// Closes the record; or, where something is left that trying again can help with, says why it stays open.
    async fn finish(&self, operation: &OperationId, plan: &Plan, report: &ApplyReport) -> Result<(), Error> {
        let outcome = outcome_json(report)?;
        if !report.is_settled() {
            return Ok(self.store().await?.note_waiting(operation, &report.waiting(plan), Some(&outcome)).await?);
        }
        self.close(operation, state_of(report.outcome), &report.sentence(plan), Some(&outcome)).await
    }
}

/// What became of each item, as the history keeps it.
pub(super) fn outcome_json(report: &ApplyReport) -> Result<String, Error> {
    serde_json::to_string(report).map_err(|error| Error::PlanUnusable { reason: format!("{error}.") })
}

/// How an operation ended, from how its apply did.
pub(super) const fn state_of(outcome: Outcome) -> OperationState {
    match outcome {
        Outcome::Done => OperationState::Done,
        Outcome::PutBack => OperationState::PutBack,
        Outcome::NeedsAttention => OperationState::NeedsAttention,
    }
}

/// Why nothing was written.
struct Unprepared {
    error: Error,
    /// A key that may have been kept for an agent that was not registered.
    key: Option<MadeKey>,
}

impl From<Error> for Unprepared {
    fn from(error: Error) -> Self {
        Self { error, key: None }
    }
}

struct Prepared {
    backup: Backup,
    credentials: Credentials,
    made_key: Option<MadeKey>,
}

/// A key that was made for an agent, and where it is kept.
pub(super) struct MadeKey {
    vault: Vault,
    secrets: [(SecretName, SecretString); 2],
    place: AgentKeyPlace,
    hash: KeyHash,
}

impl MadeKey {
    /// Under which names the key and its secret are kept.
    fn names(server: String, place: &Place, agent: &AgentId) -> [SecretName; 2] {
        let (agent, display) = (agent.to_string(), place.called().to_owned());
        let secret = SecretName::AgentSecret { server: server.clone(), agent: agent.clone(), display: display.clone() };
        [SecretName::AgentKey { server, agent, display }, secret]
    }

    /// As a registration sends it.
    pub(super) fn credentials(&self) -> AgentCredentials {
        let [(_, api_key), (_, api_secret)] = &self.secrets;
        AgentCredentials { api_key: api_key.clone(), api_secret: api_secret.clone() }
    }

    /// The secret first: who finds the key finds both.
    async fn keep(&self) -> Result<(), Error> {
        for (name, secret) in self.secrets.iter().rev() {
            let kept = self.vault.get(name).await?;
            if kept.is_none_or(|kept| kept.expose_secret() != secret.expose_secret()) {
                self.vault.set(name, secret).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn forget(self) -> Result<(), Error> {
        for (name, secret) in &self.secrets {
            let kept = self.vault.get(name).await?;
            // Only our own: by now another registration may have kept its key there.
            if kept.is_some_and(|kept| kept.expose_secret() == secret.expose_secret()) {
                self.vault.remove(name).await?;
            }
        }
        Ok(())
    }
}

/// Where a vault keeps a secret of that name.
fn place_in(vault: &Vault, name: &SecretName) -> Option<AgentKeyPlace> {
    match vault.kind() {
        VaultKind::Keychain => Some(AgentKeyPlace::Keychain),
        VaultKind::Memory => Some(AgentKeyPlace::Memory),
        VaultKind::File { .. } => vault.path_of(name).map(AgentKeyPlace::File),
    }
}

/// 256 bits of OS randomness in hex: the shape of the server's own keys is its business, the strength is ours.
fn random_key() -> Result<SecretString, Error> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *bytes).map_err(|error| Error::PlanUnusable {
        reason: format!("the operating system gave no randomness for the agent's key ({error})."),
    })?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(SecretString::from(hex))
}
