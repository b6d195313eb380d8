//! The numbers.

use std::fmt;
use std::time::{Duration, Instant};

use crate::scenario::Stand;

/// What became of the points of one matrix.
#[derive(Debug)]
pub struct Tally {
    name: String,
    begun: Instant,
    took: Duration,
    /// How many were tried.
    pub points: usize,
    /// After so many the target is as before.
    pub put_back: usize,
    /// After so many it is as it was to be.
    pub done: usize,
    /// Of several agents some are as before and some are done.
    pub agent_by_agent: usize,
    /// What went wrong, in words.
    pub lost: Vec<String>,
}

impl Tally {
    /// Nothing tried yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let begun = Instant::now();
        let took = Duration::ZERO;
        Self { name: name.into(), begun, took, points: 0, put_back: 0, done: 0, agent_by_agent: 0, lost: Vec::new() }
    }

    /// Takes one point in.
    pub fn take(&mut self, at: &str, end: Result<Stand, String>) {
        self.points += 1;
        self.took = self.begun.elapsed();
        match end {
            Ok(Stand::Old) => self.put_back += 1,
            Ok(Stand::New) => self.done += 1,
            Ok(Stand::AgentByAgent) => self.agent_by_agent += 1,
            Err(lost) => self.lost.push(format!("{}, {at}: {lost}", self.name)),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, points, put_back, done, agent_by_agent, lost, took, .. } = self;
        write!(f, "{name}: {points} points, {put_back} put back, {done} done, ")?;
        if *agent_by_agent > 0 {
            write!(f, "{agent_by_agent} one agent done and the other put back, ")?;
        }
        write!(f, "{} lost ({} s)", lost.len(), took.as_secs())
    }
}

/// All matrices as the table of docs/QUALITY.md.
#[must_use]
pub fn table(tallies: &[Tally]) -> String {
    let mut table =
        String::from("| | points | put back | done | agent by agent | lost |\n| --- | --- | --- | --- | --- | --- |\n");
    let mut sums = [0; 5];
    for tally in tallies {
        let numbers = [tally.points, tally.put_back, tally.done, tally.agent_by_agent, tally.lost.len()];
        table.push_str(&row(&tally.name, numbers));
        sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
    }
    table.push_str(&row("altogether", sums));
    table
}

fn row(name: &str, numbers: [usize; 5]) -> String {
    let numbers: String = numbers.iter().map(|number| format!(" {number} |")).collect();
    format!("| {name} |{numbers}\n")
}
