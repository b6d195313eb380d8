//! Operations that were interrupted: what the start recovered, what waits, and the ways out.

use std::sync::Arc;

use aidb_core::operations::{Engine, Error, Owner, RecoveryRequest};
use aidb_core::store::OperationId;

use super::plans::context;
use crate::contract::{ErrorReport, InterruptedChoice, InterruptedView, RecoveredView, RecoveryChoice};
use crate::desktop::Desktop;
use crate::progress::{ProgressFn, nobody};
use crate::sandbox;
use crate::views::recovery as views;

/// What the start of the application recovered. It does that by itself; the page only waits for it, and may ask again.
pub(crate) async fn recovery_start(desktop: Arc<Desktop>, _: ()) -> Result<Vec<RecoveredView>, ErrorReport> {
    begin(&desktop).await
}

/// What a start does by itself, once: the sample servers are there again, and what was interrupted is recovered, on them too.
/// Whoever asks is told what became of it.
pub(crate) async fn begin(desktop: &Desktop) -> Result<Vec<RecoveredView>, ErrorReport> {
    let begin = || async {
        // How it came out stands in the state of the sandbox, which the page shows.
        let _ = sandbox::start_again(desktop).await;
        recover(&desktop.engine(), RecoveryRequest::default(), nobody()).await
    };
    desktop.recovered.get_or_try_init(begin).await.cloned()
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
async fn recover(
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
