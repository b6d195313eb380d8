//! S9: a key goes only to the server that its own source named. Every mix of where a key and where a server come from, against a
//! listener that notes every byte of a key.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use aidb_sandbox::{Sample, Sandbox};
use aidb_testkit::{Home, Run, sandbox};

const FLAG_KEY: &str = "canary-flag-key-1b7f0c55a9";
const VARIABLE_KEY: &str = "canary-variable-key-77d20e41";
const STORED_KEY: &str = "canary-stored-key-e09a5530cc";

/// Where a key arrived: host and port as they were asked for, and the path prefix before `/api`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    key: &'static str,
    server: String,
}

/// Answers every request with a 404 and keeps which key came, and to which of its names; while a server stands behind it, it
/// only passes on.
struct Listener {
    port: u16,
    arrivals: Arc<Mutex<BTreeSet<Arrival>>>,
    behind: Arc<Mutex<Option<Sandbox>>>,
}

impl Listener {
    fn new(behind: Option<Sandbox>) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port on this machine");
        let port = socket.local_addr().expect("an address").port();
        let (arrivals, behind) = (Arc::default(), Arc::new(Mutex::new(behind)));
        let (noted, server) = (Arc::clone(&arrivals), Arc::clone(&behind));
        thread::spawn(move || {
            for connection in socket.incoming().flatten() {
                let url = server.lock().expect("no test panicked meanwhile").as_ref().map(Sandbox::url);
                match url {
                    Some(url) => pass_on(&connection, url.trim_start_matches("http://")),
                    None => answer(connection, &noted),
                }
            }
        });
        Self { port, arrivals, behind }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn taken(&self) -> BTreeSet<Arrival> {
        std::mem::take(&mut self.arrivals.lock().expect("no test panicked meanwhile"))
    }
}

fn pass_on(connection: &TcpStream, server: &str) {
    let server = TcpStream::connect(server).expect("the server behind it");
    for (from, to) in [(connection, &server), (&server, connection)] {
        let (mut from, mut to) = (from.try_clone().expect("a handle"), to.try_clone().expect("a handle"));
        thread::spawn(move || {
            let _ended = std::io::copy(&mut from, &mut to);
            let _closed = to.shutdown(std::net::Shutdown::Write);
        });
    }
}

