//! Meaning of the HTTP statuses with which a server refuses or fails: code, sentence and hint, in one table.

use crate::error::ErrorCode;

/// Meaning of one status.
#[derive(Clone, Copy, Debug)]
pub(super) struct StatusMeaning {
    /// Code from the closed list.
    pub(super) code: ErrorCode,
    /// One sentence, without the server's own words.
    pub(super) sentence: &'static str,
    /// Advice, where there is any.
    pub(super) hint: Option<&'static str>,
}

/// Meaning of `status` in the answer to a request that went `with_key`, or without one.
pub(super) const fn meaning(status: u16, with_key: bool) -> StatusMeaning {
    let (code, sentence, hint) = match (status, with_key) {
        (401, true) => (
            ErrorCode::Unauthorized,
            "The server does not accept the API key.",
            Some("The server did not accept the API key. Enter the key of this environment again."),
        ),
        (401, false) => (
            ErrorCode::Unauthorized,
            "The server asks for an API key, and none was sent.",
            Some("No API key was sent. Store the key of this environment, or give one."),
        ),
        (403, _) => (
            ErrorCode::Forbidden,
            "The API key may not do this at the server.",
            Some("The API key is known and may not do this. Ask whoever runs the server for a key that may."),
        ),
        (407, _) => (
            ErrorCode::RequestRefused,
            "A proxy on the way to the server asks who you are.",
            Some("A proxy asks who you are. Check the proxy settings of this machine."),
        ),
        (413, _) => (
            ErrorCode::RequestRefused,
            "The request is too large for the server.",
            Some("Something in front of the server refuses requests of this size."),
        ),
        (429, _) => (
            ErrorCode::RateLimited,
            "The server takes no more requests for now.",
            Some("The server limits how many requests it takes. Wait a while, then try again."),
        ),
        (502..=504, _) => (
            ErrorCode::ServerError,
            "The service behind the server's gateway does not answer.",
            Some("The gateway answers, and the service behind it does not. Try again in a while."),
        ),
        (400..=499, _) => (ErrorCode::RequestRefused, "The server refused the request.", None),
        (500..=599, _) => (
            ErrorCode::ServerError,
            "The server failed.",
            Some("The server failed. Its own log says more; tell whoever runs it."),
        ),
        _ => (ErrorCode::BadAnswer, "The server's answer cannot be used.", None),
    };
    StatusMeaning { code, sentence, hint }
}
