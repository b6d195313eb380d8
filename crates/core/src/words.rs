//! Numbers in sentences.

/// A number with its thing: "1 change", "5 changes", "2 entries".
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    match (count, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_is_one_and_everything_else_is_several() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "change")), ["0 changes", "1 change", "2 changes"]);
        assert_eq!([0, 1, 2].map(|count| counted(count, "entry")), ["0 entries", "1 entry", "2 entries"]);
    }
}