/// One request a connection; one that is no HTTP, a TLS greeting for example, is hung up on.
fn answer(mut connection: TcpStream, noted: &Mutex<BTreeSet<Arrival>>) {
    let mut lines = Vec::new();
    let mut reader = BufReader::new(&connection);
    loop {
        let mut line = Vec::new();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) if line == b"\r\n" => break,
            Ok(_) if lines.is_empty() && !line.starts_with(b"GET ") && !line.starts_with(b"P") => return,
            Ok(_) => lines.push(String::from_utf8_lossy(&line).trim_end().to_owned()),
        }
    }
    let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let host = lines.iter().find_map(|line| line.to_lowercase().strip_prefix("host: ").map(str::to_owned));
    let prefix = path.split("/api").next().unwrap_or_default();
    let server = format!("http://{}{prefix}", host.unwrap_or_default());
    for key in [FLAG_KEY, VARIABLE_KEY, STORED_KEY] {
        if lines.iter().any(|line| line.contains(key)) {
            noted.lock().expect("no test panicked meanwhile").insert(Arrival { key, server: server.clone() });
        }
    }
    let _gone = connection.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyFrom {
    Flag,
    Variable,
    Profile,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NamedBy {
    Url,
    Environment,
    Variable,
    Nothing,
}

#[derive(Clone, Copy, Debug)]
enum Record {
    Plan,
    BackupId,
    BackupFile,
    Configuration,
}

/// A home with a plan and a backup of a server that from then on notes keys.
struct World {
    home: Home,
    backup: String,
    own: Listener,
}

fn world() -> World {
    let home = Home::new();
    let source = sandbox::start(Sample::Development);
    let own = Listener::new(Some(sandbox::start(Sample::Staging)));
    let (url, from) = (own.url(), source.url());
    let run = |arguments: &[&str]| home.run(arguments).done();
    let export = ["m", "export", "-u", &from, "-k", "any", "-a", "my-agent", "-o", "agent.json"];
    let _exported = run(&export);
    let at = ["-u", url.as_str(), "-k", "any"];
    let plan = ["m", "import", "-i", "agent.json", "--dry-run", "--plan-out", "plan.json"];
    let _planned = run(&[plan.as_slice(), &at].concat());
    let taken = run(&[["m", "backups", "create", "-a", "my-agent", "--json"].as_slice(), &at].concat());
    let backup = taken.json()["backup"]["id"].as_str().expect("a backup").to_owned();
    *own.behind.lock().expect("no test panicked meanwhile") = None;
    World { home, backup, own }
}

impl World {
    fn run(&self, key: KeyFrom, by: NamedBy, record: Record, named: &str) -> Run {
        let base: &[&str] = match record {
            Record::Plan => &["m", "import", "--plan", "plan.json", "--yes"],
            Record::BackupId => &["m", "rollback", "--backup", &self.backup, "--dry-run"],
            Record::BackupFile => &["m", "rollback", "--backup", "agent.json", "--dry-run"],
            Record::Configuration => &["m", "import", "-i", "agent.json", "--dry-run"],
        };
        let mut arguments = base.to_vec();
        match by {
            NamedBy::Url => arguments.extend(["-u", named]),
            NamedBy::Environment => arguments.extend(["-e", "Named"]),
            NamedBy::Variable | NamedBy::Nothing => {}
        }
        if key == KeyFrom::Flag {
            arguments.extend(["-k", FLAG_KEY]);
        }
        let mut command = self.home.aidb(&arguments);
        if by == NamedBy::Variable {
            command.env("AIDB_URL", named);
        }
        if key == KeyFrom::Variable {
            command.env("AIDB_API_KEY", VARIABLE_KEY);
        }
        Run::of(&mut command)
    }

    fn profile(&self, url: &str, key: KeyFrom) {
        let _none = self.home.run(&["env", "remove", "Named", "--yes"]);
        let _added = self.home.run(&["env", "add", "Named", "--url", url]).done();
        if key == KeyFrom::Profile {
            let mut set_key = self.home.aidb(&["env", "set-key", "Named"]);
            set_key.write_stdin(STORED_KEY);
            let _stored = Run::of(&mut set_key).done();
        }
    }
}

#[test]
fn s9_a_key_goes_only_to_the_server_that_its_own_source_named() {
    let world = world();
    let own = &world.own;
    let other = Listener::new(None);
    let others = [
        world.own.url(),
        format!("http://127.0.0.1:{}", other.port),
        format!("http://localhost:{}", own.port),
        format!("https://127.0.0.1:{}", own.port),
        format!("{}/other", world.own.url()),
    ];
    let (mut cases, mut delivered) = (0, BTreeSet::new());
    for named in &others {
        for key in [KeyFrom::Flag, KeyFrom::Variable, KeyFrom::Profile] {
            world.profile(named, key);
            for by in [NamedBy::Url, NamedBy::Environment, NamedBy::Variable, NamedBy::Nothing] {
                for record in [Record::Plan, Record::BackupId, Record::BackupFile, Record::Configuration] {
                    let run = world.run(key, by, record, named);
                    cases += 1;
                    // Who may have it: the server that stands beside it on the command line, beside it in a variable, or in
                    // the profile.
                    let allowed = match key {
                        KeyFrom::Flag | KeyFrom::Variable if by == NamedBy::Nothing => None,
                        KeyFrom::Flag if by == NamedBy::Variable => None,
                        _ => Some(named.as_str()),
                    };
                    for arrival in own.taken().into_iter().chain(other.taken()) {
                        let case = format!("{key:?}, {by:?}, {record:?}, {named}");
                        assert_eq!(Some(arrival.server.as_str()), allowed, "{case}: {} arrived\n{run}", arrival.key);
                        delivered.insert(arrival.key);
                    }
                }
            }
        }
    }
    assert_eq!(cases, 5 * 3 * 4 * 4);
    assert_eq!(delivered.len(), 3, "each key did arrive where it may: {delivered:?}");
}

#[test]
fn the_plan_of_one_server_is_refused_at_another_with_both_named() {
    let world = world();
    let other = Listener::new(None);
    let url = format!("http://127.0.0.1:{}", other.port);
    for by in [NamedBy::Variable, NamedBy::Url] {
        let run = world.run(if by == NamedBy::Url { KeyFrom::Flag } else { KeyFrom::Variable }, by, Record::Plan, &url);
        assert_eq!(run.status, Some(64), "{run}");
        assert!(run.stderr.contains(&url) && run.stderr.contains(&world.own.url()), "both are named: {run}");
    }
    assert!(other.taken().is_empty());
}

#[test]
fn an_environment_on_the_command_line_wins_over_a_variable_and_says_so_also_when_quiet() {
    let world = world();
    let (own, other) = (&world.own, Listener::new(None));
    let left_over = format!("http://127.0.0.1:{}", other.port);
    world.profile(&world.own.url(), KeyFrom::Profile);
    let mut command = world.home.aidb(&["m", "import", "-i", "agent.json", "--dry-run", "-e", "Named", "-q"]);
    command.env("AIDB_URL", &left_over).env("AIDB_API_KEY", VARIABLE_KEY);
    let run = Run::of(&mut command);
    let arrived: Vec<Arrival> = own.taken().into_iter().collect();
    assert_eq!(arrived, [Arrival { key: STORED_KEY, server: world.own.url() }], "{run}");
    assert!(other.taken().is_empty(), "nothing goes where the left-over variable leads");
    assert!(run.stderr.contains(&left_over) && run.stderr.contains("was not followed"), "{run}");
    let mut keyless = world.home.aidb(&["env", "remove-key", "Named"]);
    let _removed = Run::of(&mut keyless).done();
    let mut command = world.home.aidb(&["m", "import", "-i", "agent.json", "--dry-run", "-e", "Named"]);
    command.env("AIDB_URL", &left_over).env("AIDB_API_KEY", VARIABLE_KEY);
    let run = Run::of(&mut command);
    assert_eq!(run.status, Some(64), "the key beside the variable is for its server: {run}");
    assert!(run.stderr.contains("AIDB_API_KEY is for the server of AIDB_URL"), "{run}");
    assert!(own.taken().is_empty() && other.taken().is_empty());
}

#[test]
fn a_key_is_read_from_standard_input_as_one_line() {
    let server = sandbox::start(Sample::Staging);
    let home = Home::new();
    let url = server.url();
    let read = |input: &'static str| {
        let mut command = home.aidb(&["test", "-u", &url, "-k", "-"]);
        command.write_stdin(input);
        Run::of(&mut command)
    };
    for input in ["a-key\n", "a-key", "\u{feff}a-key\r\n"] {
        let run = read(input).done();
        assert!(!format!("{run}").contains("a-key"), "{run}");
    }
    for wrong in ["one\ntwo\n", "", "\n"] {
        assert_eq!(read(wrong).status, Some(64), "{wrong:?}");
    }
    let mut twice = home.aidb(&["m", "import", "-i", "-", "-u", &url, "-k", "-"]);
    let run = Run::of(twice.write_stdin("x"));
    assert!(run.status == Some(64) && run.stderr.contains("both read standard input"), "{run}");
}

