//! Plays the real commands against real servers, and writes down what the page gets: tests of the page run on that.
//!
//! Everything that differs from run to run (ids, times, ports, paths) is replaced, so that a recording only changes when
//! what it recorded does.

mod clock;
mod replace;
mod scenarios;
pub(crate) mod world;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::commands;
use crate::contract::Progress;
use clock::Clock;
use world::World;

/// A scenario while it is being recorded.
pub(crate) struct Recording {
    name: &'static str,
    pub(crate) world: World,
    pub(crate) clock: Clock,
    calls: Vec<Value>,
}

impl Recording {
    /// An empty one.
    pub(crate) fn new(name: &'static str, world: World) -> Self {
        Self { name, world, clock: Clock::nine(), calls: Vec::new() }
    }

    /// Calls a command and writes down what came of it. Answers the answer, or the error.
    pub(crate) async fn play(&mut self, command: &str, request: Value) -> Value {
        let (answer, progress) = self.call(command, request.clone()).await;
        let mut call = json!({ "command": command, "request": request });
        if !progress.is_empty() {
            call["progress"] = Value::Array(progress);
        }
        let (key, value) = match answer {
            Ok(answer) => ("answer", answer),
            Err(error) => ("error", error),
        };
        call[key] = value.clone();
        self.calls.push(call);
        value
    }

    /// Calls a command that has to work, and writes nothing down: what happened before the page was opened.
    pub(crate) async fn before(&mut self, command: &str, request: Value) -> Value {
        let (answer, _) = self.call(command, request.clone()).await;
        answer.unwrap_or_else(|error| panic!("{command} {request}: {error}"))
    }

    /// The same with a command that must not work. Answers the error.
    pub(crate) async fn fails(&mut self, command: &str, request: Value) -> Value {
        let (answer, _) = self.call(command, request.clone()).await;
        answer.expect_err(&format!("{command} {request}"))
    }

    /// Calls a command and writes down what it told until then, and no answer: the page waits for it.
    pub(crate) async fn leave_pending(&mut self, command: &str, request: Value, until: Option<fn(&Progress) -> bool>) {
        let progress = self.begin(command, request.clone(), until).await;
        self.calls.push(json!({ "command": command, "request": request, "progress": progress, "pending": true }));
    }

    /// Calls a command and leaves it running, with nothing written down. Answers what it told until then.
    pub(crate) async fn begin(
        &mut self,
        command: &str,
        request: Value,
        until: Option<fn(&Progress) -> bool>,
    ) -> Vec<Progress> {
        apart().await;
        self.clock.begin();
        let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
        let listen = Arc::new(move |progress| drop(sender.send(progress)));
        let desktop = Arc::clone(&self.world.desktop);
        let running = named(command);
        tokio::spawn(async move { running.run(desktop, request, listen).await });
        let mut progress = Vec::new();
        while let Some(until) = until
            && let Some(event) = told.recv().await
        {
            let last = until(&event);
            progress.push(event);
            if last {
                break;
            }
        }
        progress
    }

    async fn call(&mut self, command: &str, request: Value) -> (Result<Value, Value>, Vec<Value>) {
        apart().await;
        self.clock.begin();
        call(&self.world, command, request).await
    }

    /// Compares with what is committed, or writes it where `AIDB_GENERATE` is set.
    #[expect(clippy::disallowed_methods, reason = "a generator that is run as a test is told so by a variable")]
    pub(crate) fn end(self) {
        let mut scenario = json!({ "name": self.name, "calls": self.calls, "events": [] });
        replace::replace(&mut scenario, &self.world, &self.clock);
        let now = format!("{scenario:#}\n");
        assert!(!now.contains("canary"), "a secret reaches the page in {}", self.name);
        assert!(scenarios::NAMES.contains(&self.name), "{} is not among the names of all scenarios", self.name);
        let path = folder().join(self.name).with_extension("json");
        if std::env::var_os("AIDB_GENERATE").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        if let Some((line, [before, after])) = first_difference(&committed, &now) {
            let path = path.display();
            panic!(
                "{path}:{line} says\n{before}\nand the engine answers\n{after}\nWhere that is right: `cargo xtask gen`"
            );
        }
    }
}

/// Where the recordings lie.
fn folder() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/ui/tests/recorded").into()
}

/// Number of the first line in which two texts differ, and that line of each; empty past the end of the shorter one.
fn first_difference<'t>(one: &'t str, other: &'t str) -> Option<(usize, [&'t str; 2])> {
    let [mut these, mut those] = [one.lines(), other.lines()];
    (1..).map(|line| (line, [these.next(), those.next()])).take_while(|(_, pair)| *pair != [None, None]).find_map(
        |(line, [this, that])| (this != that).then(|| (line, [this.unwrap_or_default(), that.unwrap_or_default()])),
    )
}

/// What no scenario writes was written by hand, and says nothing about the engine. `empty` is the page without one.
#[test]
fn every_recording_is_recorded() {
    let files = std::fs::read_dir(folder()).unwrap();
    let mut found: Vec<String> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let mut written: Vec<&str> = scenarios::NAMES.iter().copied().chain(["empty"]).collect();
    found.sort();
    written.sort_unstable();
    assert_eq!(found, written);
}

/// Times are told in milliseconds, and two things that happened one after the other must not share one.
async fn apart() {
    tokio::time::sleep(std::time::Duration::from_millis(3)).await;
}

fn named(command: &str) -> crate::invoke::Command {
    commands::all().into_iter().find(|one| one.name == command).expect("a command of that name")
}

/// One call, with the progress that does not depend on how fast this machine is: where each stage begins.
pub(crate) async fn call(world: &World, command: &str, request: Value) -> (Result<Value, Value>, Vec<Value>) {
    let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let into = Arc::clone(&told);
    let listen = Arc::new(move |progress| into.lock().unwrap().push(progress));
    let answer = named(command).run(Arc::clone(&world.desktop), request, listen).await;
    let told = told.lock().unwrap();
    let begins = told.iter().filter(|progress| progress.done == 0 && progress.retry.is_none());
    let progress = begins.map(|progress| serde_json::to_value(progress).unwrap()).collect();
    (answer.map_err(|error| serde_json::to_value(error).unwrap()), progress)
}
