//! Applying any plan: read again, compare, back up, write, verify, record. Import, promotion and rollback all come through here,
//! and nothing else in aidb changes a server.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};

use super::{Context, Engine, Error, Proposal, Target};
use crate::apply::{AgentCredentials, Apply, ApplyReport, Credentials, Outcome};
use crate::config::{AgentId, AgentState};
use crate::connector::read_state;
use crate::error::ErrorReport;
use crate::plan::{self, PLAN_FORMAT, Plan, TargetTables};
use crate::progress::{Event, Stage};
use crate::store::{Backup, NewBackup, NewOperation, OperationId, OperationState};
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
    /// Applies a proposal. No durable backup, no write.
    ///
    /// # Errors
    /// Only from before the first write: the target moved, the deletion was not agreed to, the backup could not be stored,
    /// the agent's key could not be kept. Once writing has begun, the report says how it ended.
    pub async fn apply(
        &self,
        target: &Target,
        proposal: &Proposal,
        deletion: Deletion,
        context: &Context,
    ) -> Result<Applied, Error> {
        let plan = &proposal.plan;
        self.refuse_unusable(target, plan, deletion)?;
        let started = Instant::now();
        let operation = self.begin(target, proposal, context).await?;
        let prepared = match self.prepare(target, proposal, &operation, context).await {
            Ok(prepared) => prepared,
            Err(error) => return Err(self.failed(&operation, error).await),
        };
        let report = match &prepared {
            // The plan has no change: it is carried out as it stands.
            None => ApplyReport::done(plan),
            Some(prepared) => self.write(target, plan, &prepared.credentials, context).await,
        };
        let mut unrecorded = self.finish(&operation, plan, &report).await.err();
        if report.outcome == Outcome::Done
            && let Some(made) = prepared.as_ref().and_then(|prepared| prepared.made_key.as_ref())
        {
            // Another registration of the same agent may have put its key in the place of the one that the server took.
            unrecorded = unrecorded.or(made.keep().await.err());
        }
        let (backup, mut made) = prepared.map_or((None, None), |prepared| (Some(prepared.backup), prepared.made_key));
        if report.outcome == Outcome::PutBack
            && let Some(made) = made.take()
        {
            // The agent that it was made for is gone again, so nobody will ever be let in with it.
            unrecorded = unrecorded.or(made.forget().await.err());
        }
        Ok(Applied {
            operation,
            backup,
            report,
            agent_key: made.map(|made| made.place),
            unrecorded: unrecorded.map(|error| error.report()),
            duration: started.elapsed(),
        })
    }

    fn refuse_unusable(&self, target: &Target, plan: &Plan, deletion: Deletion) -> Result<(), Error> {
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
    ) -> Result<Option<Prepared>, Error> {
        if proposal.plan.is_empty() {
            return Ok(None);
        }
        let live = self.read_again(target, proposal, context).await?;
        let backup = self.back_up_before(target, proposal, &live, operation, context).await?;
        let (agent_key, made_key) = if proposal.plan.registers() {
            let (key, made) = self.make_agent_key(target, &proposal.plan.agent_id).await?;
            (Some(key), Some(made))
        } else {
            (None, None)
        };
        let credentials = Credentials { agent_key, connection_string: proposal.connection_string.clone() };
        if context.cancel.is_cancelled() {
            return Err(Error::Interrupted);
        }
        self.store().await?.advance_operation(operation, OperationState::Applying).await?;
        Ok(Some(Prepared { backup, credentials, made_key }))
    }

    /// Immediately before the first write: what is there must be what the plan was made from.
    async fn read_again(&self, target: &Target, proposal: &Proposal, context: &Context) -> Result<AgentState, Error> {
        context.progress.emit(Event::Stage { stage: Stage::Reading, items: 0 });
        let session = self.session(&target.connector, context);
        let (live, _) = read_state(&session, &proposal.plan.agent_id).await?;
        if proposal.plan.was_made_from(&live) {
            return Ok(live);
        }
        let plan = &proposal.plan;
        let now = plan::make(&plan.agent_id, proposal.goal.borrow(), &live, plan.mode, TargetTables::NotAsked);
        // An item that was chosen may be gone by now; then the whole new plan is shown.
        let now = now.clone().select(&proposal.selection).unwrap_or(now);
        Err(Error::TargetChanged { place: target.name.clone(), now: Box::new(now) })
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
        Ok(store
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
            .await?)
    }

    /// Makes the agent's key and keeps it, before the request that registers it: no crash and no lost reply can lose it.
    async fn make_agent_key(&self, target: &Target, agent: &AgentId) -> Result<(AgentCredentials, MadeKey), Error> {
        let key = AgentCredentials { api_key: random_key()?, api_secret: random_key()? };
        let vault = self.vault_for_made_keys().await;
        let (scope, agent, display) = (target.scope(), agent.to_string(), target.name.clone());
        let secret = SecretName::AgentSecret { scope: scope.clone(), agent: agent.clone(), display: display.clone() };
        let name = SecretName::AgentKey { scope, agent, display };
        vault.set(&secret, &key.api_secret).await?;
        vault.set(&name, &key.api_key).await?;
        let place = match vault.kind() {
            VaultKind::Keychain => AgentKeyPlace::Keychain,
            VaultKind::Memory => AgentKeyPlace::Memory,
            VaultKind::File { .. } => AgentKeyPlace::File(vault.path_of(&name).unwrap_or_else(|| self.folder().into())),
        };
        let secrets = [(name, key.api_key.clone()), (secret, key.api_secret.clone())];
        Ok((key, MadeKey { vault, secrets, place }))
    }

    /// The vault; on a machine without a keychain a folder of files that nobody else can read, whose path is told, so that
    /// the scripts of a CI still work. A keychain that is only locked is not passed by: unlocking it is the person's choice.
    async fn vault_for_made_keys(&self) -> Vault {
        match self.vault.status().await {
            VaultStatus::Absent { .. } => Vault::file(self.folder().join("keys")),
            _ => self.vault.clone(),
        }
    }

    async fn write(&self, target: &Target, plan: &Plan, credentials: &Credentials, context: &Context) -> ApplyReport {
        let apply = Apply {
            plan,
            connector: &target.connector,
            credentials,
            retry: self.settings.retry,
            in_flight: self.settings.in_flight,
            cancel: &context.cancel,
            progress: Arc::clone(&context.progress),
        };
        apply.run().await
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

    async fn close(
        &self,
        operation: &OperationId,
        state: OperationState,
        summary: &str,
        outcome: Option<&str>,
    ) -> Result<(), Error> {
        Ok(self.store().await?.finish_operation(operation, state, summary, outcome, self.now()).await?)
    }

    async fn finish(&self, operation: &OperationId, plan: &Plan, report: &ApplyReport) -> Result<(), Error> {
        let state = match report.outcome {
            Outcome::Done => OperationState::Done,
            Outcome::PutBack => OperationState::PutBack,
            Outcome::NeedsAttention => OperationState::NeedsAttention,
        };
        let outcome =
            serde_json::to_string(report).map_err(|error| Error::PlanUnusable { reason: format!("{error}.") })?;
        self.close(operation, state, &report.sentence(plan), Some(&outcome)).await
    }
}

struct Prepared {
    backup: Backup,
    credentials: Credentials,
    made_key: Option<MadeKey>,
}

/// A key that was made for an agent, and where it is kept.
struct MadeKey {
    vault: Vault,
    secrets: [(SecretName, SecretString); 2],
    place: AgentKeyPlace,
}

impl MadeKey {
    async fn keep(&self) -> Result<(), Error> {
        for (name, secret) in &self.secrets {
            let kept = self.vault.get(name).await?;
            if kept.is_none_or(|kept| kept.expose_secret() != secret.expose_secret()) {
                self.vault.set(name, secret).await?;
            }
        }
        Ok(())
    }

    async fn forget(self) -> Result<(), Error> {
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

/// 256 bits of OS randomness in hex: the shape of the server's own keys is its business, the strength is ours.
fn random_key() -> Result<SecretString, Error> {
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *bytes).map_err(|error| Error::PlanUnusable {
        reason: format!("the operating system gave no randomness for the agent's key ({error})."),
    })?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(SecretString::from(hex))
}