/// What one way in takes, all ways in take.
#[test]
fn a_line_end_around_a_key_is_no_part_of_it_whichever_way_it_comes() {
    let server = sandbox::start(Sample::Staging);
    let home = Home::new();
    let url = server.url();
    let mut variable = home.aidb(&["test"]);
    let run = Run::of(variable.env("AIDB_URL", &url).env("AIDB_API_KEY", "a-key\n")).done();
    assert!(run.stdout.contains('✓'), "{run}");
    let mut several = home.aidb(&["test"]);
    let run = Run::of(several.env("AIDB_URL", &url).env("AIDB_API_KEY", "a-key\nanother"));
    assert!(run.status == Some(64) && run.stderr.contains("more than one line"), "{run}");
    assert!(!run.stderr.contains("another"), "{run}");
    let _added = home.run(&["env", "add", "Staging", "--url", &url]).done();
    let mut set_key = home.aidb(&["env", "set-key", "Staging"]);
    let run = Run::of(set_key.write_stdin("first\nsecond\n"));
    assert!(run.status == Some(64) && run.stderr.contains("more than one line"), "{run}");
}

#[test]
fn plain_http_beyond_this_machine_is_refused_with_every_way_to_allow_it() {
    let home = Home::new();
    let refused = ["test", "-u", "http://198.51.100.7:4601", "-k", "key"];
    let run = home.run(&refused);
    assert_eq!(run.status, Some(64), "{run}");
    for way in ["--allow-plain-http", "AIDB_ALLOW_PLAIN_HTTP=1", "aidb env update"] {
        assert!(run.stderr.contains(way), "{way}: {run}");
    }
    let allowed = |value: &str| {
        // A host that cannot be: nothing is sent anywhere.
        let mut command = home.aidb(&["test", "-u", "http://nowhere.invalid:1", "-k", "key", "--timeout", "1"]);
        Run::of(command.env("AIDB_ALLOW_PLAIN_HTTP", value)).status != Some(64)
    };
    assert!(allowed("1") && allowed("true"));
    assert!(!allowed("0") && !allowed("false") && !allowed(""));
}

