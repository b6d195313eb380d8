//! Validate: no network, no key.

use std::path::Path;

use super::Error;
use crate::config::{self, Configuration, ValidationReport};
use crate::files;

/// A configuration that can be used, and what it was warned about.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The configuration.
    pub configuration: Configuration,
    /// Warnings only.
    pub report: ValidationReport,
}

/// Reads and validates one configuration file. `what` names it in errors: `Configuration file` or `Backup file`.
///
/// # Errors
/// The file, or [`Error::Invalid`] with every finding.
pub fn read_configuration(path: &Path, what: &'static str) -> Result<Validated, Error> {
    let config::Reading { report, configuration } = config::read(&files::read(path, what)?);
    match configuration {
        Some(configuration) => Ok(Validated { configuration, report }),
        None => Err(Error::Invalid { path: path.into(), report }),
    }
}
