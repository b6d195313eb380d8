//! What crosses between the page and Rust: plain data in the page's words. `ui/src/contract` is generated from here
//! and from the list of commands, and a test says when it drifted.
//!
//! Requests are read with `Deserialize` alone and answers written with `Serialize` alone, so that a secret, which only
//! ever stands in a request, cannot be sent to the page by accident: `SecretString` cannot be serialised.

mod batches;
mod compare;
mod environments;
mod error;
mod files;
mod history;
mod overview;
mod plans;
mod progress;
mod recovery;
mod settings;

pub(crate) use batches::*;
pub(crate) use compare::*;
pub(crate) use environments::*;
pub(crate) use error::*;
pub(crate) use files::*;
pub(crate) use history::*;
pub(crate) use overview::*;
pub(crate) use plans::*;
pub(crate) use progress::*;
pub(crate) use recovery::*;
pub(crate) use settings::*;
