//! Files that are no configuration, and configurations that are meant badly.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use aidb_testkit::{Home, Run};
use assert_cmd::Command;

use crate::snap_both;
use crate::stage::Stage;

/// Imports a file with this content, in both forms: exit 3, findings, one message, a hint, and no request.
macro_rules! bad_file {
    ($($name:ident: $content:expr;)+) => {
        $(
            #[test]
            fn $name() {
                let home = Home::new();
                home.write("f.json", $content);
                let import = ["m", "import", "-u", "http://127.0.0.1:9", "-k", "key", "-i", "f.json"];
                let words = home.run(&import);
                let json = home.run(&[import.as_slice(), &["--json"]].concat());
                assert_eq!((words.status, json.status), (Some(3), Some(3)), "{words}{json}");
                let document = json.json();
                assert!(document["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "{json}");
                assert_eq!(document["code"], "config_invalid");
                assert!(words.stderr.contains("Configuration validation failed"), "{words}");
                assert!(!format!("{words}{json}").contains('\u{1b}'), "{words}");
                assert!(!home.data().exists(), "nothing was begun");
                aidb_testkit::snapshots::settings(home.path())
                    .bind(|| insta::assert_snapshot!(concat!("file_", stringify!($name)), words.to_string()));
            }
        )+
    };
}

const GOOD: &str = r#"{"version":"1.0.0","agent":{"agent_id":"a","name":"A"}}"#;

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff_u16).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

bad_file! {
    empty: "";
    blank: " \n\t\n";
    not_json: "agent: my-agent\n";
    cut_off: r#"{"version":"1.0.0","agent":{"agent_id":"a","#;
    trailing: format!("{GOOD} {{}}");
    binary: [0x7f, b'E', b'L', b'F', 0, 1, 2, 0xff, 0xfe];
    in_utf16_cut_off: { let mut bytes = utf16(GOOD); bytes.pop(); bytes };
    in_utf16_without_mark: &utf16(GOOD)[2..];
    unmerged: GOOD.replace(",\"agent\"", "\n<<<<<<< HEAD\n,\"agent\"").replace("}}", "\n=======\n,\"agent\":{}\n>>>>>>> theirs\n}");
    latin1: b"{\"version\":\"1.0.0\",\"agent\":{\"agent_id\":\"a\",\"name\":\"M\xfcller\"}}";
    an_array: "[]";
    deep: "[".repeat(100_000);
    duplicate_keys: r#"{"version":"1.0.0","agent":{"agent_id":"a","agent_id":"b","name":"A"}}"#;
    unknown_permission: r#"{"version":"1.0.0","agent":{"agent_id":"a","name":"A","resource_permissions":{"t":{"type":"table","permissions":["raed"]}}}}"#;
    dots_in_id: r#"{"version":"1.0.0","agent":{"agent_id":"..","name":"A"}}"#;
    slash_in_id: r#"{"version":"1.0.0","agent":{"agent_id":"../../admin","name":"A"}}"#;
    escapes: "{\"version\":\"1.0.0\",\"agent\":{\"agent_id\":\"a\\u001b[2J\",\"name\":\"A\",\"\\u001b]0;x\\u0007\":1,\"resource_permissions\":{\"\\u202etxt\":{}}}}";
    secret_inside: r#"{"version":"1.0.0","agent":{"agent_id":"a","name":"A","api_key":"canary-0123456789abcdef"}}"#;
    other_major: r#"{"version":"2.1.0","agent":{"agent_id":"a","name":"A"}}"#;
}

#[test]
fn what_powershell_writes_is_read() {
    let stage = Stage::new();
    let exported = stage.run(&["m", "export", "-e", "Development", "-o", "f.json"]);
    assert_eq!(exported.status, Some(0), "{exported}");
    let text = fs::read_to_string(stage.file("f.json")).expect("exported").replace('\n', "\r\n");
    fs::write(stage.file("f.json"), utf16(&text)).expect("written");
    let dry = stage.run(&["m", "import", "-e", "Development", "-i", "f.json", "--dry-run", "--detailed-exitcode"]);
    assert_eq!(dry.status, Some(0), "the same as before:\n{dry}");
    let again = stage.run(&["m", "export", "-e", "Development", "-o", "f.json"]);
    assert_eq!(again.status, Some(0), "it is a configuration, so it may be overwritten:\n{again}");
}

#[test]
fn a_secret_in_a_file_is_not_repeated() {
    let home = Home::new();
    home.write(
        "f.json",
        r#"{"version":"1.0.0","agent":{"agent_id":"a","name":"A","api_key":"canary-0123456789abcdef"}}"#,
    );
    for form in ["--json", "--verbose"] {
        let run = home.run(&["m", "import", "-i", "f.json", "--validate", form]);
        assert!(!format!("{run}").contains("canary"), "{run}");
    }
}

#[test]
fn a_huge_file_is_refused_quickly() {
    let home = Home::new();
    let file = fs::File::create(home.file("huge.json")).expect("a file");
    file.set_len(3 << 30).expect("sparse");
    let import = ["m", "import", "-i", "huge.json", "--validate"];
    assert_eq!(snap_both!(home, "file_huge", &import).status, Some(1));
}

#[test]
fn many_findings_are_cut_off() {
    let home = Home::new();
    let entries: Vec<String> = (0..300).map(|n| format!("\"t{n}\":{{\"permissions\":[]}}")).collect();
    let agent = format!(r#"{{"agent_id":"a","name":"A","resource_permissions":{{{}}}}}"#, entries.join(","));
    home.write("f.json", format!(r#"{{"version":"1.0.0","agent":{agent}}}"#));
    let short = home.run(&["m", "import", "-i", "f.json", "--validate"]);
    assert!(short.stderr.contains("(--verbose shows all)") && short.stderr.lines().count() < 200, "{short}");
    let all = home.run(&["m", "import", "-i", "f.json", "--validate", "--verbose"]);
    assert!(all.stderr.matches("Missing type").count() >= 300, "{all}");
}

#[test]
fn a_folder_and_nothing_at_all() {
    let home = Home::new();
    fs::create_dir(home.file("folder")).expect("made");
    home.write("good.json", GOOD);
    assert_eq!(snap_both!(home, "file_missing", &["m", "import", "-i", "none.json", "--validate"]).status, Some(1));
    assert_eq!(snap_both!(home, "file_folder", &["m", "compare", "folder", "good.json"]).status, Some(1));
    assert_eq!(snap_both!(home, "file_folder_backup", &["m", "rollback", "--backup", "folder"]).status, Some(1));
}

#[test]
fn a_file_that_may_not_be_read() {
    let home = Home::new();
    let file = home.write("f.json", GOOD);
    for path in [home.path(), &home.work()] {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("open");
    }
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o000)).expect("closed");
    let run = Run::of(&mut as_nobody(&home, &["m", "import", "-i", "f.json", "--validate"]));
    crate::snap!(home, "file_unreadable", run);
    assert_eq!(run.status, Some(1));
}

/// Whoever runs the tests as root may read and write everything; `aidb` then runs as somebody who may not.
pub fn as_nobody(home: &Home, arguments: &[&str]) -> Command {
    let aidb = aidb_testkit::programs::path_of(aidb_testkit::programs::Program::Aidb);
    let root = fs::metadata(home.path()).expect("made").uid() == 0;
    let mut command = std::process::Command::new(if root { "setpriv".as_ref() } else { aidb.as_path() });
    if root {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(aidb);
    }
    command.args(arguments);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("AIDB_KEY_STORE", "file").current_dir(home.work());
    Command::from_std(command)
}

#[test]
fn a_file_name_that_is_no_text() {
    let home = Home::new();
    let name = std::ffi::OsStr::from_bytes(b"f\xff\x1b[31m.json");
    fs::write(home.work().join(Path::new(name)), "{}").expect("written");
    let mut import = home.aidb(&["m", "import", "--validate", "-i"]);
    import.arg(name);
    let run = Run::of(&mut import);
    assert_eq!(run.status, Some(3), "{run}");
    assert!(!run.stderr.contains('\u{1b}'), "{run}");
}
