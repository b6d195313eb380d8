//! Flags that several commands take. Those of one command stand with it, in `commands/`.

mod apply;
mod global;
mod moment;
mod path;
mod sources;

pub(crate) use apply::ApplyArgs;
pub(crate) use global::{GlobalArgs, KeyStore, OutputArgs};
pub(crate) use moment::Moment;
pub(crate) use path::{Output, is_dash, no_dash};
pub(crate) use sources::{Source, Sources};
