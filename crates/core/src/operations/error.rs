//! Every way in which an operation can fail before it changes anything. How an apply ends that *did* begin is not an error but
//! its report.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::consent::ConsentError;
use super::history_text::describe_operation;
use super::memory::LostMemory;
use super::proposal::Proposal;
use super::target::KeyWithheld;
use crate::config::{InvalidAgentId, ValidationReport};
use crate::connector::{CA_FILE_HINT, Call, ConnectorError};
use crate::error::{ErrorCode, ErrorReport, Explain};
use crate::files::FileError;
use crate::numbers::{self, grouped};
use crate::plan::UnknownItem;
use crate::store::{OperationSummary, Program, StoreError};
use crate::vault::VaultError;

/// Reason an operation did not begin.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The configuration has errors.
    #[error("Configuration validation failed: {file} has {errors}. Nothing was changed.", errors = counted(.report), file = .path.display())]
    Invalid {
        /// Path of the file.
        path: PathBuf,
        /// All findings.
        report: ValidationReport,
    },
    /// The agent holds what no configuration may hold.
    #[error("{agent} in {server} cannot be exported: its configuration would have {}. Nothing was written.", counted(.report))]
    NotExportable {
        /// Id of the agent.
        agent: String,
        /// The environment's name, or the URL.
        server: String,
        /// All findings; there is no file, so none has a position.
        report: ValidationReport,
    },
    /// The server.
    #[error("{0}{unchanged}", unchanged = unchanged(.0))]
    Connector(#[from] ConnectorError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keychain.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A CA file that is of no use, named for a profile.
    #[error("The CA file {path} cannot be used: {reason}. Nothing was stored.", path = .path.display())]
    CaFileUnusable {
        /// The path as given.
        path: PathBuf,
        /// Reason, as the rest of a sentence.
        reason: String,
    },
    /// A CA file that an older profile keeps with a path from some folder.
    #[error(
        "The CA file of {environment} is kept as {path}, a path from the folder in which it was named, and it is not there \
         from here. Nothing was sent.", path = .path.display()
    )]
    CaFileRelative {
        /// The path as kept.
        path: PathBuf,
        /// The environment's name.
        environment: String,
    },
    /// An id that the server could not address.
    #[error(transparent)]
    Id(#[from] InvalidAgentId),
    /// A chosen item that is nowhere.
    #[error(transparent)]
    Item(#[from] UnknownItem),
    /// Neither an environment nor a URL was given.
    #[error("No environment and no URL was given. Nothing was sent.")]
    NoTarget,
    /// No key was given and none is stored.
    #[error("API key required: none was given for {server}. Nothing was sent.")]
    ApiKeyRequired {
        /// The environment's name, or the URL.
        server: String,
        /// Reason a key that is there was not sent.
        because: Option<KeyWithheld>,
    },
    /// A key of this run beside a server that this run did not name.
    #[error(
        "A key was given for this run, and {server} was not named for it: a key goes only to a server that was named with it. Nothing was sent."
    )]
    KeyWithoutServer {
        /// The environment's name, or the URL.
        server: String,
    },
    /// A plan or a backup of another server than the one that was named.
    #[error("{named}, and {record}. Nothing was sent.")]
    OtherServer {
        /// The server that was named, and how: the beginning of the sentence.
        named: String,
        /// The server of the record: the rest of it.
        record: String,
    },
    /// No agent was named.
    #[error("Agent ID required: it says which agent of {server} is meant. Nothing was sent.")]
    AgentRequired {
        /// The environment's name, or the URL.
        server: String,
    },
    /// No key of that agent is kept.
    #[error("No API key of the agent {agent} in {server} is kept on this machine. Nothing was copied.")]
    AgentKeyMissing {
        /// Id of the agent.
        agent: String,
        /// The environment's name.
        server: String,
    },
    /// The agent is not there.
    #[error("Agent {agent} not found in {server}.{}", why_gone(.lost.as_ref()))]
    AgentNotFound {
        /// Id of the agent.
        agent: String,
        /// The environment's name, or the URL.
        server: String,
        /// That every other agent is gone with it, where aidb had seen some there.
        lost: Option<LostMemory>,
    },
    /// Source and target of a promotion are one server.
    #[error("{from} and {to} are the same server, so there is nothing to promote. Nothing was sent.")]
    SameServer {
        /// The source environment's name, or its URL.
        from: String,
        /// The target environment's name, or its URL.
        to: String,
    },
    /// Somebody else on this machine is changing the agent.
    #[error("{} Nothing was changed.", holding(.agent, .server, .holder.as_deref()))]
    AgentBusy {
        /// Id of the agent.
        agent: String,
        /// The environment's name, or the URL.
        server: String,
        /// Their operation; not known in the moment before it is entered.
        holder: Option<Box<OperationSummary>>,
    },
    /// An interrupted operation on the agent could not be recovered yet.
    #[error("{} Nothing was changed.", interrupted(.operation))]
    WaitsForRecovery {
        /// The operation.
        operation: Box<OperationSummary>,
    },
    /// No operation of that id waits to be recovered.
    #[error("There is no interrupted operation {id}. Nothing was changed.")]
    NothingToRecover {
        /// The id.
        id: String,
    },
    /// The target moved between plan and apply.
    #[error("{server} changed since the plan was made. Nothing was written.")]
    TargetChanged {
        /// The environment's name, or the URL.
        server: String,
        /// Drift, a sentence each.
        drift: Vec<String>,
        /// The proposal as it would be now, all of its plan: see [`Proposal::chosen`] and [`Proposal::whole`].
        now: Box<Proposal>,
    },
    /// Nobody agreed to it.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// Part of a backup that says "did not exist".
    #[error("This backup says that {agent} did not exist, so there is no part of it to restore. Nothing was changed.")]
    AbsentIsWhole {
        /// Id of the agent.
        agent: String,
    },
    /// A plan or proposal that does not belong together with what it is applied to.
    #[error("This plan cannot be applied: {reason} Nothing was changed.")]
    PlanUnusable {
        /// One sentence.
        reason: String,
    },
    /// A plan that this store did not save, and nobody said that it is the one that was read.
    #[error(
        "This plan was not saved here. As the file says, {saved_by} saved it on {}. Nothing was changed.",
        .saved_at.format("%-d %B %Y, %H:%M UTC")
    )]
    PlanFromElsewhere {
        /// Person who saved it, as the file says.
        saved_by: String,
        /// When, as the file says.
        saved_at: DateTime<Utc>,
    },
    /// Words of another plan.
    #[error(
        "The words that were given are not the words of this plan: it is not the one that was read. Nothing was changed."
    )]
    PlanNotTheApproved,
    /// A configuration in the place of a plan.
    #[error("{path} is a configuration, and a saved plan is needed. Nothing was changed.", path = .path.display())]
    PlanIsConfiguration {
        /// Path of the file.
        path: PathBuf,
    },
    /// The key that the plan makes would be in memory alone, and gone with the process.
    #[error(
        "{agent} is new in {server}, and the API key that aidb makes for it could be kept nowhere that lasts: keys are kept in \
         memory alone here. Nothing was changed."
    )]
    KeyNowhere {
        /// Id of the agent.
        agent: String,
        /// The environment's name, or the URL.
        server: String,
    },
    /// A file for keys or backups that would lie among aidb's own.
    #[error("{path} lies in the folder of aidb's own data, where no other file belongs. Nothing was changed.", path = .path.display())]
    InsideData {
        /// The path as given.
        path: PathBuf,
    },
    /// The agent that would be deleted is not the one that was registered after the backup.
    #[error(
        "The agent {agent} in {server} is not the one that was registered after this backup: it has another API key, so \
         somebody else registered it. Restoring the backup would delete theirs. Nothing was changed."
    )]
    AnothersAgent {
        /// Id of the agent.
        agent: String,
        /// The environment's name, or the URL.
        server: String,
    },
    /// A file of backups that is not what was written.
    #[error("The backup in {path} cannot be used: {reason}. Nothing was changed.", path = .path.display())]
    BackupFileDamaged {
        /// Path of the file.
        path: PathBuf,
        /// Reason, as the rest of a sentence.
        reason: String,
    },
    /// A backup in a file, and another server than it was taken at.
    #[error("The backup in {path} was taken at {taken_at}, and {named} was named. Nothing was sent.", path = .path.display())]
    BackupElsewhere {
        /// Path of the file.
        path: PathBuf,
        /// The server that it was taken at.
        taken_at: String,
        /// The server that was named.
        named: String,
    },
    /// A file with backups of several agents.
    #[error("{path} holds the backups of {}: it has to be said which is meant. Nothing was changed.", agents.join(", "), path = .path.display())]
    WhichBackup {
        /// Path of the file.
        path: PathBuf,
        /// Whose backups it holds.
        agents: Vec<String>,
    },
    /// A backup that says "did not exist" has no configuration.
    #[error("The backup {id} says that the agent did not exist, so there is no configuration in it.")]
    NothingToExport {
        /// The backup.
        id: String,
    },
    /// No connection string, although linking was asked for.
    #[error("No connection string was given for {server}, and none is kept for it. Nothing was sent.")]
    ConnectionStringMissing {
        /// The environment's name, or the URL.
        server: String,
    },
    /// A value of an environment profile that cannot be used.
    #[error("{0}")]
    Environment(String),
    /// A folder without any configuration in it.
    #[error("{path} holds no configuration files (*.json). Nothing was changed.", path = .path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
    },
    /// Failed, and the history does not know of it.
    #[error("{cause}")]
    NotRecorded {
        /// Cause of the failure.
        cause: Box<Error>,
        /// Reason the history could not be written.
        history: Box<Error>,
    },
    /// Nothing of that id in the history.
    #[error("There is no entry {id} in the history.")]
    EntryNotFound {
        /// The id.
        id: String,
    },
    /// An entry of the history that does not hold what aidb writes there.
    #[error("This entry of the history cannot be read. The rest of the history is not touched by that.")]
    EntryUnreadable {
        /// Reason, as the rest of a sentence.
        reason: String,
    },
    /// The agent that is to go first is not among those of the batch.
    #[error("{agent} is to go first, and is not among the agents that would be changed. Nothing was changed.")]
    NotInBatch {
        /// Id of the agent.
        agent: String,
    },
    /// A process is at the batch.
    #[error("The batch {batch} is under way in another window or terminal on this machine.")]
    BatchUnderWay {
        /// Id of the batch.
        batch: String,
    },
    /// An agent that aidb has never read or written.
    #[error(
        "aidb does not know what {agent} in {server} was like: it has not read or written it. Nothing was changed."
    )]
    NoBaseline {
        /// Id of the agent.
        agent: String,
        /// The environment's name, or the URL.
        server: String,
    },
    /// The first stage has nothing before it that an agent could differ from.
    #[error(
        "{environment} is the first stage, so there is nothing that an agent there could differ from. Nothing was changed."
    )]
    NoStageBefore {
        /// The environment's name.
        environment: String,
    },
    /// A difference that is not there.
    #[error("{} Nothing was changed.", does_not_differ(.item, .agent, .environment))]
    DoesNotDiffer {
        /// As asked for; empty where all was.
        item: String,
        /// Id of the agent.
        agent: String,
        /// The environment's name.
        environment: String,
        /// What differs.
        differing: Vec<String>,
    },
    /// A difference that is another one than was shown.
    #[error(
        "What differs in {item} is not what was shown: it was changed in {environment} or the stage before. Nothing was accepted."
    )]
    DifferenceMoved {
        /// The resource or field.
        item: String,
        /// The environment's name.
        environment: String,
    },
    /// An acceptance that would have ended already.
    #[error("The end of an accepted difference has to lie ahead. Nothing was changed.")]
    AcceptedUntilPast,
    /// An environment that could not be read, in the words of whoever tried.
    #[error("{}", report.message)]
    Unread {
        /// What was in the way.
        report: Box<ErrorReport>,
    },
    /// The person asked to stop before anything was written.
    #[error("Interrupted. Nothing was changed.")]
    Interrupted,
}

