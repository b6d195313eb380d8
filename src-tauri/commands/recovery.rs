//! Operations that were interrupted: what the start recovered, what waits, and the ways out.

use std::sync::Arc;

use aidb_core::operations::{Engine, Error, Owner, RecoveryRequest};
use aidb_core::store::OperationId;

use super::plans::context;
use crate::contract::{ErrorReport, InterruptedChoice, InterruptedView, RecoveredView, RecoveryChoice};
use crate::desktop::Desktop;
use crate::progress::ProgressFn;
use crate::views::recovery as views;

/// What the start of the application recovered. It does that by itself; the page only waits for it, and may ask again.
pub(crate) async fn recovery_start(desktop: Arc<Desktop>, _: ()) -> Result<Vec<RecoveredView>, ErrorReport> {
    desktop.begin().await
}

/// Interrupted operations that wait.
pub(crate) async fn recovery_list(desktop: Arc<Desktop>, _: ()) -> Result<Vec<InterruptedView>, ErrorReport> {
    let interrupted = desktop.engine().interrupted().await?;
    Ok(interrupted
        .iter()
        .filter(|open| open.owner == Owner::Gone)
        .map(|open| views::interrupted(&open.operation))
        .collect())
}

/// Recovers one of them.
pub(crate) async fn recovery_run(
    desktop: Arc<Desktop>,
    request: RecoveryChoice,
    listen: ProgressFn,
) -> Result<Vec<RecoveredView>, ErrorReport> {
    let operation = id_of(&request.operation)?;
    let request = RecoveryRequest { operation: Some(&operation), mode: request.mode, ..RecoveryRequest::default() };
    recover(&desktop.engine(), request, listen).await
}

/// Ends one of them as it stands.
pub(crate) async fn recovery_leave(desktop: Arc<Desktop>, request: InterruptedChoice) -> Result<(), ErrorReport> {
    desktop.engine().leave(&id_of(&request.operation)?).await?;
    Ok(())
}

/// Recovers what is asked for, and tells of each in the page's words.
pub(crate) async fn recover(
    engine: &Engine,
    request: RecoveryRequest<'_>,
    listen: ProgressFn,
) -> Result<Vec<RecoveredView>, ErrorReport> {
    let recovered = engine.recover(request, &context(listen)).await?;
    Ok(recovered.into_iter().filter_map(views::recovered).collect())
}

fn id_of(text: &str) -> Result<OperationId, ErrorReport> {
    OperationId::parse(text).ok_or_else(|| Error::NothingToRecover { id: text.to_owned() }.into())
}
