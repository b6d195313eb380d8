//! The process: what it prints, how it ends, where it takes the key from.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aidb-sandbox"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running process; it is killed with the test.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// Its first lines: name and URL.
    fn announced(&mut self, lines: usize) -> Vec<(String, String)> {
        let out = BufReader::new(self.0.stdout.take().unwrap());
        let split = |line: String| line.split_once(' ').map(|(name, url)| (name.to_owned(), url.to_owned())).unwrap();
        out.lines().take(lines).map(|line| split(line.unwrap())).collect()
    }

    #[cfg(unix)]
    fn signalled(mut self, signal: &str) -> ExitStatus {
        let sent = Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.0.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn status(url: &str, path: &str, key: Option<&str>) -> u16 {
    let call = aidb_testkit::http::client().get(format!("{url}{path}"));
    let call = key.into_iter().fold(call, |call, key| call.header("X-API-Key", key));
    call.send().await.unwrap().status().as_u16()
}

#[cfg(unix)]
#[tokio::test]
async fn it_announces_all_environments_serves_them_and_ends_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let mut running = Running::start(&mut binary());
        let announced = running.announced(3);
        let names: Vec<_> = announced.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Development", "Staging", "Production"]);
        for (_, url) in &announced {
            assert!(url.starts_with("http://127.0.0.1:"), "{url}");
            assert_eq!(status(url, "/api/agents/my-agent", None).await, 200);
        }
        assert!(running.signalled(signal).success(), "ended by {signal}");
    }
}

#[tokio::test]
async fn flags_set_switches_and_win_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("switches.json");
    std::fs::write(&file, r#"{"tables": "names", "agent_shape": "nested", "faults": [{"answer": {"kind": "cut"}}]}"#)
        .unwrap();
    let flags = ["--environment", "empty", "--tables", "listed", "--path-prefix", "/connector", "--latency-ms", "2"];
    let mut running = Running::start(binary().args(flags).arg("--switches").arg(&file));
    let [(name, url)] = &running.announced(1)[..] else { panic!("one environment") };
    assert!(name == "Empty" && url.ends_with("/connector"), "{name} {url}");
    let control = url.replace("/connector", "/__sandbox/switches");
    let switches: serde_json::Value =
        aidb_testkit::http::client().get(control).send().await.unwrap().json().await.unwrap();
    assert_eq!(switches["tables"], "listed");
    assert_eq!(switches["agent_shape"], "nested");
    assert_eq!(switches["latency_ms"], 2);
    assert_eq!(switches["faults"][0]["answer"]["kind"], "cut");
}

#[tokio::test]
async fn the_required_key_comes_from_a_file_from_standard_input_or_from_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "from-file\n").unwrap();
    let mut from_file = Running::start(binary().args(["--environment", "staging", "--api-key-file"]).arg(&file));
    let mut from_variable = binary();
    from_variable.args(["--environment", "staging", "--api-key-env", "SANDBOX_TEST_KEY"]);
    let mut from_variable = Running::start(from_variable.env("SANDBOX_TEST_KEY", "from-variable"));
    let mut from_input = binary();
    from_input.args(["--environment", "staging", "--api-key-file", "-"]).stdin(Stdio::piped());
    let mut from_input = Running::start(&mut from_input);
    from_input.0.stdin.take().unwrap().write_all(b"from-input").unwrap();
    for (running, key) in
        [(&mut from_file, "from-file"), (&mut from_variable, "from-variable"), (&mut from_input, "from-input")]
    {
        let [(_, url)] = &running.announced(1)[..] else { panic!("one environment") };
        assert_eq!(status(url, "/api/agents", None).await, 401);
        assert_eq!(status(url, "/api/agents", Some(key)).await, 200, "{key}");
    }
}

#[tokio::test]
async fn state_is_kept_in_one_file_for_each_environment_and_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    for expected in [200, 404] {
        let mut running = Running::start(binary().arg("--state").arg(&file));
        let announced = running.announced(3);
        let url = format!("{}/api/agents/faq-bot", announced[1].1);
        assert_eq!(aidb_testkit::http::client().delete(&url).send().await.unwrap().status(), expected);
        assert_eq!(status(&announced[0].1, "/api/agents/faq-bot", None).await, 200, "the others are as they were");
        running.0.kill().unwrap();
    }
    assert!(folder.path().join("state.staging.json").exists());
}

#[test]
fn what_does_not_work_is_one_sentence_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "").unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["--api-key-file"], "is empty"),
        (&["--environment", "empty", "--state"], "is damaged"),
        (&["--switches"], "EOF"),
        (&["--api-key-env", "SANDBOX_TEST_NOT_SET", "--state"], "SANDBOX_TEST_NOT_SET is not set"),
        (&["--tables", "sometimes", "--state"], "unknown variant"),
    ];
    for (flags, expected) in cases {
        let mut child = binary().args(flags).arg(&empty).spawn().unwrap();
        let mut error = String::new();
        child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        assert!(!child.wait().unwrap().success(), "{flags:?}");
        assert!(error.contains(expected), "{flags:?}: {error}");
    }
}