/// A server that takes no more requests was only being read.
fn unchanged(error: &ConnectorError) -> &'static str {
    let reads = error.call().is_some_and(Call::is_reading);
    if reads && error.code() == ErrorCode::RateLimited { " Nothing was changed." } else { "" }
}

fn does_not_differ(item: &str, agent: &str, environment: &str) -> String {
    match item {
        "" => format!("{agent} in {environment} does not differ from the stage before."),
        item => format!("{item} of {agent} in {environment} does not differ from the stage before."),
    }
}

fn why_gone(lost: Option<&LostMemory>) -> String {
    lost.map(|lost| format!(" {}", lost.sentence())).unwrap_or_default()
}

fn holding(agent: &str, server: &str, holder: Option<&OperationSummary>) -> String {
    let Some(holder) = holder else {
        return format!("Another window or terminal on this machine is about to change {agent} in {server}.");
    };
    let since = holder.started_at.format("%Y-%m-%d %H:%M:%S UTC");
    let program = match holder.program {
        Some(Program::Window) => " in a window",
        Some(Program::Terminal) => " in a terminal",
        None => "",
    };
    format!("The {}{program} is under way since {since} ({}).", describe_operation(holder), holder.id)
}

fn interrupted(operation: &OperationSummary) -> String {
    let waits = operation.waiting.as_ref().map(|why| format!(" It waits: {}", why.message)).unwrap_or_default();
    format!(
        "The {} was interrupted ({}), and nothing else is applied to that agent before it is settled.{waits}",
        describe_operation(operation),
        operation.id
    )
}

