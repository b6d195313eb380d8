//! Steps with a name and a time, and the table at the end.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::programs::shell_line;

/// The steps of one run.
#[derive(Debug)]
pub struct Steps {
    began: Instant,
    ended: Vec<Ended>,
}

/// A step that ran while others did, and what it printed.
#[derive(Debug)]
pub struct Aside {
    ended: Ended,
    printed: String,
}

#[derive(Debug)]
struct Ended {
    name: String,
    took: Duration,
    failure: Option<String>,
}

impl Aside {
    /// Runs a command to its end, printing nothing.
    pub fn run(name: &str, command: &mut Command) -> Self {
        let began = Instant::now();
        let output = command.stdin(Stdio::null()).output();
        let output = output.with_context(|| format!("{} cannot be started", shell_line(command)));
        let (printed, failure) = match output {
            Ok(output) => {
                let printed = [output.stdout, output.stderr].map(|part| String::from_utf8_lossy(&part).into_owned());
                let failure = || format!("{} failed ({})", shell_line(command), output.status);
                (printed.concat(), (!output.status.success()).then(failure))
            }
            Err(error) => (String::new(), Some(format!("{error:#}"))),
        };
        Self { ended: Ended { name: name.to_owned(), took: began.elapsed(), failure }, printed }
    }
}

impl Default for Steps {
    fn default() -> Self {
        Self { began: Instant::now(), ended: Vec::new() }
    }
}

impl Steps {
    /// Runs one step. A step that fails is told and remembered, and the next ones still run: one run shows everything
    /// that is wrong.
    pub fn step(&mut self, name: &str, run: impl FnOnce() -> Result<()>) {
        println!("\n── {name} ──");
        let started = Instant::now();
        let failure = run().err().map(|error| format!("{error:#}"));
        self.end(Ended { name: name.to_owned(), took: started.elapsed(), failure });
    }

    /// Tells what a step printed that ran while others did, and remembers how it ended.
    pub fn take(&mut self, aside: Aside) {
        println!("\n── {} ──\n{}", aside.ended.name, aside.printed.trim_end());
        self.end(aside.ended);
    }

    fn end(&mut self, ended: Ended) {
        if let Some(failure) = &ended.failure {
            println!("failed: {failure}");
        }
        self.ended.push(ended);
    }

    /// Number of steps that failed.
    pub fn failed(&self) -> usize {
        self.ended.iter().filter(|step| step.failure.is_some()).count()
    }

    /// One line for each step.
    pub fn print(&self) {
        println!("\n── summary ──");
        for step in &self.ended {
            let (mark, reason) = match &step.failure {
                None => ("✓", ""),
                Some(failure) => ("✗", failure.lines().next().unwrap_or_default()),
            };
            println!("{mark} {:32} {:>9}  {reason}", step.name, duration_text(step.took));
        }
        println!("  {:32} {:>9}", "altogether", duration_text(self.began.elapsed()));
    }
}

fn duration_text(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 {
        format!("{:.1} s", took.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_remembered_and_the_next_one_runs() {
        let mut steps = Steps::default();
        let mut ran = false;
        steps.step("first", || anyhow::bail!("it broke"));
        steps.step("second", || {
            ran = true;
            Ok(())
        });
        assert!(ran);
        assert_eq!(steps.failed(), 1);
    }

    #[test]
    fn a_step_beside_others_is_remembered_with_what_it_printed() {
        let mut shell = Command::new("sh");
        let aside = Aside::run("lints", shell.args(["-c", "echo a warning >&2; exit 3"]));
        assert_eq!(aside.printed, "a warning\n");
        let missing = Aside::run("documentation", &mut Command::new("no-such-program"));
        let mut steps = Steps::default();
        steps.take(aside);
        steps.take(missing);
        steps.take(Aside::run("another", &mut Command::new("true")));
        assert_eq!(steps.failed(), 2);
    }

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(duration_text(Duration::from_millis(1_540)), "1.5 s");
        assert_eq!(duration_text(Duration::from_secs(125)), "2 min 05 s");
    }
}
