//! `cargo xtask test`: everything a change has to pass, in an environment that holds no secret and reaches no network.
//!
//! Only what downloads, the locked dependencies, sees the person's environment. The others get a short
//! list of variables, an empty home, and a cargo that is offline.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;

use anyhow::{Context as _, Result, bail};

use crate::generated::{self, Mode};
use crate::needs::{self, Task};
use crate::page;
use crate::programs::{cargo, npm, repository, shell_line, succeed};
use crate::steps::{Aside, Steps};
use crate::tally::Tally;

/// Variables that come along; those that begin so, and do not look like a secret, too.
const KEPT: &[&str] =
    &["PATH", "TERM", "COLORTERM", "LANG", "TZ", "USER", "LOGNAME", "CI", "CC", "CXX", "AR", "CFLAGS"];
const KEPT_BEGINNINGS: &[&str] = &["LC_", "CARGO_", "RUST", "TMPDIR"];
const SECRET_WORDS: &[&str] = &["TOKEN", "KEY", "SECRET", "PASSW", "CREDENTIAL"];

/// Runs everything.
///
/// # Errors
/// Something is missing and cannot be installed. A step that failed is no error here: it stands in the summary.
pub fn test() -> Result<ExitCode> {
    needs::meet(&[Task::Build, Task::Window, Task::Display, Task::Test, Task::Torture])?;
    needs::meet_components(&[("fmt", "rustfmt"), ("clippy", "clippy")])?;
    page::meet_node()?;
    let home = Home::new()?;
    let mut steps = Steps::default();
    let mut tally = Tally::default();
    steps.step("fetch dependencies", || {
        // For every system: the list of licences names what the application is built from on any of them.
        succeed(cargo().args(["fetch", "--locked"]))?;
        page::fetch()
    });
    steps.step("format", || succeed(home.cargo().args(["fmt", "--all", "--check"])));
    check_page(&home, &mut steps, &mut tally);
    check_programs(&home, &mut steps, &mut tally);
    // After the programs: those whose answers it looks at may have changed.
    steps.step("page in a browser", || run_tests(home.npm(&["run", "test:page"]), &mut tally, || ()));
    close(&steps, tally)
}

/// The page first: it takes a minute, and the window holds it.
fn check_page(home: &Home, steps: &mut Steps, tally: &mut Tally) {
    steps.step("page: types", || succeed(&mut home.npm(&["run", "check"])));
    steps.step("page: lints", || succeed(&mut home.npm(&["run", "lint"])));
    steps.step("page: tests", || run_tests(home.npm(&["run", "test"]), tally, || ()));
    steps.step("page: build", || succeed(&mut home.npm(&["run", "build"])));
    steps.step("page: size", || succeed(&mut home.npm(&["run", "size"])));
}

/// Everything but the window that the bench compares ours with: it is linted, and no test opens it.
const TESTED: &[&str] = &["--workspace", "--exclude", "aidb-empty-window"];

