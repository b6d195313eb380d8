//! Every agent beside itself in the stage before.

use std::sync::{Arc, PoisonError};

use aidb_core::config::AgentId;
use aidb_core::operations::{AskForKey, Context, Error};
use tokio_util::sync::CancellationToken;

use super::plans::context;
use crate::contract::{AgentStagesView, ErrorReport, OverviewView, PairMemberView};
use crate::desktop::Desktop;
use crate::progress::ProgressFn;

/// Reads every agent of every environment, and stops a reading that is under way. The keychain is not made to ask for a key.
pub(crate) async fn overview_read(
    desktop: Arc<Desktop>,
    _: (),
    listen: ProgressFn,
) -> Result<OverviewView, ErrorReport> {
    let cancel = CancellationToken::new();
    stop(&desktop, Some(cancel.clone()));
    let context = Context { cancel, ..context(listen) };
    Ok(desktop.engine().overview(AskForKey::NotNow, &context).await?.into())
}

/// The overview that was read last, to be shown before it is read again.
pub(crate) async fn overview_last(desktop: Arc<Desktop>, _: ()) -> Result<Option<OverviewView>, ErrorReport> {
    Ok(desktop.engine().last_overview().await?.map(OverviewView::from))
}

/// One agent in all stages, item by item. The keychain is not made to ask for a key.
pub(crate) async fn agent_stages(
    desktop: Arc<Desktop>,
    request: PairMemberView,
) -> Result<AgentStagesView, ErrorReport> {
    let agent = AgentId::new(request.agent).map_err(Error::from)?;
    let context = Context::default();
    let engine = desktop.engine();
    let stages = engine.agent_stages(&agent, Some(&request.environment), AskForKey::NotNow, &context).await?;
    Ok(stages.into())
}

/// Stops it: it is not needed any more.
pub(crate) async fn overview_stop(desktop: Arc<Desktop>, _: ()) -> Result<(), ErrorReport> {
    stop(&desktop, None);
    Ok(())
}

fn stop(desktop: &Desktop, next: Option<CancellationToken>) {
    let mut reading = desktop.overview.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = std::mem::replace(&mut *reading, next) {
        before.cancel();
    }
}
