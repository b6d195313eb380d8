//! The commands that the page can call: one file per domain, one line each in [`all`]. A command takes one request and
//! answers one value or an [`ErrorReport`]; it unpacks, calls the engine, converts.
//!
//! From this list come the dispatch ([`crate::invoke`]), the permissions (`command_names.rs`, held against it by a test) and the
//! page's contract ([`crate::typescript`]), whose types are taken from the functions themselves.

mod agents;
mod app;
mod compare;
mod environments;
mod files;
mod history;
mod keychain;
mod plans;
mod recovery;
mod sandbox;

pub(crate) use files::spawn_blocking;
pub(crate) use recovery::recover;

use crate::invoke::{Command, command};

/// Every command.
#[rustfmt::skip]
pub(crate) fn all() -> Vec<Command> {
    vec![
        // The start, settings, the sandbox, and what the page keeps from start to start.
        command("app_start", app::app_start),
        command("settings_save", app::settings_save),
        command("draft_save", app::draft_save),
        command("data_folder_open", app::data_folder_open),
        command("licence_list", app::licence_list),
        command("support_bundle", app::support_bundle),
        command("window_close", app::window_close),
        command("window_unsaved", app::window_unsaved),
        command("text_copy", app::text_copy),
        // The sample environments.
        command("sandbox_start", sandbox::sandbox_start),
        command("sandbox_remove", sandbox::sandbox_remove),
        // The keychain, and what to do where it cannot be used.
        command("keychain_status", keychain::keychain_status),
        command("keychain_unlock", keychain::keychain_unlock),
        command("keychain_session", keychain::keychain_session),
        // Environment profiles, their keys, and whether their servers can be worked with.
        command("environment_list", environments::environment_list),
        command("environment_save", environments::environment_save),
        command("environment_removal", environments::environment_removal),
        command("environment_remove", environments::environment_remove),
        command("environment_order", environments::environment_order),
        command("environment_key_set", environments::environment_key_set),
        command("environment_key_remove", environments::environment_key_remove),
        command("environment_test", environments::environment_test),
        command("environment_check", environments::environment_check),
        // Agents of an environment: listed, checked, exported, backed up.
        command("agent_list", agents::agent_list),
        command("agent_check", agents::agent_check),
        command("agent_export", agents::agent_export),
        command("agent_key_copy", agents::agent_key_copy),
        // Files that a person picks, drops or types.
        command("file_pick", files::file_pick),
        command("file_destination", files::file_destination),
        command("file_check", files::file_check),
        command("file_check_stop", files::file_check_stop),
        command("file_excerpt", files::file_excerpt),
        // Plans: made, looked at in pieces, and applied.
        command("plan_promote", plans::plan_promote),
        command("plan_import", plans::plan_import),
        command("plan_restore", plans::plan_restore),
        command("plan_link", plans::plan_link),
        command("link_test", plans::link_test),
        command("plan_rows", plans::plan_rows),
        command("plan_text", plans::plan_text),
        command("plan_page_save", plans::plan_page_save),
        command("plan_discard", plans::plan_discard),
        command("plan_apply", plans::plan_apply),
        command("plan_cancel", plans::plan_cancel),
        // What was interrupted: recovered at the start, or waiting.
        command("recovery_start", recovery::recovery_start),
        command("recovery_list", recovery::recovery_list),
        command("recovery_run", recovery::recovery_run),
        command("recovery_leave", recovery::recovery_leave),
        // Two states of one agent beside each other.
        command("compare", compare::compare),
        command("compare_texts", compare::compare_texts),
        // The history and the backups in it.
        command("history_list", history::history_list),
        command("history_losses", history::history_losses),
        command("history_entry", history::history_entry),
        command("entry_key", history::entry_key),
        command("history_export", history::history_export),
        command("backup_now", history::backup_now),
        command("backup_take", history::backup_take),
        command("backup_update", history::backup_update),
        command("backup_export", history::backup_export),
        command("backups_verify", history::backups_verify),
    ]
}

#[cfg(test)]
mod asking;
#[cfg(test)]
#[cfg(unix)]
mod hostile;
#[cfg(test)]
mod tests;
