//! A folder of configurations: all of them are valid, or nothing happens.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aidb_core::files::FileError;
use aidb_core::operations::{Error, read_configuration};

use super::import::Read;
use crate::failure::{CommandError, Failure, InvalidFile};

/// Reads every configuration of a folder, in the order of their names.
pub(super) fn read_folder(folder: &Path) -> Result<Vec<Read>, Failure> {
    let paths = configurations(folder).map_err(|source| FileError::Unreadable { path: folder.into(), source })?;
    if paths.is_empty() {
        return Err(Error::EmptyFolder { path: folder.into() }.into());
    }
    let total = paths.len();
    let (mut files, mut invalid) = (Vec::new(), Vec::new());
    for path in paths {
        match read_configuration(&path, "Configuration file") {
            Ok(validated) => files.push(Read { path, validated }),
            Err(error) => invalid.push(InvalidFile { path, error: Box::new(error) }),
        }
    }
    if !invalid.is_empty() {
        return Err(CommandError::InvalidFolder { folder: folder.into(), total, invalid }.into());
    }
    refuse_same_agent_twice(&files)?;
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

fn refuse_same_agent_twice(files: &[Read]) -> Result<(), CommandError> {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    for file in files {
        let agent = &file.validated.configuration.agent.agent_id;
        if let Some(first) = seen.insert(agent, &file.path) {
            return Err(CommandError::SameAgentTwice {
                first: first.into(),
                second: file.path.clone(),
                agent: agent.clone(),
            });
        }
    }
    Ok(())
}
