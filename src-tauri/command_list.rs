//! The one list of the commands that the page may call. From it come the dispatch and the page's contract (`commands/mod.rs`), and in the
//! build script the permissions and the window's capability: a command that is not here, Tauri refuses before it reaches us.

/// Calls a macro with the list: `module::function`, and `with progress` where the command tells how far it is.
macro_rules! for_all_commands {
    ($call:ident) => {
        $call! {
            // The start, settings, the sandbox, and what the page keeps from start to start.
            app::app_start,
            app::settings_save,
            app::draft_save,
            app::data_folder_open,
            app::licence_list,
            app::support_bundle,
            app::window_close,
            app::window_unsaved,
            app::text_copy,
            // The sample environments.
            sandbox::sandbox_start,
            sandbox::sandbox_remove,
            // The keychain, and what to do where it cannot be used.
            keychain::keychain_status,
            keychain::keychain_unlock,
            keychain::keychain_session,
            // Environment profiles, their keys, and whether their servers can be worked with.
            environments::environment_list,
            environments::environment_save,
            environments::environment_removal,
            environments::environment_remove,
            environments::environment_order,
            environments::environment_key_set,
            environments::environment_key_remove,
            environments::environment_test with progress,
            environments::environment_check,
            // Agents of an environment: listed, checked, exported, backed up.
            agents::agent_list with progress,
            agents::agent_check with progress,
            agents::agent_export with progress,
            agents::agent_key_copy,
            // Every agent beside itself in the stage before.
            overview::overview_read with progress,
            overview::overview_stop,
            overview::overview_last,
            overview::agent_stages,
            // What persons declare: agents that are one, differences on purpose.
            declared::pair_declare,
            declared::pair_dissolve,
            declared::difference_accept,
            declared::difference_withdraw,
            // Files that a person picks, drops or types.
            files::file_pick,
            files::file_destination,
            files::file_check,
            files::file_check_stop,
            files::file_excerpt,
            // Plans: made, looked at in pieces, and applied.
            plans::plan_promote with progress,
            plans::plan_import with progress,
            plans::plan_restore with progress,
            plans::plan_link with progress,
            plans::link_test,
            plans::plan_rows,
            plans::plan_text,
            plans::plan_page_save,
            plans::plan_discard,
            plans::plan_apply with progress,
            plans::plan_cancel,
            // Several agents in one go.
            batches::batch_plan with progress,
            batches::batch_open,
            batches::batch_apply with progress,
            batches::batch_stop,
            batches::batch_discard,
            batches::batch_leave,
            // What was interrupted: recovered at the start, or waiting.
            recovery::recovery_start,
            recovery::recovery_list,
            recovery::recovery_run with progress,
            recovery::recovery_leave,
            // Two states of one agent beside each other.
            compare::compare with progress,
            compare::compare_texts,
            // The history and the backups in it.
            history::history_list,
            history::history_last,
            history::history_losses,
            history::history_entry,
            history::entry_key,
            history::history_export,
            history::backup_now with progress,
            history::backup_take with progress,
            history::backup_update,
            history::backup_export,
            history::backups_verify,
        }
    };
}
