use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::error::{ErrorCode, ErrorReport, Explain};

const CANARY: &str = "canary-5f3a91c07d24e8b6";

fn staging() -> SecretName {
    SecretName::EnvironmentKey {
        environment: "0192-staging".into(),
        server: None,
        display: "Staging".into(),
        prompt: KeyPrompt::Never,
    }
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

fn file_vault() -> (tempfile::TempDir, Vault) {
    let home = tempfile::tempdir().unwrap();
    let vault = Vault::file(home.path().join("keys"));
    (home, vault)
}

async fn lives(vault: &Vault) {
    let name = staging();
    assert_eq!(vault.remove(&name).await.unwrap(), Removal::NotThere);
    assert!(vault.get(&name).await.unwrap().is_none());
    assert_eq!(vault.describe(&name).await.unwrap(), None);

    vault.set(&name, &secret("first-key-of-staging")).await.unwrap();
    vault.set(&name, &secret(CANARY)).await.unwrap();
    assert_eq!(vault.get(&name).await.unwrap().unwrap().expose_secret(), CANARY, "the later key replaces the earlier");

    let described = vault.describe(&name).await.unwrap().unwrap();
    assert_eq!(described.ending, "e8b6");
    let age = Utc::now() - described.set_at.unwrap();
    assert!(age.num_seconds().abs() < 60, "{age}");

    let renamed = SecretName::EnvironmentKey {
        environment: "0192-staging".into(),
        server: None,
        display: "Pre-production".into(),
        prompt: KeyPrompt::Never,
    };
    assert!(vault.get(&renamed).await.unwrap().is_some(), "renaming an environment keeps its key");
    let other = SecretName::EnvironmentKey {
        environment: "0193".into(),
        server: None,
        display: "Staging".into(),
        prompt: KeyPrompt::Never,
    };
    assert!(vault.get(&other).await.unwrap().is_none(), "the name people see is not the identity");

    assert_eq!(vault.remove(&name).await.unwrap(), Removal::Removed);
    assert!(vault.get(&name).await.unwrap().is_none());
    assert_eq!(vault.unlock().await.unwrap(), VaultStatus::Ready { kind: vault.kind() });
}

#[tokio::test]
async fn memory_keeps_replaces_and_removes() {
    lives(&Vault::memory()).await;
}

#[tokio::test]
async fn files_keep_replace_and_remove() {
    let (_home, vault) = file_vault();
    lives(&vault).await;
}

#[tokio::test]
async fn clones_share_the_memory() {
    let vault = Vault::memory();
    vault.clone().set(&staging(), &secret(CANARY)).await.unwrap();
    assert!(vault.get(&staging()).await.unwrap().is_some());
}

#[tokio::test]
async fn short_keys_and_connection_strings_show_nothing_of_themselves() {
    let vault = Vault::memory();
    vault.set(&staging(), &secret("fifteen-letters")).await.unwrap();
    assert_eq!(vault.describe(&staging()).await.unwrap().unwrap().ending, "");

    let link = SecretName::ConnectionString { server: "s".into(), connection: "main-db".into(), display: "S".into() };
    vault.set(&link, &secret("host=db user=app password=hunter2-hunter2")).await.unwrap();
    assert_eq!(vault.describe(&link).await.unwrap().unwrap().ending, "");
}

#[tokio::test]
async fn a_secret_that_nothing_could_carry_is_refused() {
    for (text, why) in [("", "empty"), ("key\n", "line break"), ("a\0b", "control character"), ("a\u{85}b", "control")]
    {
        let (home, vault) = file_vault();
        let error = vault.set(&staging(), &secret(text)).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::Usage, "{text:?}");
        assert!(error.to_string().contains(why), "{error}");
        assert!(!home.path().join("keys").exists(), "nothing was stored");
    }
}

