//! Agents of an environment: listed, checked, exported, and the keys that aidb made for them.

use std::sync::Arc;
use std::time::Duration;

use aidb_core::config::{self, AgentId};
use aidb_core::operations::{AskForKey, Engine, Error, Look, Target, TargetRequest};
use chrono::Utc;

use super::environments::{known, note_contact};
use super::plans::context;
use crate::contract::{
    AgentCheck, AgentChoice, AgentExport, AgentKeyCopy, AgentListRequest, AgentsView, CopiedView, ErrorReport,
    FilePurpose, WrittenFile,
};
use crate::desktop::Desktop;
use crate::progress::ProgressFn;
use crate::views;

/// Time a key stays on the clipboard.
const ON_CLIPBOARD: Duration = Duration::from_secs(60);

/// The agents of one environment. The keychain asks for the key's password only where a person wants the list.
pub(crate) async fn agent_list(
    desktop: Arc<Desktop>,
    request: AgentListRequest,
    listen: ProgressFn,
) -> Result<AgentsView, ErrorReport> {
    let engine = desktop.engine();
    let ask = if request.ask { AskForKey::Now } else { AskForKey::NotNow };
    let target = target(&engine, &request.id, ask).await?;
    let answer = engine.agents(&target, &context(listen)).await.map_err(ErrorReport::from);
    if request.ask {
        note_contact(&desktop, &request.id, &answer)?;
    }
    let agents = answer?;
    let look = Look { url: target.server.url.clone(), at: Utc::now(), agents };
    let same_server = |earlier: &Look| earlier.url == look.url;
    let earlier = desktop.preferences.read(|memory| memory.looks.get(&request.id).cloned()).filter(same_server);
    let lost = engine.lost_memory(&target, &look.agents, earlier.as_ref()).await?;
    let away = desktop.looks_before.get(&request.id).filter(|before| same_server(before));
    let view = views::environments::agents(&look, lost.as_ref(), away);
    if lost.is_none() {
        // A look that cannot be kept takes nothing from the list; `environment_check` beside it tells that nothing can be kept.
        let _ = desktop.preferences.change(|memory| drop(memory.looks.insert(request.id, look)));
    }
    Ok(view)
}

/// Reads one and validates it as its file would be.
pub(crate) async fn agent_check(
    desktop: Arc<Desktop>,
    request: AgentChoice,
    listen: ProgressFn,
) -> Result<AgentCheck, ErrorReport> {
    let engine = desktop.engine();
    let target = target(&engine, &request.environment, AskForKey::Now).await?;
    match engine.export(&target, &AgentId::new(&request.agent)?, &context(listen)).await {
        Ok(export) => {
            let report = config::validate(&export.configuration);
            Ok(views::files::agent_check(report, Some(&export.configuration), export.notes))
        }
        // What keeps it from being exported is what the check is there to show.
        Err(Error::NotExportable { report, .. }) => Ok(views::files::agent_check(report, None, Vec::new())),
        Err(error) => Err(error.into()),
    }
}

/// Writes one to a configuration file.
pub(crate) async fn agent_export(
    desktop: Arc<Desktop>,
    request: AgentExport,
    listen: ProgressFn,
) -> Result<WrittenFile, ErrorReport> {
    let engine = desktop.engine();
    let destination = desktop.files.to_write(&request.file, &[FilePurpose::Configuration])?;
    let target = target(&engine, &request.environment, AskForKey::Now).await?;
    let agent = AgentId::new(&request.agent)?;
    let exported =
        engine.export_to_file(&target, &agent, &destination.path, destination.overwrite, &context(listen)).await?;
    Ok(WrittenFile {
        path: exported.path.display().to_string(),
        message: config::display_text(&format!("{agent} of {} was exported.", target.name)),
        notes: views::files::sentences(exported.export.notes),
    })
}

/// Puts the key that aidb made for one on the clipboard, for a minute.
pub(crate) async fn agent_key_copy(desktop: Arc<Desktop>, request: AgentKeyCopy) -> Result<CopiedView, ErrorReport> {
    let engine = desktop.engine();
    let environment = known(&engine, &request.environment).await?;
    let key = engine.agent_key(&environment, &AgentId::new(&request.agent)?).await?;
    desktop.copy(&key)?;
    tokio::spawn(async move {
        tokio::time::sleep(ON_CLIPBOARD).await;
        // Nobody waits for this any more; where it fails, the person was told how long the key stays.
        let _ = desktop.clipboard.clear(&key);
    });
    Ok(CopiedView { cleared_after: views::number(ON_CLIPBOARD.as_secs()) })
}

async fn target(engine: &Engine, environment: &str, ask: AskForKey) -> Result<Target, ErrorReport> {
    let environment = Some(known(engine, environment).await?);
    Ok(engine.target(&TargetRequest { environment, ask, ..TargetRequest::default() }).await?)
}
