//! Compares an output with what a document says of it.

/// `None` where `actual` is what is expected; otherwise both, side by side, with the first line that differs marked.
#[must_use]
pub fn difference(expected: &[String], actual: &str) -> Option<String> {
    let actual: Vec<&str> = actual.lines().map(str::trim_end).collect();
    let actual = without_blank_end(&actual);
    let lines: Vec<&str> = expected.iter().map(String::as_str).collect();
    let expected = without_blank_end(&lines);
    if matches(expected, actual) {
        return None;
    }
    let same = common_beginning(expected, actual);
    let mut text = String::new();
    for (sign, lines) in [("document", expected), ("real", actual)] {
        text.push_str(&format!("  {sign}:\n"));
        for (index, line) in lines.iter().enumerate() {
            let mark = if index == same { "→" } else { " " };
            text.push_str(&format!("  {mark} {line}\n"));
        }
    }
    Some(text)
}

fn without_blank_end<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    &lines[..end]
}

fn matches(expected: &[&str], actual: &[&str]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((&"...", rest)) => (0..=actual.len()).any(|skipped| matches(rest, &actual[skipped..])),
        Some((line, rest)) => {
            actual.split_first().is_some_and(|(one, more)| line_matches(line, one) && matches(rest, more))
        }
    }
}

fn common_beginning(expected: &[&str], actual: &[&str]) -> usize {
    expected.iter().zip(actual).take_while(|(line, one)| **line != "..." && line_matches(line, one)).count()
}

/// The pieces between `[..]` occur in order; the first begins the line and the last ends it.
fn line_matches(expected: &str, actual: &str) -> bool {
    let pieces: Vec<&str> = expected.split("[..]").collect();
    let [first, middle @ .., last] = pieces.as_slice() else { return expected == actual };
    let Some(mut rest) = actual.strip_prefix(first) else { return false };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(expected: &str, actual: &str) -> bool {
        let lines: Vec<String> = expected.lines().map(str::to_owned).collect();
        difference(&lines, actual).is_none()
    }

    #[test]
    fn wildcards_stand_for_what_they_say_and_no_more() {
        assert!(same("a\nb", "a  \nb\n\n"));
        assert!(!same("a\nb", "a"));
        assert!(!same("a", "a\nb"));
        assert!(same("a\n...\nz", "a\nb\nc\nz"));
        assert!(same("a\n...", "a"));
        assert!(!same("a\n...\nz", "a\nb"));
        assert!(same("took [..] s, id bk-[..]", "took 1.2 s, id bk-77"));
        assert!(!same("took [..] s", "took 1.2 ms"));
        assert!(!same("x[..]x", "x"));
        assert!(!same("", "something"));
    }

    #[test]
    fn a_difference_shows_both_sides() {
        let text = difference(&["✓ done".to_owned(), "2 changes".to_owned()], "✓ done\n3 changes\n").unwrap();
        assert!(text.contains("→ 2 changes") && text.contains("→ 3 changes"), "{text}");
    }
}
