//! Work that blocks, aside from the threads that answer the page.

use aidb_core::error::ErrorCode;
use aidb_core::operations::Error;

use crate::contract::ErrorReport;

/// A large file takes a second to be checked: the other commands go on meanwhile.
pub(crate) async fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, ErrorReport> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(ErrorReport {
            code: ErrorCode::Internal,
            message: "aidb itself failed while it read the file. Nothing was changed.".into(),
            hint: Some("Save a support bundle in Settings and send it to whoever looks after aidb.".into()),
            details: vec![error.to_string()],
        }),
    }
}
