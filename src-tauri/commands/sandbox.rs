//! The sample environments.

use std::sync::Arc;

use crate::contract::{EnvironmentView, ErrorReport};
use crate::desktop::Desktop;
use crate::sandbox;

/// Starts the three sample servers and adds their environments.
pub(crate) async fn sandbox_start(desktop: Arc<Desktop>, _: ()) -> Result<Vec<EnvironmentView>, ErrorReport> {
    sandbox::start(&desktop).await?;
    super::environments::list(&desktop).await
}

/// Stops them and removes their environments.
pub(crate) async fn sandbox_remove(desktop: Arc<Desktop>, _: ()) -> Result<Vec<EnvironmentView>, ErrorReport> {
    sandbox::remove(&desktop).await?;
    super::environments::list(&desktop).await
}
