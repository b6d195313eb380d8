//! Environments, their keys and their connection tests as the page shows them.

use std::path::PathBuf;

use aidb_core::connector::PlainHttp;
use aidb_core::error::{ErrorCode, ErrorReport as CoreReport, Explain};
use aidb_core::numbers::counted;
use aidb_core::operations::{
    Check, CheckState as Outcome, ConnectionReport, Edit, EnvironmentDraft, KeyNeed, KeyState, Look, LostMemory,
    RemovalPreview, TargetRequest,
};
use aidb_core::store::{Environment, PlainHttpChoice, Protection};
use aidb_core::vault::{SecretDescription, Vault, VaultError, VaultKind, VaultStatus};
use chrono::Utc;
use secrecy::SecretString;

use super::{number, time};
use crate::contract::{
    AgentsView, AwayView, CheckState, CheckView, ConnectionView, ContactView, EnvironmentForm, EnvironmentView,
    ErrorReport, KeyView, KeychainState, KeychainView, LostView, Reachability, RemovalView,
};
use crate::preferences::Memory;

/// Now, as the page gets times.
pub(crate) fn now() -> String {
    time(Utc::now())
}

pub(crate) fn environment(environment: Environment, key: KeyView, memory: &Memory) -> EnvironmentView {
    let id = environment.id.to_string();
    EnvironmentView {
        contact: memory.contacts.get(&id).cloned(),
        sandbox: memory.samples.iter().any(|sample| sample.id == id && sample.url == environment.url),
        id,
        name: environment.name,
        url: environment.url,
        colour: environment.colour,
        protected: environment.protection == Protection::Protected,
        default_agent: environment.default_agent,
        ca_file: environment.ca_file.map(|path| path.display().to_string()),
        plain_http: environment.plain_http == PlainHttpChoice::Allowed,
        key_prompt: environment.key_prompt,
        keep_backups: environment.keep_backups,
        keep_days: environment.keep_days,
        key,
    }
}

/// A look at the agents of an environment, with what was lost, and what is different from the look before this start.
pub(crate) fn agents(look: &Look, lost: Option<&LostMemory>, before: Option<&Look>) -> AgentsView {
    let away = before.map(|before| {
        let (came, gone) = before.until(&look.agents);
        AwayView { since: time(before.at), came, gone }
    });
    let lost = lost.map(|lost| LostView { agents: number(lost.agents), at: time(lost.seen_at) });
    AgentsView { agents: look.agents.clone(), at: time(look.at), lost, away }
}

/// State of a key, from a vault of that kind.
pub(crate) fn key(state: KeyState, vault: &Vault) -> KeyView {
    match state {
        KeyState::Stored(SecretDescription { ending, set_at }) => KeyView::Stored {
            ending: if ending.is_empty() { ending } else { format!("…{ending}") },
            set_at: set_at.map(time),
            session_only: vault.kind() == VaultKind::Memory,
        },
        KeyState::Missing => KeyView::Missing,
        KeyState::Unknown(error) => no_key(&error),
    }
}

fn no_key(error: &VaultError) -> KeyView {
    match error.code() {
        ErrorCode::KeychainLocked => KeyView::Locked,
        ErrorCode::KeychainSilent => KeyView::Silent,
        ErrorCode::KeychainAbsent => KeyView::Absent,
        _ => KeyView::Failed { error: ErrorReport::of(CoreReport::of(error)) },
    }
}

/// Draft from a form, with the CA file that it comes to: every field, so that an emptied one is cleared.
pub(crate) fn draft(form: EnvironmentForm, ca_file: Edit<PathBuf>) -> EnvironmentDraft {
    EnvironmentDraft {
        name: Some(form.name.trim().to_owned()),
        url: Some(form.url.trim().to_owned()),
        colour: form.colour,
        protection: Some(if form.protected { Protection::Protected } else { Protection::Open }),
        default_agent: filled(form.default_agent),
        ca_file,
        plain_http: Some(if form.plain_http { PlainHttpChoice::Allowed } else { PlainHttpChoice::LoopbackOnly }),
        key_prompt: Some(form.key_prompt),
        keep_backups: Some(form.keep_backups),
        keep_days: Some(form.keep_days),
        position: None,
    }
}

fn filled(text: Option<String>) -> Edit<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).map_or(Edit::Clear, Edit::Set)
}

/// What a connection test goes by: what was typed, where something was.
pub(crate) fn test_request(
    id: Option<String>,
    draft: Option<EnvironmentDraft>,
    key: Option<SecretString>,
) -> TargetRequest {
    let plain = TargetRequest { environment: id, api_key: key, key: KeyNeed::Optional, ..TargetRequest::default() };
    let Some(draft) = draft else { return plain };
    let plain_http = match draft.plain_http {
        Some(PlainHttpChoice::Allowed) => PlainHttp::Allowed,
        _ => PlainHttp::LoopbackOnly,
    };
    TargetRequest { url: draft.url, ca_file: draft.ca_file, plain_http: Some(plain_http), ..plain }
}