/// Number of sentences about what moved that are said to a person, who is shown the new plan as well.
const SAID: usize = 5;

fn first_of(drift: &[String]) -> Vec<String> {
    let more = drift.len().saturating_sub(SAID);
    let rest = (more > 0).then(|| format!("and {} more", grouped(more)));
    drift.iter().take(SAID).cloned().chain(rest).collect()
}

fn counted(report: &ValidationReport) -> String {
    numbers::counted(report.errors().count(), "error")
}

impl Error {
    /// The layer's own error underneath, where it is one.
    fn inner(&self) -> Option<&dyn Explain> {
        match self {
            Self::File(error) => Some(error),
            Self::Connector(error) => Some(error),
            Self::Store(error) => Some(error),
            Self::Vault(error) => Some(error),
            Self::Id(error) => Some(error),
            Self::Item(error) => Some(error),
            Self::Consent(error) => Some(error),
            Self::NotRecorded { cause, .. } => Some(cause.as_ref()),
            _ => None,
        }
    }

    /// As it leaves the engine.
    #[must_use]
    pub fn report(&self) -> ErrorReport {
        ErrorReport::of(self)
    }
}

impl Explain for Error {
    fn code(&self) -> ErrorCode {
        if let Some(inner) = self.inner() {
            return inner.code();
        }
        match self {
            Self::Invalid { .. } | Self::NotExportable { .. } => ErrorCode::ConfigInvalid,
            Self::ApiKeyRequired { .. } | Self::AgentKeyMissing { .. } => ErrorCode::ApiKeyMissing,
            Self::AgentNotFound { .. } => ErrorCode::AgentNotFound,
            Self::TargetChanged { .. } => ErrorCode::TargetChanged,
            Self::AgentBusy { .. } => ErrorCode::AgentBusy,
            Self::WaitsForRecovery { .. } => ErrorCode::Unsettled,
            Self::PlanUnusable { .. } => ErrorCode::PlanUnusable,
            Self::PlanFromElsewhere { .. } | Self::PlanNotTheApproved => ErrorCode::ConfirmationRequired,
            Self::NothingToExport { .. } | Self::AnothersAgent { .. } => ErrorCode::RequestRefused,
            Self::BackupFileDamaged { .. } => ErrorCode::BackupDamaged,
            Self::EmptyFolder { .. } | Self::CaFileRelative { .. } => ErrorCode::FileNotFound,
            Self::CaFileUnusable { .. } => ErrorCode::CaFileInvalid,
            Self::EntryNotFound { .. } => ErrorCode::EntryNotFound,
            Self::EntryUnreadable { .. } => ErrorCode::StoreUnusable,
            Self::Interrupted => ErrorCode::Interrupted,
            Self::DifferenceMoved { .. } => ErrorCode::TargetChanged,
            Self::BatchUnderWay { .. } => ErrorCode::AgentBusy,
            Self::Unread { report } => report.code,
            _ => ErrorCode::Usage,
        }
    }

