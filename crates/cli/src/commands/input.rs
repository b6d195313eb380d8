//! A configuration that a command reads: from a file, or from standard input where "-" names it.

use std::io::{self, Read as _};
use std::path::Path;

use aidb_core::files::MAX_FILE_BYTES;
use aidb_core::operations::{Validated, read_configuration, validated};
use aidb_core::plan::Selection;

use crate::args::is_dash;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::prompt;

const STANDARD_INPUT: &str = "standard input";

/// Reads a configuration. `what` names it in errors.
pub(super) async fn configuration(
    invocation: &Invocation,
    path: &Path,
    what: &'static str,
) -> Result<Validated, Failure> {
    if !is_dash(path) {
        return Ok(read_configuration(path, what)?);
    }
    let bytes = prompt::interruptible(whole_input, &invocation.cancel).await?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(CommandError::BadValue {
            message: format!("Standard input holds more than {} MiB, the most that is read.", MAX_FILE_BYTES >> 20),
            hint: "Check that this is the right input: a configuration of 100,000 resources has 10 MB.".into(),
        }
        .into());
    }
    Ok(validated(&bytes, Path::new(STANDARD_INPUT))?)
}

/// One byte more than allowed tells "too large" from "just fits".
fn whole_input() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The resources of `--only`; all without it.
pub(super) fn selection(only: &[String]) -> Selection {
    if only.is_empty() { Selection::All } else { Selection::resources(only.iter().map(String::as_str)) }
}