impl From<ConnectionReport> for ConnectionView {
    fn from(report: ConnectionReport) -> Self {
        Self { checks: report.checks.into_iter().map(CheckView::from).collect() }
    }
}

impl From<Check> for CheckView {
    fn from(check: Check) -> Self {
        let (state, reason, error) = match check.state {
            Outcome::Works => (CheckState::Works, None, None),
            Outcome::Fails { error } => (CheckState::Fails, None, Some(ErrorReport::of(error))),
            Outcome::Limited { reason } => (CheckState::Limited, Some(reason), None),
            Outcome::Skipped => (CheckState::Skipped, None, None),
        };
        Self { what: check.what, state, reason, error }
    }
}

/// Result of a contact: which agents, or why not.
pub(crate) fn contact(answer: &Result<Vec<String>, ErrorReport>) -> ContactView {
    let at = now();
    match answer {
        Ok(agents) => {
            let message = counted(agents.len(), "agent");
            ContactView { state: Reachability::Reachable, at, message, hint: None }
        }
        Err(error) => ContactView {
            state: reachability(error.code),
            at,
            message: error.message.clone(),
            hint: error.hint.clone(),
        },
    }
}

fn reachability(code: ErrorCode) -> Reachability {
    match code {
        ErrorCode::ApiKeyMissing
        | ErrorCode::KeychainLocked
        | ErrorCode::KeychainSilent
        | ErrorCode::KeychainAbsent
        | ErrorCode::KeyPrompt
        | ErrorCode::KeychainFailed => Reachability::KeyMissing,
        ErrorCode::Unauthorized | ErrorCode::Forbidden => Reachability::KeyRefused,
        _ => Reachability::Unreachable,
    }
}

/// Removal of an environment, and what stays.
pub(crate) fn removal(preview: &RemovalPreview, key: &KeyView) -> RemovalView {
    let name = preview.environment.name.clone();
    let mut goes = vec![format!("The profile of {name}: its name, URL and settings.")];
    match key {
        KeyView::Missing | KeyView::Absent => {}
        KeyView::Stored { session_only: true, .. } => goes.push("Its API key, which was kept for this session.".into()),
        _ => goes.push("Its API key, if one is stored in the keychain.".into()),
    }
    let stays = vec![
        format!("Its history: {}.", counted(preview.operations, "entry")),
        format!("The backups of its agents: {}.", counted(preview.backups, "backup")),
    ];
    RemovalView { name, goes, stays }
}

/// The keychain, in words.
pub(crate) fn keychain(status: VaultStatus) -> KeychainView {
    let view = |state, message: &str, hint: Option<&str>| KeychainView {
        state,
        message: message.into(),
        hint: hint.map(str::to_owned),
        details: Vec::new(),
    };
    match status {
        VaultStatus::Ready { kind: VaultKind::Keychain } => {
            view(KeychainState::Ready, "API keys are kept in the keychain of this machine.", None)
        }
        VaultStatus::Ready { kind: VaultKind::File { folder } } => KeychainView {
            state: KeychainState::Ready,
            message: format!(
                "API keys are kept in private files in {}, as aidb was told when it was started.",
                folder.display()
            ),
            hint: None,
            details: Vec::new(),
        },
        VaultStatus::Ready { kind: VaultKind::Memory } => view(
            KeychainState::Session,
            "API keys are kept for this session only. They are forgotten when the window closes.",
            Some("To keep them, get the keychain to work and choose Try again."),
        ),
        VaultStatus::Locked => view(
            KeychainState::Locked,
            "The keychain is locked, so no stored API key can be used.",
            Some("Unlock it and go on, or keep keys for this session only."),
        ),
        VaultStatus::Silent { limit } => view(
            KeychainState::Silent,
            &format!(
                "There is a keychain, and it did not answer within {} seconds. What is stored in it is still there.",
                limit.as_secs()
            ),
            Some(
                "See whether it waits for a password in a window of its own, and try again. Or keep keys for this session only.",
            ),
        ),
        VaultStatus::Absent { reason } => KeychainView {
            state: KeychainState::Absent,
            message: "This machine offers no keychain, so no API key can be read from it or kept in it.".into(),
            hint: Some(
                "Keep keys for this session only, or install a keychain (on Linux for example gnome-keyring) and try again."
                    .into(),
            ),
            details: vec![reason],
        },
    }
}
