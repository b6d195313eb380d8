//! What a word that stands alone on the command line was most likely meant for.

use std::path::Path;

use crate::shell::quoted;

/// The flag that a word was meant for where the command takes no word there: "-i my-agent.json".
pub(crate) fn flag_for(command: &str, word: &str) -> Option<String> {
    let flag = match command {
        "aidb migrate import" => "-i",
        "aidb migrate export" if !is_file(word) => "-a",
        "aidb migrate export" | "aidb migrate backups export" => "-o",
        "aidb migrate rollback" => "--backup",
        "aidb migrate backups list" | "aidb migrate backups create" | "aidb migrate history list" => "-a",
        "aidb env add" | "aidb env update" => "--url",
        "aidb test" => "-e",
        "aidb man" => "--out-dir",
        "aidb sandbox" => "--ports",
        _ => return None,
    };
    Some(format!("{flag} {}", quoted(word)))
}

/// The command that a word was meant for where no command of that name is: "aidb migrate backups show bk-3fz9q2mk".
pub(crate) fn command_for(command: &str, word: &str) -> Option<String> {
    let shows = match command {
        "aidb migrate backups" => word.starts_with("bk-"),
        "aidb migrate history" => word.starts_with("op-") || word.starts_with("bk-"),
        _ => false,
    };
    let of_migrate = ["export", "import", "promote", "rollback", "compare", "backups", "history"];
    match command {
        _ if shows => Some(format!("{command} show {}", quoted(word))),
        "aidb" if of_migrate.contains(&word) => Some(format!("aidb migrate {word}")),
        "aidb migrate" if is_file(word) => Some(format!("aidb migrate import -i {}", quoted(word))),
        _ => None,
    }
}

fn is_file(word: &str) -> bool {
    word.contains(std::path::is_separator) || Path::new(word).extension().is_some_and(|ending| ending == "json")
}
