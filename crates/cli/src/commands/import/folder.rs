//! A folder of configurations: all of them are valid, or nothing happens.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aidb_core::files::FileError;
use aidb_core::operations::{Error, read_configuration};

use super::ReadFile;
use crate::failure::{CommandError, Failure, InvalidFile};

/// Reads every configuration of a folder, in the order of their names. `environment` is the one they are for, where it was named.
pub(super) fn read_folder(folder: &Path, environment: Option<&str>) -> Result<Vec<ReadFile>, Failure> {
    let paths = configurations(folder).map_err(|source| FileError::Unreadable { path: folder.into(), source })?;
    if paths.is_empty() {
        return Err(Error::EmptyFolder { path: folder.into() }.into());
    }
    let total = paths.len();
    let (mut files, mut invalid) = (Vec::new(), Vec::new());
    for path in paths {
        match read_configuration(&path, "Configuration file") {
            Ok(validated) => files.push(ReadFile { path, validated }),
            Err(error) => invalid.push(InvalidFile { path, error: Box::new(error) }),
        }
    }
    if !invalid.is_empty() {
        return Err(CommandError::InvalidFolder { folder: folder.into(), total, invalid }.into());
    }
    refuse_same_agent_twice(&files, environment)?;
    Ok(files)
}

/// `*.json`, without hidden files and what lies deeper.
fn configurations(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && path.extension().is_some_and(|extension| extension == "json") && !path.is_dir() {
            paths.push(path);
        }
    }
    paths.sort_unstable();
    Ok(paths)
}

/// Which of several files about one agent is meant only a person knows. The environment's name in a file's name is a guess
/// that is good enough for a hint, and for nothing else.
fn refuse_same_agent_twice(files: &[ReadFile], environment: Option<&str>) -> Result<(), CommandError> {
    let mut of_agent: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        of_agent.entry(&file.validated.configuration.agent.agent_id).or_default().push(file.path.clone());
    }
    let agents: Vec<(String, Vec<PathBuf>)> =
        of_agent.into_iter().filter(|(_, files)| files.len() > 1).map(|(agent, files)| (agent.into(), files)).collect();
    let Some((_, files)) = agents.first() else { return Ok(()) };
    let named = |path: &&PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        environment.is_some_and(|environment| name.contains(&environment.to_lowercase()))
    };
    let likely = files.iter().find(named).or(files.first()).cloned().unwrap_or_default();
    Err(CommandError::SameAgentTwice { agents, likely })
}
