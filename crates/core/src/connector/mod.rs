//! The REST client of the AI Agent Connector: calls, answers, errors, limits, retries.
//!
//! It talks to other people's production systems, so three rules hold throughout. A redirect is never followed: the key
//! and the body would travel with it. An answer is believed only when it is one that an AI Agent Connector gives: "no such
//! agent" is a definite answer of the service for that very agent, and not any 404 that a gateway makes up. And every error
//! says whether the server may have acted ([`Sent`]), because whoever applies a plan decides by that alone.
//!
//! [`Connector`] makes single requests. [`Session`] repeats them where that is safe, paces them to what the server allows,
//! and stops on cancel.

mod answer;
mod base_url;
mod calls;
mod client;
mod connections;
mod echo;
mod error;
mod error_body;
mod failure;
mod gate;
mod key_hash;
mod limits;
mod pause;
mod proxy;
mod proxy_failure;
mod retry;
mod scrub;
mod state;
mod status;
mod tls_failure;

#[cfg(test)]
mod tests;

pub use answer::AgentRecord;
pub use answer::{NestedPermissions, Tables};
pub use base_url::{PlainHttp, is_loopback, parse_base_url, parse_kept_url};
pub use calls::{DatabaseLink, DatabaseTest, DatabaseVerdict, Health, Registration, Removal};
pub use client::{Connector, Endpoint, check_ca_pem};
pub(crate) use error::LOST_MEMORY_HINT;
pub use error::{CA_FILE_HINT, Call, ConnectorError, Effect, Retry, Sent};
pub use failure::{Failure, Stage};
pub use key_hash::KeyHash;
pub use limits::Limits;
pub use pause::Pause;
pub use proxy::Proxies;
pub use proxy_failure::{ProxyFailure, ProxyFault};
pub use retry::{RetryNotice, RetryPolicy, Session};
pub use state::{
    Knew, LISTING, ask_server, has_lost_memory, list_agents, read_record, read_state, read_tables, read_whole_state,
};
pub use tls_failure::TlsFailure;
