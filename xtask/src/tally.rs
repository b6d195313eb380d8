//! Adds up what `cargo test` says, so that the last line of a run is one number.

/// What the test runner's closing lines add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that did not run.
    pub ignored: u64,
}

impl Tally {
    /// Takes one line of output in: `test result: ok. 12 passed; 0 failed; 1 ignored; …` counts, anything else does not.
    pub fn take(&mut self, line: &str) {
        let Some((_, counts)) = line.trim_start().strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split(';') {
            let mut words = count.split_whitespace();
            let (Some(number), Some(kind)) = (words.next().and_then(|number| number.parse::<u64>().ok()), words.next())
            else {
                continue;
            };
            match kind {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_closing_lines_count() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test some::test ... ok",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s",
            "a line that says 9 passed; 9 failed",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        ] {
            tally.take(line);
        }
        assert_eq!(tally, Tally { passed: 7, failed: 2, ignored: 1 });
    }
}
