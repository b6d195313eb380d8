//! The sample environments.

use std::sync::Arc;

use crate::contract::{EnvironmentView, ErrorReport};
use crate::desktop::Desktop;
use crate::progress::Listen;
use crate::samples;

/// Starts the three sample servers and adds their environments.
pub(crate) async fn sandbox_start(
    desktop: Arc<Desktop>,
    _: (),
    _: Listen,
) -> Result<Vec<EnvironmentView>, ErrorReport> {
    samples::start(&desktop).await?;
    super::environments::list(&desktop).await
}

/// Stops them and removes their environments.
pub(crate) async fn sandbox_remove(
    desktop: Arc<Desktop>,
    _: (),
    _: Listen,
) -> Result<Vec<EnvironmentView>, ErrorReport> {
    samples::remove(&desktop).await?;
    super::environments::list(&desktop).await
}
