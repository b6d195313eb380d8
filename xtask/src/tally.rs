//! Adds up what `cargo test` says, so that the last line of a run is one number.

/// Sum of the test runner's closing lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    /// Tests that did not run.
    pub ignored: u64,
}

impl Tally {
    /// Takes one line of output in. `test result: ok. 12 passed; 0 failed; 1 ignored; …` is cargo's, and
    /// `Tests  2 failed | 12 passed | 1 skipped (15)` the page's; anything else does not count.
    pub fn take(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim_start();
        if let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) {
            counts.split(';').for_each(|count| self.add(count));
        } else if let Some(counts) = line.strip_prefix("Tests  ") {
            counts.split(['|', '(']).for_each(|count| self.add(count));
        }
    }

    fn add(&mut self, count: &str) {
        let mut words = count.split_whitespace();
        let (Some(number), Some(kind)) = (words.next().and_then(|number| number.parse::<u64>().ok()), words.next())
        else {
            return;
        };
        match kind {
            "passed" => self.passed += number,
            "failed" => self.failed += number,
            "ignored" | "skipped" | "todo" => self.ignored += number,
            _ => {}
        }
    }
}

/// The text without what switches a terminal's colours.
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for (index, part) in line.split("\u{1b}[").enumerate() {
        // Each sequence ends with the first letter.
        let rest = if index == 0 { Some(part) } else { part.split_once('m').map(|(_, rest)| rest) };
        plain.push_str(rest.unwrap_or_default());
    }
    plain
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
            "      Tests  1 failed | 5 passed | 2 skipped (8)",
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m10 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (10)\u{1b}[39m",
            " Test Files  4 passed (4)",
            "test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        ] {
            tally.take(line);
        }
        assert_eq!(tally, Tally { passed: 22, failed: 3, ignored: 3 });
    }
}
