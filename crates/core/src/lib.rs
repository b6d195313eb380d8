//! The engine of aidb: export, validate, plan, apply, verify and roll back AI agent configurations.
//!
//! It never prints, prompts or reads environment variables; the window and the command line do that. Its layers import
//! downwards only: `operations` → `apply` → `plan` → `store` → `connector` → `vault` → `config`, with `error`, `numbers`,
//! `progress`, `shorten`, `text_enum` and `disk` below them all. The rule is enforced by `tests/engine/tests/layers.rs`.

pub mod apply;
pub mod config;
pub mod connector;
mod disk;
pub mod error;
pub mod files;
pub mod numbers;
pub mod operations;
pub mod plan;
pub mod progress;
pub mod shorten;
pub mod store;
mod text_enum;
pub mod vault;
