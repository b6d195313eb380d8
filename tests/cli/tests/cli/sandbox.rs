//! `aidb sandbox`: three servers in the foreground.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use aidb_testkit::Home;
use aidb_testkit::programs::{Program, path_of};

#[test]
fn it_runs_adds_environments_and_ends_on_a_signal() {
    let home = Home::new();
    let mut child = Command::new(path_of(Program::Aidb))
        .args(["sandbox", "--ports", "0", "--add-environments", "--state-dir", "state"])
        .env_clear()
        .env("AIDB_DATA_DIR", home.data())
        .env("AIDB_KEY_STORE", "file")
        .current_dir(home.work())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let lines = BufReader::new(child.stdout.take().expect("output")).lines();
    let shown: Vec<String> =
        lines.map(|line| line.expect("text")).take_while(|line| !line.starts_with("Ctrl-C")).collect();
    assert!(shown[0].starts_with("Development") && shown[2].starts_with("Production"), "{shown:?}");
    let tested = home.run(&["test", "-e", "Production"]);
    let exported = home.run(&["m", "export", "-e", "Development", "-o", "f.json"]);
    let imported = home.run(&["m", "import", "-e", "Staging", "-i", "f.json"]);
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill");
    let status = child.wait().expect("ends");
    assert!(killed.success() && status.success(), "{status:?}");
    let _works = (tested.done(), exported.done(), imported.done());
    let kept = std::fs::read_to_string(home.file("state/staging.json")).expect("the state is kept");
    assert!(kept.contains("sales.discounts"), "with what was imported");
}

#[test]
fn an_environment_that_leads_elsewhere_is_left_alone() {
    let home = Home::new();
    let _mine = home.run(&["env", "add", "Development", "--url", "https://dev.example.com"]).done();
    let run = home.run(&["sandbox", "--ports", "0", "--add-environments"]);
    crate::snap!(home, "sandbox_not_mine", run);
    assert_eq!(run.status, Some(1));
    assert!(home.run(&["env", "show", "Development"]).done().stdout.contains("https://dev.example.com"));
}
