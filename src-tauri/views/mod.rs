//! From the engine's types to what the page shows, one file per domain.

pub(crate) mod environments;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod plan_command;
pub(crate) mod plan_page;
pub(crate) mod plan_text;
pub(crate) mod plans;
pub(crate) mod recovery;
