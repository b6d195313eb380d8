//! Types the documents and writes the outputs anew that have changed: part of `cargo xtask gen`.

use std::error::Error;
use std::io::Write as _;

use aidb_test_docs::{DOCUMENTS, repository, rewritten, settings, type_document};

fn main() -> Result<(), Box<dyn Error>> {
    let settings = settings()?;
    for (document, _) in DOCUMENTS {
        let path = repository().join(document);
        let text = std::fs::read_to_string(&path)?;
        let typed = type_document(&text, &settings)?;
        let new = rewritten(&text, &typed, &settings)?;
        let verdict = if new == text { "is up to date" } else { "written: read what changed" };
        if new != text {
            std::fs::write(&path, new)?;
        }
        writeln!(std::io::stdout(), "{document} {verdict}")?;
        for mismatch in typed.mismatches.iter().filter(|mismatch| mismatch.real.is_none()) {
            writeln!(std::io::stdout(), "line {}: {}", mismatch.step.line, mismatch.difference)?;
        }
    }
    Ok(())
}
