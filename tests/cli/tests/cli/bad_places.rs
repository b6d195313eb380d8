//! Where files and the store cannot be written: nothing half written, ever.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use aidb_testkit::Run;
use assert_cmd::Command;

use crate::bad_files::as_nobody;
use crate::stage::{KEY, Stage};
use crate::{snap, snap_both};

#[test]
fn a_folder_that_is_not_there_or_is_where_the_file_should_be() {
    let stage = Stage::new();
    fs::create_dir(stage.file("folder")).expect("made");
    let export = |output| ["m", "export", "-e", "Development", "-o", output];
    assert_eq!(snap_both!(stage, "output_no_folder", &export("none/f.json")).status, Some(1));
    assert_eq!(snap_both!(stage, "output_is_a_folder", &export("folder")).status, Some(1));
    assert_eq!(fs::read_dir(stage.work()).expect("there").count(), 1, "nothing is left behind");
}

#[test]
fn a_place_that_may_not_be_written() {
    let stage = Stage::new();
    fs::set_permissions(stage.path(), fs::Permissions::from_mode(0o755)).expect("readable");
    fs::create_dir(stage.file("closed")).expect("made");
    fs::set_permissions(stage.file("closed"), fs::Permissions::from_mode(0o555)).expect("closed");
    let mut export = as_nobody(
        &stage.home,
        &["m", "export", "-u", &stage.development.url(), "-a", "my-agent", "-o", "closed/f.json"],
    );
    let data = tempfile_for_nobody(&stage);
    export.env("AIDB_API_KEY", KEY).env("AIDB_DATA_DIR", data);
    let run = Run::of(&mut export);
    snap!(stage, "output_not_permitted", run);
    assert_eq!(run.status, Some(1));
    let mut list = as_nobody(&stage.home, &["env", "list"]);
    list.env("AIDB_DATA_DIR", stage.file("closed/data"));
    let run = Run::of(&mut list);
    snap!(stage, "data_dir_not_permitted", run);
    assert_eq!(run.status, Some(1));
}

fn tempfile_for_nobody(stage: &Stage) -> std::path::PathBuf {
    let folder = stage.path().join("nobody");
    fs::create_dir(&folder).expect("made");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("open");
    folder.join("data")
}

/// Runs `aidb` where `full` is a disk of 64 KiB with nothing free but `free` KiB.
fn with_full_disk(stage: &Stage, free: u32, arguments: &[&str], data: &str) -> Run {
    let disk = stage.file("full");
    fs::create_dir_all(&disk).expect("made");
    let aidb = aidb_testkit::programs::path_of(aidb_testkit::programs::Program::Aidb);
    let script = format!(
        "mount -t tmpfs -o size=64k none full && head -c {}k /dev/zero > full/.filler && \"$@\"; status=$?; \
         ls -A full >&2; exit $status",
        64 - free
    );
    let mut command = std::process::Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", &script, "sh"]).arg(aidb).args(arguments);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
        .env("USER", "tester")
        .env("AIDB_KEY_STORE", "file")
        .env("AIDB_DATA_DIR", data)
        .current_dir(stage.work());
    Run::of(&mut Command::from_std(command))
}

#[test]
fn a_full_disk_leaves_no_half_file() {
    let stage = Stage::new();
    let data = stage.data();
    let data = data.to_str().expect("text");
    let run = with_full_disk(&stage, 0, &["m", "export", "-e", "Development", "-o", "full/f.json"], data);
    snap!(stage, "output_disk_full", run);
    assert_eq!(run.status, Some(1));
    assert!(!run.stderr.contains("f.json\n.filler") && !run.stderr.contains(".aidb-"), "{run}");
}

#[test]
fn a_full_disk_under_the_store_lets_no_change_leave() {
    let stage = Stage::new().exported();
    let before = stage.staging.snapshot();
    let url = stage.staging.url();
    let import = ["m", "import", "-u", &url, "-k", KEY, "-i", "agent.json"];
    let run = with_full_disk(&stage, 20, &import, "full/data");
    assert_eq!(run.status, Some(1), "{run}");
    assert_eq!(stage.staging.snapshot(), before, "no durable backup, no write:\n{run}");
}

#[test]
fn standard_output_that_takes_nothing_is_said() {
    let stage = Stage::new();
    let aidb = aidb_testkit::programs::path_of(aidb_testkit::programs::Program::Aidb);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "exec \"$@\" > /dev/full", "sh"]).arg(aidb).args(["env", "list"]);
    command.env_clear().env("AIDB_DATA_DIR", stage.data()).env("AIDB_KEY_STORE", "file");
    let run = Run::of(&mut Command::from_std(command));
    snap!(stage, "stdout_full", run);
    assert_eq!(run.status, Some(1));
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let stage = Stage::new();
    let aidb = aidb_testkit::programs::path_of(aidb_testkit::programs::Program::Aidb);
    let mut command = std::process::Command::new("bash");
    let script = "\"$@\" | true; echo ${PIPESTATUS[0]} >&2";
    command.args(["-c", script, "bash"]).arg(aidb).args(["m", "export", "-e", "Development", "--all", "-o", "agents"]);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("AIDB_DATA_DIR", stage.data())
        .env("AIDB_KEY_STORE", "file")
        .current_dir(stage.work());
    let run = Run::of(&mut Command::from_std(command));
    assert!(run.stderr.ends_with("\n0\n") && !run.stderr.contains("panicked"), "{run}");
}

#[test]
fn a_pipe_is_not_replaced_by_a_file() {
    let stage = Stage::new();
    let made = std::process::Command::new("mkfifo").arg(stage.file("pipe")).status().expect("mkfifo");
    assert!(made.success());
    for force in [&[][..], &["--force"]] {
        let export = ["m", "export", "-e", "Development", "-o", "pipe"];
        let run = stage.run(&[export.as_slice(), force].concat());
        assert_eq!(run.status, Some(1), "{run}");
        assert!(run.stderr.contains("pipe is a pipe or a device, and a file name is needed"), "{run}");
    }
}

#[test]
fn what_a_link_leads_to_is_written_and_the_link_stays() {
    let stage = Stage::new();
    std::os::unix::fs::symlink("real.json", stage.file("link.json")).expect("linked");
    let export = ["m", "export", "-e", "Development", "-o", "real.json"];
    let _first = stage.run(&export).done();
    let _second = stage.run(&["m", "export", "-e", "Development", "-a", "faq-bot", "-o", "link.json"]).done();
    assert!(fs::symlink_metadata(stage.file("link.json")).expect("there").is_symlink());
    assert!(fs::read_to_string(stage.file("real.json")).expect("there").contains("faq-bot"));
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let stage = Stage::new();
    let mut list = stage.aidb(&["env", "list"]);
    list.env("AIDB_KEY_STORE", "");
    assert_eq!(Run::of(&mut list).status, Some(0));
}
