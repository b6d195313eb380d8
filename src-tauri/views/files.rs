//! Validation reports and configurations as the page shows them.

use std::path::Path;

use aidb_core::config::values::MASKED;
use aidb_core::config::{self, Agent, Configuration, Finding, ValidationReport, display_text};
use aidb_core::operations::{Excerpt, ExportNote};
use aidb_core::store::{Backup, BackupSummary};

use super::{number, time};
use crate::contract::{AgentCheck, ConfigurationSummary, ExcerptView, FileCheck, FileTicket, FindingView};

/// Errors first, then by place.
fn findings(report: ValidationReport) -> Vec<FindingView> {
    let mut findings = report.findings;
    findings.sort_by_key(|finding| {
        (finding.severity, finding.position.map_or((u32::MAX, u32::MAX), |at| (at.line, at.column)))
    });
    findings.into_iter().map(FindingView::from).collect()
}

impl From<Finding> for FindingView {
    fn from(finding: Finding) -> Self {
        Self {
            severity: finding.severity,
            code: finding.code,
            pointer: display_text(&finding.pointer),
            line: finding.position.map(|at| at.line),
            column: finding.position.map(|at| at.column),
            message: display_text(&finding.message),
            hint: finding.hint,
        }
    }
}

/// A file and what was found in it.
pub(crate) fn file_check(ticket: FileTicket, path: &Path, reading: config::Reading) -> FileCheck {
    let config::Reading { report, configuration } = reading;
    let name = path.file_name().map(|name| display_text(&name.to_string_lossy())).unwrap_or_default();
    FileCheck {
        ticket,
        path: path.display().to_string(),
        name,
        errors: number(report.errors().count()),
        warnings: number(report.warnings().count()),
        findings: findings(report),
        configuration: configuration.as_ref().map(summary),
        is_backup: false,
    }
}

/// A backup in a file of its own, which is whole.
pub(crate) fn backup_check(ticket: FileTicket, path: &Path, backup: &Backup) -> FileCheck {
    let BackupSummary { agent_id, server, taken_at, .. } = &backup.summary;
    let nobody = Agent {
        agent_id: agent_id.to_string(),
        name: "did not exist then".into(),
        agent_type: None,
        database: None,
        resource_permissions: config::ResourcePermissions::new(),
        info: serde_json::Map::new(),
    };
    let agent = backup.state.present().map_or(&nobody, |live| &live.agent);
    let configuration = ConfigurationSummary {
        exported_at: Some(time(*taken_at)),
        source_url: Some(server.url.clone()),
        environment: server.environment_name.clone(),
        ..agent_summary(agent)
    };
    let nothing_found = config::Reading { report: ValidationReport::default(), configuration: None };
    let check = file_check(ticket, path, nothing_found);
    FileCheck { configuration: Some(configuration), is_backup: true, ..check }
}

/// An agent that was read from its environment.
pub(crate) fn agent_check(
    report: ValidationReport,
    configuration: Option<&Configuration>,
    notes: Vec<ExportNote>,
) -> AgentCheck {
    AgentCheck {
        errors: number(report.errors().count()),
        warnings: number(report.warnings().count()),
        findings: findings(report),
        configuration: configuration.map(summary),
        notes: sentences(notes),
    }
}

fn summary(configuration: &Configuration) -> ConfigurationSummary {
    let metadata = configuration.metadata.as_ref();
    ConfigurationSummary {
        exported_at: configuration.exported_at.clone(),
        source_url: configuration.source_url.clone(),
        environment: metadata.and_then(|metadata| metadata.get("environment")?.as_str().map(str::to_owned)),
        ..agent_summary(&configuration.agent)
    }
}

/// Summary of the agent; not where and when it was read.
fn agent_summary(agent: &Agent) -> ConfigurationSummary {
    ConfigurationSummary {
        agent_id: agent.agent_id.clone(),
        name: agent.name.clone(),
        agent_type: agent.agent_type.clone(),
        connection_name: agent.database.as_ref().and_then(|database| database.connection_name.clone()),
        resources: number(agent.resource_permissions.len()),
        exported_at: None,
        source_url: None,
        environment: None,
    }
}

/// Sentences on what was left behind or unreadable. Findings are listed by themselves.
pub(crate) fn sentences(notes: Vec<ExportNote>) -> Vec<String> {
    let sentence = |note| match note {
        ExportNote::TablesFromPermissions { .. } => {
            Some("The server does not list its tables; the resources of type table stand for them.".into())
        }
        ExportNote::Withheld { pointer, kind } => {
            let why =
                if kind == MASKED { "the server masks it".into() } else { format!("it looks like a secret ({kind})") };
            Some(format!("{} stays behind, because {why}.", display_text(&pointer)))
        }
        ExportNote::Finding { .. } => None,
    };
    notes.into_iter().filter_map(sentence).collect()
}

impl From<Excerpt> for ExcerptView {
    fn from(excerpt: Excerpt) -> Self {
        Self { first: number(excerpt.first), lines: excerpt.lines, total: number(excerpt.total) }
    }
}