fn check_programs(home: &Home, steps: &mut Steps, tally: &mut Tally) {
    // All of them with their tests, in one call, and never a part by itself: that would come with fewer features of what it is made
    // of, and all of that would be built once more.
    steps.step("build", || succeed(home.cargo().args(["build", "--bins", "--tests"]).args(TESTED)));
    steps.step("generated files", || generated::generate_with(Mode::Check, |command| home.sanitize(command)));
    // The tests wait for windows, servers and clocks half of their time. What only compiles takes what they leave, and no more.
    let mut lints = home.cargo_gently();
    lints.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    let mut documentation = home.cargo_gently();
    // Libraries alone: the comments of the command line are its help, and not written for rustdoc.
    documentation.args(["doc", "--workspace", "--no-deps", "--lib"]).env("RUSTDOCFLAGS", "-D warnings");
    let asides = thread::scope(|scope| {
        let (tests_run, may_begin) = mpsc::channel();
        let asides = scope.spawn(move || {
            // Not before: cargo compiles one thing at a time, and would keep the tests waiting. Where no test ever runs, the other
            // end is gone, and it begins all the same.
            let _ = may_begin.recv();
            [Aside::run("lints", &mut lints), Aside::run("documentation", &mut documentation)]
        });
        steps.step("tests", || {
            let mut tests = home.cargo();
            tests.args(["test", "--no-fail-fast"]).args(TESTED);
            let begin = move || tests_run.send(()).unwrap_or_default();
            run_tests(tests, tally, begin)
        });
        asides.join()
    });
    match asides {
        Ok(asides) => asides.into_iter().for_each(|aside| steps.take(aside)),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// The table, then the line that says it all. A step that failed without a failing test counts as one failure.
fn close(steps: &Steps, tally: Tally) -> Result<ExitCode> {
    steps.print();
    if tally.ignored > 0 {
        println!("  {} tests are marked as ignored and did not run", tally.ignored);
    }
    let failed = tally.failed.max(u64::try_from(steps.failed())?);
    println!("\n{} passed, {failed} failed", tally.passed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs tests, passing their output on and adding it up. `running` is told once that the first of them run.
fn run_tests(mut command: Command, tally: &mut Tally, running: impl FnOnce()) -> Result<()> {
    let before = *tally;
    let mut running = Some(running);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut tests = command.spawn().with_context(|| format!("{} cannot be started", shell_line(&command)))?;
    let output = tests.stdout.take().context("the tests have no output")?;
    let mut terminal = std::io::stdout().lock();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        if line.starts_with(b"running ")
            && let Some(running) = running.take()
        {
            running();
        }
        tally.take(&String::from_utf8_lossy(&line));
        terminal.write_all(&line)?;
        terminal.write_all(b"\n")?;
    }
    let status = tests.wait()?;
    if !status.success() {
        bail!("{} tests failed ({status})", tally.failed - before.failed);
    }
    if tally.passed == before.passed {
        bail!("no test ran");
    }
    Ok(())
}

/// An empty home folder for everything that runs, so that no test can read or change the person's own files.
struct Home {
    folder: PathBuf,
    cargo_home: PathBuf,
    rustup_home: PathBuf,
}

impl Home {
    fn new() -> Result<Self> {
        let real = std::env::home_dir().context("this account has no home folder")?;
        let folder_of =
            |variable: &str, name: &str| std::env::var_os(variable).map_or_else(|| real.join(name), PathBuf::from);
        let folder = std::env::temp_dir().join(format!("aidb-test-home-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Self {
            folder,
            cargo_home: folder_of("CARGO_HOME", ".cargo"),
            rustup_home: folder_of("RUSTUP_HOME", ".rustup"),
        })
    }

    /// A cargo call that knows no secret, no home and no network.
    fn cargo(&self) -> Command {
        self.sanitized(cargo())
    }

    /// Cargo call, in the time that nothing else wants.
    fn cargo_gently(&self) -> Command {
        let cargo = cargo();
        let mut command = Command::new("nice");
        command.args(["-n", "19"]).arg(cargo.get_program()).current_dir(repository());
        self.sanitized(command)
    }

    fn sanitized(&self, mut command: Command) -> Command {
        self.sanitize(&mut command);
        command.env("CARGO_HOME", &self.cargo_home).env("CARGO_NET_OFFLINE", "true");
        if Path::new(&self.rustup_home).is_dir() {
            command.env("RUSTUP_HOME", &self.rustup_home);
        }
        command
    }
}

impl Home {
    /// An npm call that knows as little.
    fn npm(&self, arguments: &[&str]) -> Command {
        let mut command = npm();
        self.sanitize(&mut command);
        command.env("npm_config_offline", "true").env("npm_config_update_notifier", "false").args(arguments);
        command
    }

    fn sanitize(&self, command: &mut Command) {
        command.env_clear().envs(std::env::vars_os().filter(|(name, _)| comes_along(name)));
        command.env("HOME", &self.folder);
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // It lies in the folder for temporary files: where it cannot be removed, the system does it later.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn comes_along(name: &OsString) -> bool {
    let Some(name) = name.to_str() else { return false };
    let made_for_this_task = name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    let listed = KEPT.contains(&name) || KEPT_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning));
    listed && !made_for_this_task && !SECRET_WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_settings_of_the_person_stay_outside() {
        for name in [
            "AIDB_API_KEY",
            "HOME",
            "XDG_DATA_HOME",
            "HTTPS_PROXY",
            "CARGO_REGISTRY_TOKEN",
            "AWS_SECRET",
            "CARGO_PKG_NAME",
        ] {
            assert!(!comes_along(&name.into()), "{name} must not reach a test");
        }
        for name in ["PATH", "CARGO_TARGET_DIR", "RUSTFLAGS", "LC_ALL", "RUSTUP_TOOLCHAIN"] {
            assert!(comes_along(&name.into()), "{name} decides how things are built");
        }
    }

    #[test]
    fn a_failed_step_fails_the_run_even_where_every_test_passed() {
        let mut steps = Steps::default();
        steps.step("lints", || bail!("a warning"));
        let passed = Tally { passed: 3, failed: 0, ignored: 0 };
        assert_eq!(close(&steps, passed).unwrap(), ExitCode::FAILURE);
        assert_eq!(close(&Steps::default(), passed).unwrap(), ExitCode::SUCCESS);
    }
}