#[tokio::test]
async fn files_are_private_and_whole() {
    let (_home, vault) = file_vault();
    vault.set(&staging(), &secret(CANARY)).await.unwrap();
    let path = vault.path_of(&staging()).unwrap();
    assert_eq!(mode(vault.folder().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(fs::read_to_string(&path).unwrap(), CANARY);
    let left: Vec<_> = fs::read_dir(vault.folder().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [path], "no temporary file stays behind");
}

#[tokio::test]
async fn hostile_names_stay_inside_the_folder_and_apart() {
    let (_home, vault) = file_vault();
    let ids =
        ["../../etc/passwd", "..", ".", "/", "a/b", "a-b", "A-B", "a:b", "a%3Ab", "", "\0", "\u{202e}x", "CON", "a b"];
    let mut paths = std::collections::BTreeSet::new();
    for agent in ids.into_iter().map(str::to_owned).chain([String::from("x").repeat(5000)]) {
        let name =
            SecretName::AgentKey { server: "https://s.example/api".into(), agent: agent.clone(), display: "S".into() };
        vault.set(&name, &secret(&format!("key-of-{}", agent.len()))).await.unwrap();
        let path = vault.path_of(&name).unwrap();
        assert_eq!(path.parent(), vault.folder(), "{agent:?}");
        assert!(path.file_name().unwrap().len() < 128, "{agent:?}");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(path.file_name().unwrap().to_str().unwrap().chars().all(plain), "{}", path.display());
        assert!(paths.insert(path), "{agent:?} shares a file with another id");
    }
    let files = fs::read_dir(vault.folder().unwrap()).unwrap().count();
    assert_eq!(files, ids.len() + 1);
}

#[test]
fn accounts_tell_every_secret_apart() {
    let text = |s: &str| s.to_owned();
    let names = [
        SecretName::AgentKey { server: text("a:b"), agent: text("c"), display: text("") },
        SecretName::AgentKey { server: text("a"), agent: text("b:c"), display: text("") },
        SecretName::AgentSecret { server: text("a"), agent: text("b:c"), display: text("") },
        SecretName::ConnectionString { server: text("a"), connection: text("b:c"), display: text("") },
        SecretName::AgentKey { server: text("a%3Ab"), agent: text("c"), display: text("") },
        SecretName::EnvironmentKey {
            environment: text("a"),
            server: None,
            display: text(""),
            prompt: KeyPrompt::Never,
        },
        SecretName::EnvironmentKey {
            environment: text("a"),
            server: Some(text("https://a")),
            display: text(""),
            prompt: KeyPrompt::Never,
        },
        SecretName::EnvironmentKey {
            environment: text("a"),
            server: Some(text("https://b")),
            display: text(""),
            prompt: KeyPrompt::Never,
        },
    ];
    let accounts: std::collections::BTreeSet<_> = names.iter().map(SecretName::account).collect();
    assert_eq!(accounts.len(), names.len(), "{accounts:?}");
    assert_eq!(names[0].account(), "agent-key:a%3Ab:c");
    assert_eq!(staging().label(), "aidb API key: Staging");
}

#[tokio::test]
async fn an_exposed_folder_or_file_is_refused_and_left_alone() {
    let (_home, vault) = file_vault();
    vault.set(&staging(), &secret(CANARY)).await.unwrap();
    let path = vault.path_of(&staging()).unwrap();
    for (exposed, bits, private) in [(path.as_path(), 0o640, 0o600), (vault.folder().unwrap(), 0o755, 0o700)] {
        fs::set_permissions(exposed, fs::Permissions::from_mode(bits)).unwrap();
        let read = vault.get(&staging()).await.unwrap_err();
        assert_eq!(read, VaultError::Exposed { path: exposed.to_owned(), mode: bits, private });
        assert!(read.hint().unwrap().contains(&format!("chmod {private:o}")));
        assert!(vault.set(&staging(), &secret("another-key")).await.is_err());
        assert_eq!(mode(exposed), bits, "the person has to see it; it is not repaired silently");
        fs::set_permissions(exposed, fs::Permissions::from_mode(private)).unwrap();
    }
    fs::set_permissions(vault.folder().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(vault.status().await, VaultStatus::Absent { .. }));
}

#[tokio::test]
async fn a_link_is_never_followed() {
    let (home, vault) = file_vault();
    vault.set(&staging(), &secret(CANARY)).await.unwrap();
    let path = vault.path_of(&staging()).unwrap();
    let elsewhere = home.path().join("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    assert!(matches!(vault.get(&staging()).await, Err(VaultError::WrongKind { .. })));
    assert!(matches!(vault.set(&staging(), &secret("x-key")).await, Err(VaultError::WrongKind { .. })));
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), CANARY, "what the link points to is not ours");
    assert_eq!(vault.remove(&staging()).await.unwrap(), Removal::Removed);
    assert!(elsewhere.exists(), "the link goes, its target stays");

    let linked = home.path().join("linked");
    symlink(vault.folder().unwrap(), &linked).unwrap();
    let error = Vault::file(linked).get(&staging()).await.unwrap_err();
    assert!(error.to_string().contains("a symbolic link instead of a folder"), "{error}");
}

#[tokio::test]
async fn a_key_that_somebody_provided_with_an_editor_is_read_without_its_line_break() {
    for ending in ["\n", "\r\n"] {
        let (_home, vault) = file_vault();
        vault.set(&staging(), &secret("placeholder-key")).await.unwrap();
        fs::write(vault.path_of(&staging()).unwrap(), format!("{CANARY}{ending}")).unwrap();
        assert_eq!(vault.get(&staging()).await.unwrap().unwrap().expose_secret(), CANARY);
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_created_is_an_error_with_words() {
    let home = tempfile::tempdir().unwrap();
    let in_the_way = home.path().join("file");
    fs::write(&in_the_way, "").unwrap();
    let error = Vault::file(in_the_way.join("keys")).set(&staging(), &secret(CANARY)).await.unwrap_err();
    assert!(matches!(error.code(), ErrorCode::FileUnwritable | ErrorCode::FileUnreadable), "{error}");
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn nothing_printed_holds_a_secret() {
    let (_home, vault) = file_vault();
    vault.set(&staging(), &secret(CANARY)).await.unwrap();
    let memory = Vault::memory();
    memory.set(&staging(), &secret(CANARY)).await.unwrap();
    let mut printed = format!("{memory:?} {vault:?} {:?}", vault.read(&staging()).await.unwrap());
    let not_text = vault.path_of(&staging()).unwrap();
    fs::write(&not_text, [CANARY.as_bytes(), b"\xff\xfe"].concat()).unwrap();
    let error = vault.get(&staging()).await.unwrap_err();
    printed += &format!("{error} {error:?} {:?}", ErrorReport::of(&error));
    assert_eq!(error, VaultError::NotText { label: "aidb API key: Staging".into() });
    assert!(!printed.contains(CANARY), "{printed}");
}

#[tokio::test]
async fn a_session_stands_in_for_the_vault_beneath_it() {
    let (_home, beneath) = file_vault();
    let other = SecretName::EnvironmentKey {
        environment: "0193-dev".into(),
        server: None,
        display: "Development".into(),
        prompt: KeyPrompt::Never,
    };
    beneath.set(&staging(), &secret("key-from-before")).await.unwrap();
    let session = Vault::session(beneath.clone());
    lives_in_memory(&session, &beneath, &other).await;

    session.set(&staging(), &secret(CANARY)).await.unwrap();
    let after = session.end_session().await.unwrap();
    assert_eq!(after.kind(), beneath.kind());
    assert_eq!(beneath.get(&other).await.unwrap().unwrap().expose_secret(), "typed-in-the-session");
    let kept = beneath.get(&staging()).await.unwrap().unwrap();
    assert_eq!(kept.expose_secret(), "key-from-before", "what is stored already is not replaced");
}

async fn lives_in_memory(session: &Vault, beneath: &Vault, name: &SecretName) {
    assert_eq!(session.kind(), VaultKind::Memory);
    assert!(session.get(&staging()).await.unwrap().is_none(), "what lies beneath cannot be read now");
    session.set(name, &secret("typed-in-the-session")).await.unwrap();
    assert!(beneath.get(name).await.unwrap().is_none(), "nothing is stored there");
}

#[tokio::test]
async fn what_a_session_removes_does_not_come_back_after_it() {
    let (_home, beneath) = file_vault();
    beneath.set(&staging(), &secret(CANARY)).await.unwrap();
    let session = Vault::session(beneath.clone());
    assert_eq!(session.remove(&staging()).await.unwrap(), Removal::Removed);
    assert!(session.end_session().await.unwrap().get(&staging()).await.unwrap().is_none());
}
