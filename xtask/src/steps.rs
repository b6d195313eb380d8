//! Steps with a name and a time, and the table at the end.

use std::time::{Duration, Instant};

use anyhow::Result;

/// The steps of one run.
#[derive(Debug, Default)]
pub struct Steps {
    ended: Vec<Ended>,
}

#[derive(Debug)]
struct Ended {
    name: String,
    took: Duration,
    failure: Option<String>,
}

impl Steps {
    /// Runs one step. A step that fails is told and remembered, and the next ones still run: one run shows everything
    /// that is wrong.
    pub fn step(&mut self, name: &str, run: impl FnOnce() -> Result<()>) {
        println!("\n── {name} ──");
        let started = Instant::now();
        let failure = run().err().map(|error| format!("{error:#}"));
        if let Some(failure) = &failure {
            println!("failed: {failure}");
        }
        self.ended.push(Ended { name: name.to_owned(), took: started.elapsed(), failure });
    }

    /// How many steps failed.
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
            println!("{mark} {:32} {:>9}  {reason}", step.name, in_words(step.took));
        }
        let whole = self.ended.iter().map(|step| step.took).sum();
        println!("  {:32} {:>9}", "altogether", in_words(whole));
    }
}

fn in_words(took: Duration) -> String {
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
    fn times_read_as_people_say_them() {
        assert_eq!(in_words(Duration::from_millis(1_540)), "1.5 s");
        assert_eq!(in_words(Duration::from_secs(125)), "2 min 05 s");
    }
}