    fn plain(&self) -> Option<String> {
        if let Self::Unread { report } = self {
            return report.plain.clone();
        }
        let plain = self.inner()?.plain()?;
        Some(match self {
            Self::Connector(error) => plain + unchanged(error),
            _ => plain,
        })
    }

    fn hint(&self) -> Option<String> {
        if let Some(inner) = self.inner() {
            return inner.hint();
        }
        Some(match self {
            Self::Invalid { .. } => "Correct what is listed and try again; the file itself was not touched.".into(),
            Self::NotExportable { .. } => "Correct the agent at its server, and try again.".into(),
            Self::CaFileUnusable { .. } => CA_FILE_HINT.into(),
            Self::CaFileRelative { .. } => {
                "Name the CA file of this environment anew: its whole path is kept then.".into()
            }
            Self::NoTarget => "Name an environment, or give a URL.".into(),
            Self::ApiKeyRequired { because: Some(because), .. } => match because {
                KeyWithheld::StoredForAnother => {
                    "A stored key belongs to its environment's own URL and is sent nowhere else. Give the key for this server."
                }
                KeyWithheld::AmbientForAnother => {
                    "The key that is set is for the server that is set beside it. Give the key for this server."
                }
                KeyWithheld::NoServerNamed => {
                    "A key is sent only to a server that was named with it; a plan or a backup does not count. Name the server."
                }
            }
            .into(),
            Self::KeyWithoutServer { .. } => "Name the server beside the key.".into(),
            Self::OtherServer { .. } => "Say which of the two is meant.".into(),
            Self::ApiKeyRequired { .. } => "Store the API key of this environment, or give one.".into(),
            Self::SameServer { .. } => "Choose another environment to promote to.".into(),
            Self::AgentRequired { .. } => "Name the agent, or give the environment a default agent.".into(),
            Self::AgentKeyMissing { .. } => {
                "aidb keeps the keys of the agents that it registered itself, on the machine that registered them."
                    .into()
            }
            Self::AgentNotFound { lost: Some(_), .. } => LostMemory::HINT.into(),
            Self::AgentNotFound { .. } => "Check the id and the environment; ids are case-sensitive.".into(),
            Self::TargetChanged { .. } => "Look at the new plan, and apply that if it is still what you want.".into(),
            Self::AgentBusy { .. } => "Wait until it is done, look at the new plan, and apply that.".into(),
            Self::WaitsForRecovery { operation, .. } => match operation.waiting.as_ref().and_then(|why| why.hint.clone()) {
                Some(hint) => format!("{hint} Then settle it: put it back, finish it, or leave it as it is."),
                None => "Settle it first: put it back, finish it, or leave it as it is.".into(),
            },
            Self::NothingToRecover { .. } => "Look at the history: it may have been settled meanwhile.".into(),
            Self::AbsentIsWhole { .. } => "Restore all of it, in exact mode; that means deleting the agent.".into(),
            Self::PlanUnusable { .. } => "Make the plan anew and apply that.".into(),
            Self::PlanFromElsewhere { .. } => {
                "Let whoever read the plan send its eight words, and give those. They prove that the file is the one that was \
                 read; they do not prove who saved it."
                    .into()
            }
            Self::PlanNotTheApproved => "Ask whoever read the plan for its words, and where the file comes from.".into(),
            Self::PlanIsConfiguration { .. } => "Import it as a configuration.".into(),
            Self::KeyNowhere { .. } => "Keep keys in the keychain, or in private files, and try again.".into(),
            Self::InsideData { .. } => "Choose a place outside of it.".into(),
            Self::AnothersAgent { .. } => {
                "Agree with whoever registered it. If it is to go all the same, delete it at the server itself.".into()
            }
            Self::BackupFileDamaged { .. } => {
                "Fetch the file again from where it was kept; one that was edited or cut short is never used.".into()
            }
            Self::BackupElsewhere { .. } => {
                "Name the server that it was taken at. A backup in a file is restored nowhere else.".into()
            }
            Self::WhichBackup { .. } => "Name the agent.".into(),
            Self::NothingToExport { .. } => "Choose a backup from when the agent existed.".into(),
            Self::ConnectionStringMissing { .. } => "Give one, or leave the database for later.".into(),
            Self::EntryNotFound { .. } => "Look at the list of the history; it holds every id.".into(),
            Self::EntryUnreadable { .. } => "It may have been written by another version of aidb.".into(),
            Self::NotInBatch { .. } => "Name one of the agents that the plans are for.".into(),
            Self::BatchUnderWay { .. } => "Wait until it has ended, and look at how it did.".into(),
            Self::NoBaseline { .. } => "Take a backup of it as it is now; drift is measured from then on.".into(),
            Self::NoStageBefore { .. } => "Name the environment that differs, and look at the order of the stages.".into(),
            Self::DoesNotDiffer { differing, .. } if differing.is_empty() => "There is nothing to accept.".into(),
            Self::DoesNotDiffer { differing, .. } => format!("What differs: {}.", first_of(differing).join(", ")),
            Self::DifferenceMoved { .. } => "Look at what differs now, and accept that if it is on purpose.".into(),
            Self::AcceptedUntilPast => "Give a day in the future; until then it is not shown as a difference.".into(),
            Self::Unread { report } => return report.hint.clone(),
            Self::EmptyFolder { .. } => "Export into it first, or name another folder.".into(),
            _ => return None,
        })
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Invalid { report, .. } | Self::NotExportable { report, .. } => {
                report.findings.iter().map(|finding| finding.message.clone()).collect()
            }
            Self::EntryUnreadable { reason } => vec![reason.clone()],
            Self::Unread { report } => report.details.clone(),
            Self::TargetChanged { drift, .. } => first_of(drift),
            Self::NotRecorded { cause, history } => {
                let mut details = cause.details();
                details.push(format!("This failure is not in the history: {history}"));
                details
            }
            _ => self.inner().map(Explain::details).unwrap_or_default(),
        }
    }
}
