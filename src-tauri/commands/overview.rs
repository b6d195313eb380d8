//! Every agent beside itself in the stage before.

use std::sync::{Arc, PoisonError};

use aidb_core::operations::{AskForKey, Context};
use tokio_util::sync::CancellationToken;

use super::plans::context;
use crate::contract::{ErrorReport, OverviewView};
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
