//! Reading request bodies, and the error that ends a connection.

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;

/// The largest request body, in bytes. The API's own requests have some hundred.
pub(crate) const MAX_BODY: usize = 16 * 1024 * 1024;

/// Ends the connection without a further byte. hyper closes a connection whose service fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox was told to cut this connection")]
pub(crate) struct Cut;

/// A request body, or why there is none.
pub(crate) enum Received {
    Whole(Bytes),
    TooLarge,
}

/// Reads all of a request body, so that a fault strikes after the client has sent it, as it would behind a proxy.
///
/// # Errors
/// When the client went away in the middle.
pub(crate) async fn receive(body: Incoming) -> Result<Received, Cut> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(Received::Whole(body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Ok(Received::TooLarge),
        Err(_) => Err(Cut),
    }
}
