//! README.md and docs/GUIDE.md do what they say.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where something is wrong")]

use aidb_test_docs::{DOCUMENTS, blocks, repository, run, settings};

fn holds((document, at_least): (&str, usize)) {
    let text = std::fs::read_to_string(repository().join(document)).unwrap();
    match run(document, &text, &settings().unwrap()) {
        Ok(typed) => assert!(typed >= at_least, "{document} has only {typed} commands left that are tested"),
        Err(wrong) => panic!("{wrong}"),
    }
}

#[test]
fn the_readme_does_what_it_says() {
    holds(DOCUMENTS[0]);
}

#[test]
fn the_guide_does_what_it_says() {
    holds(DOCUMENTS[1]);
}

/// The picture at the top of the README shows nothing that its session does not print.
#[test]
fn the_excerpt_of_the_readme_comes_from_its_session() {
    let text = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let excerpt = text.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let session: Vec<String> =
        blocks(&text).into_iter().flat_map(|block| block.steps).flat_map(|step| step.output).collect();
    let lines: Vec<&str> = excerpt.lines().filter(|line| !line.starts_with("$ ")).collect();
    assert!(lines.len() > 5, "the excerpt is where this test looks for it");
    for line in lines {
        assert!(session.iter().any(|printed| printed == line), "{line:?} is in no output of the session");
    }
}

/// What looks like something to type is typed: a block is either a session, or output to look at.
#[test]
fn no_block_of_commands_goes_untyped() {
    for (document, _) in DOCUMENTS {
        let text = std::fs::read_to_string(repository().join(document)).unwrap();
        let openings = text.lines().filter(|line| line.starts_with("```") && line.len() > 3);
        for opening in openings {
            assert!(matches!(opening, "```console" | "```console background" | "```text"), "{document}: {opening}");
        }
    }
}
