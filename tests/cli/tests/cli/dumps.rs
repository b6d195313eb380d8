//! S1: a command that is ended in the middle leaves no core dump, and what it freed is wiped.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};

use aidb_sandbox::{Fault, FaultAnswer};
use aidb_testkit::memory;
use aidb_testkit::programs::{Program, path_of};

use crate::signals::wait_until;
use crate::stage::{KEY, Stage};

/// The command line that runs these words where the system allows every core dump.
fn where_dumps_are_allowed(stage: &Stage, words: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -S -c \"$(ulimit -H -c)\" && exec \"$@\"", "sh"]).args(words);
    command.env_clear().env("AIDB_DATA_DIR", stage.data()).env("AIDB_KEY_STORE", "file").env("USER", "tester");
    command.current_dir(stage.work());
    command
}

fn aborted(mut command: Command, look: impl FnOnce(u32)) -> ExitStatus {
    let mut child = command.spawn().expect("it starts");
    look(child.id());
    let sent = Command::new("kill").args(["-ABRT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let status = child.wait().expect("it ends");
    assert_eq!(status.signal(), Some(6), "{status}");
    status
}

#[test]
fn s1_a_command_leaves_no_core_dump_and_no_key_in_what_it_freed() {
    let stage = Stage::new().exported();
    let program = path_of(Program::Aidb);
    let program = program.to_str().expect("text");
    let control = aborted(where_dumps_are_allowed(&stage, &["sleep", "600"]), |process| {
        let name = || fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
        wait_until("the shell has become the program", || name().trim() == "sleep");
    });
    assert!(control.core_dumped(), "any other program leaves one here, or this test says nothing");
    let agent = fs::read_to_string(stage.work().join("agent.json")).expect("the export");
    fs::write(stage.work().join("new.json"), agent.replace("\"my-agent\"", "\"new-agent\"")).expect("a file");

    // In the middle of a read, of a registration, and of the writes.
    for (server, method, words) in [
        (&stage.development, "GET", &["m", "export", "-e", "Development", "-o", "held.json"][..]),
        (&stage.production, "POST", &["m", "import", "-e", "Production", "-i", "new.json", "--yes", "-q"]),
        (
            &stage.staging,
            "PUT",
            &["m", "import", "-e", "Staging", "-i", "agent.json", "--yes", "-q", "--in-flight", "1"],
        ),
    ] {
        server.set_faults([Fault::on(1, FaultAnswer::Hold).method(method)]);
        server.clear_requests();
        let command = where_dumps_are_allowed(&stage, &[&[program], words].concat());
        let status = aborted(command, |process| {
            wait_until("the request arrived", || server.requests().iter().any(|request| request.method == method));
            let count = memory::count(process, KEY.as_bytes()).expect("the memory of a child");
            println!("S1, in the middle of a {method}: {count:?}");
            // In its own place, as the header that goes with each request, and in the buffer of the one connection.
            assert!((1..=3).contains(&count.memory), "{count:?}");
        });
        server.set_faults([]);
        assert!(!status.core_dumped(), "{words:?}");
    }
}
