//! What the process was started with: the same variables as the command line's, so that both work on the same data.

#![expect(clippy::disallowed_methods, reason = "the edge of the process: a window has no flags")]

use std::path::{Path, PathBuf};

use aidb_core::connector::Proxies;
use aidb_core::vault::{Vault, VaultUse};
use directories::ProjectDirs;

/// Folder of environments, backups and history; `None` on an account without a folder.
pub(crate) fn data_folder() -> Option<PathBuf> {
    let named = std::env::var_os("AIDB_DATA_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    named.or_else(|| Some(ProjectDirs::from("", "", "aidb")?.data_dir().to_owned()))
}

/// Where keys go: the keychain, unless the variable of the command line names another place.
pub(crate) fn vault(folder: &Path) -> Vault {
    match std::env::var("AIDB_KEY_STORE").as_deref() {
        Ok("file") => Vault::file(folder.join("keys")),
        Ok("memory") => Vault::memory(),
        _ => Vault::keychain(VaultUse::Session),
    }
}

/// Person at work, for the history: whoever `AIDB_USER` names, else the account, also where no variable has its name.
pub(crate) fn account() -> String {
    let names = ["AIDB_USER", "USER", "LOGNAME", "USERNAME"];
    let account = names.iter().filter_map(|name| std::env::var(name).ok()).find(|name| !name.trim().is_empty());
    account.or_else(|| whoami::username().ok()).unwrap_or_else(|| "unknown".into())
}

/// The proxies on the way to servers beyond this machine.
pub(crate) fn proxies() -> Proxies {
    Proxies::of_variables(|name| std::env::var_os(name))
}

/// The configuration file among the words that the application was started with, as it was called from `folder`.
pub(crate) fn file_to_open(words: &[String], folder: &Path) -> Option<PathBuf> {
    let is_configuration =
        |word: &&String| Path::new(word).extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    words.iter().skip(1).find(is_configuration).map(|word| folder.join(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_to_open_is_the_first_one_that_can_be_a_configuration() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let folder = Path::new("/home/mara");
        let found = |list: &[&str]| file_to_open(&words(list), folder);
        assert_eq!(found(&["aidb", "--x", "a.JSON", "b.json"]), Some("/home/mara/a.JSON".into()));
        assert_eq!(found(&["aidb", "/tmp/a.json"]), Some("/tmp/a.json".into()));
        assert_eq!(found(&["aidb.json"]), None);
        assert_eq!(found(&["aidb", "notes.txt"]), None);
    }
}