#[test]
fn a_variable_that_is_set_and_empty_is_named_as_that() {
    let home = Home::new();
    let mut command = home.aidb(&["test"]);
    let run = Run::of(command.env("AIDB_URL", ""));
    assert!(run.status == Some(64) && run.stderr.contains("AIDB_URL is set, and empty"), "{run}");
    let mut command = home.aidb(&["m", "export", "-o", "x.json", "-u", "http://127.0.0.1:9", "-k", "k"]);
    let run = Run::of(command.env("AIDB_AGENT_ID", ""));
    assert!(run.status == Some(64) && run.stderr.contains("AIDB_AGENT_ID is set, and empty"), "{run}");
    let mut command = home.aidb(&["m", "export", "-o", "x.json", "-u", "http://127.0.0.1:9", "-a", "a"]);
    let run = Run::of(command.env("AIDB_API_KEY", ""));
    assert!(run.status == Some(64) && run.stderr.contains("AIDB_API_KEY is set, and empty"), "{run}");
}

/// The history says who it was, in a container without variables too, and in CI the person behind the run.
#[test]
fn who_it_was_is_known_without_user_and_in_ci() {
    let server = sandbox::start(Sample::Staging);
    let url = server.url();
    let actor = |variables: &[(&str, &str)]| {
        let home = Home::new();
        let mut command = home.aidb(&["m", "export", "-u", &url, "-k", "k", "-a", "my-agent", "-o", "a.json"]);
        command.env_remove("USER").envs(variables.iter().copied());
        let _exported = Run::of(&mut command).done();
        let history = home.run(&["m", "history", "list", "--json"]).done().json();
        history["history"][0]["account"].as_str().expect("an account").to_owned()
    };
    assert!(!["unknown", ""].contains(&actor(&[]).as_str()), "the account has a name");
    assert_eq!(actor(&[("USER", "mara")]), "mara");
    assert_eq!(actor(&[("USER", "runner"), ("GITHUB_ACTOR", "mara")]), "runner", "no CI");
    assert_eq!(actor(&[("USER", "runner"), ("CI", "true"), ("GITHUB_ACTOR", "mara")]), "mara");
    assert_eq!(actor(&[("CI", "true"), ("GITLAB_USER_LOGIN", "tove")]), "tove");
    assert_eq!(actor(&[("AIDB_USER", "bot"), ("CI", "true"), ("GITHUB_ACTOR", "mara")]), "bot");
}
