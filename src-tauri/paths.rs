//! Paths as people type them.

use std::path::{Component, Path, PathBuf};

use aidb_core::files::Overwrite;

use crate::error::WindowError;

/// The whole path that was typed, dropped or picked. `~` stands for the person's folder. Relative paths are refused: a window
/// has no folder that they could begin in.
pub(crate) fn typed(text: &str, home: Option<&Path>) -> Result<PathBuf, WindowError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(WindowError::NoPath);
    }
    let path = PathBuf::from(text);
    if text.starts_with('~') {
        return match (path.strip_prefix("~"), home) {
            (Ok(rest), Some(home)) => Ok(home.join(rest)),
            _ => Err(WindowError::NoHome { path }),
        };
    }
    if path.is_absolute() { Ok(path) } else { Err(WindowError::RelativePath { path }) }
}

/// Refuses what is there and is neither file nor folder: opening a pipe that nobody writes to waits for ever.
pub(crate) fn ordinary(path: PathBuf) -> Result<PathBuf, WindowError> {
    match path.metadata() {
        Ok(found) if !found.is_file() && !found.is_dir() => Err(WindowError::SpecialFile { path }),
        _ => Ok(path),
    }
}

/// Anything where a dialog has asked about that; a path that was typed is for a new file.
pub(crate) fn overwriting(asked: bool) -> Overwrite {
    if asked { Overwrite::Anything } else { Overwrite::Nothing }
}

/// A name that is offered for a new file: its last part, without what no system takes in a name.
pub(crate) fn file_name(suggested: &str) -> String {
    let refused = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let name: String = suggested.chars().map(|c| if refused(c) { '_' } else { c }).take(120).collect();
    let usable = Path::new(&name).components().all(|part| matches!(part, Component::Normal(_)));
    let name = name.trim().trim_start_matches('.');
    if usable && !name.is_empty() { name.to_owned() } else { "aidb".to_owned() }
}

#[cfg(test)]
mod tests {
    use aidb_core::error::{ErrorCode, Explain};

    use super::*;

    #[test]
    fn a_path_is_whole_or_refused_with_a_hint() {
        let home = Path::new("/home/mara");
        assert_eq!(typed(" /tmp/a b.json ", Some(home)).unwrap(), Path::new("/tmp/a b.json"));
        assert_eq!(typed("~/agents/a.json", Some(home)).unwrap(), Path::new("/home/mara/agents/a.json"));
        assert_eq!(typed("~", Some(home)).unwrap(), home);
        for (text, home) in
            [("", Some(home)), ("agent.json", Some(home)), ("../a", Some(home)), ("~root/a", Some(home)), ("~/a", None)]
        {
            let refused = typed(text, home).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::Usage, "{text}");
            assert!(refused.hint().is_some(), "{text}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_is_neither_file_nor_folder_is_refused() {
        let socket = std::env::temp_dir().join(format!("aidb-{}.socket", std::process::id()));
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for special in [socket.as_path(), Path::new("/dev/null")] {
            let refused = ordinary(special.into()).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::Usage, "{}", special.display());
        }
        std::fs::remove_file(&socket).unwrap();
        for usual in [std::env::temp_dir(), socket] {
            assert_eq!(ordinary(usual.clone()).unwrap(), usual);
        }
    }

    #[test]
    fn an_offered_name_is_a_name() {
        assert_eq!(file_name("my-agent.json"), "my-agent.json");
        assert_eq!(file_name("../../etc/passwd"), "_.._etc_passwd");
        for nothing in ["", ".", "..", "   "] {
            assert_eq!(file_name(nothing), "aidb", "{nothing:?}");
        }
        assert!(!file_name("a\u{0}b/c").contains(['\u{0}', '/']));
    }
}
