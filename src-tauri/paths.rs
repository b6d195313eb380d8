//! Paths that a person named, and where the page never gets to: neither by reading nor by writing.

use std::fs;
use std::path::{Component, Path, PathBuf};

use aidb_core::config::is_treacherous;

use crate::contract::FilePurpose;
use crate::error::WindowError;

/// Folders in which the system tells of its processes and devices.
#[cfg(unix)]
const OF_THE_SYSTEM: [&str; 2] = ["/proc", "/sys"];

/// The whole path that was typed. `~` stands for the person's folder. Relative paths are refused: a window has no folder that
/// they could begin in.
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

/// Refuses what no file of a person is: a pipe, which may be waited at for ever, a device, what the system tells of itself,
/// and whatever lies in the data folder, by which name ever.
pub(crate) fn ordinary(path: &Path, data: &Path) -> Result<(), WindowError> {
    let special = || WindowError::SpecialFile { path: path.into() };
    let real = real(path);
    #[cfg(unix)]
    if OF_THE_SYSTEM.iter().any(|folder| real.starts_with(folder)) {
        return Err(special());
    }
    if within(&real, data) {
        return Err(WindowError::DataFolder { path: path.into() });
    }
    match path.metadata() {
        Ok(found) if !found.is_file() && !found.is_dir() => Err(special()),
        _ => Ok(()),
    }
}

/// Refuses what a new file is not called. One that is there already is judged by what it is really called.
pub(crate) fn destination(path: &Path, purpose: FilePurpose, data: &Path) -> Result<(), WindowError> {
    ordinary(path, data)?;
    for path in [path, &real(path)] {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') {
            return Err(WindowError::HiddenName { path: path.into() });
        }
        if !ends_as(path, purpose) {
            return Err(WindowError::OtherEnding { path: path.into(), ending: ending(purpose) });
        }
    }
    Ok(())
}

/// The path with the ending of what is written there.
pub(crate) fn with_ending(path: PathBuf, purpose: FilePurpose) -> PathBuf {
    if ends_as(&path, purpose) {
        return path;
    }
    let mut path = path.into_os_string();
    path.push(".");
    path.push(ending(purpose));
    path.into()
}

fn ends_as(path: &Path, purpose: FilePurpose) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case(ending(purpose)))
}

fn ending(purpose: FilePurpose) -> &'static str {
    match purpose {
        FilePurpose::Configuration | FilePurpose::Backup | FilePurpose::HistoryJson | FilePurpose::SupportBundle => {
            "json"
        }
        FilePurpose::CaFile => "pem",
        FilePurpose::PlanPage => "html",
        FilePurpose::HistoryCsv => "csv",
    }
}

/// Number of links that are followed that lead to nothing yet: as many as systems follow.
const MOST_LINKS: usize = 40;

/// Where a path leads to in the end. Of a file that is not there yet, its folder is followed.
fn real(path: &Path) -> PathBuf {
    followed(path, MOST_LINKS)
}

fn followed(path: &Path, links: usize) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    // What is written through a link that leads to nothing yet is written where it leads.
    if links > 0
        && let Ok(target) = path.read_link()
    {
        return followed(&path.parent().unwrap_or(path).join(target), links - 1);
    }
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        // Nothing is there, and neither is its folder: it can be neither read nor written.
        _ => plain(path),
    }
}

/// Without `.` and `..`, as far as that can be said of what is not there.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// Whether a real path is that folder, or anything below it: also one that is mounted elsewhere, and another name of one of
/// its files.
fn within(real: &Path, folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    real.ancestors().any(|above| above == folder || same(above, &folder)) || linked(real, &folder)
}

#[cfg(unix)]
fn same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |path: &Path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    identity(one).is_some_and(|one| identity(other) == Some(one))
}

#[cfg(not(unix))]
fn same(_: &Path, _: &Path) -> bool {
    false
}

/// Whether a file is one in that folder under another name.
#[cfg(unix)]
fn linked(file: &Path, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    if !fs::metadata(file).is_ok_and(|found| found.is_file() && found.nlink() > 1) {
        return false;
    }
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        // What this account cannot list, it cannot have linked either.
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() && same(&entry.path(), file) => return true,
                _ => {}
            }
        }
    }
    false
}

#[cfg(not(unix))]
fn linked(_: &Path, _: &Path) -> bool {
    false
}

/// A name that is offered for a new file: its last part, without what no system takes in a name.
pub(crate) fn file_name(suggested: &str) -> String {
    let refused = |c: char| is_treacherous(c) || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let name: String = suggested.chars().map(|c| if refused(c) { '_' } else { c }).take(120).collect();
    let usable = Path::new(&name).components().all(|part| matches!(part, Component::Normal(_)));
    let name = name.trim().trim_start_matches(['.', '-']);
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
        let data = Path::new("/nowhere/aidb");
        let socket = std::env::temp_dir().join(format!("aidb-{}.socket", std::process::id()));
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for special in [socket.as_path(), Path::new("/dev/null"), Path::new("/proc/self/environ")] {
            let refused = ordinary(special, data).unwrap_err();
            assert_eq!(refused.code(), ErrorCode::Usage, "{}", special.display());
        }
        std::fs::remove_file(&socket).unwrap();
        for usual in [std::env::temp_dir(), socket] {
            ordinary(&usual, data).unwrap();
        }
    }

    #[test]
    #[cfg(unix)]
    fn the_data_folder_is_found_behind_every_name() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let data = at("real/data");
        std::fs::create_dir_all(data.join("keys")).unwrap();
        std::fs::write(data.join("keys/one"), "a key").unwrap();
        std::os::unix::fs::symlink(&data, at("link")).unwrap();
        std::os::unix::fs::symlink(data.join("keys/one"), at("file.json")).unwrap();
        std::fs::hard_link(data.join("keys/one"), at("hard.json")).unwrap();
        std::os::unix::fs::symlink(data.join("none.json"), at("nothing-yet.json")).unwrap();
        let open = std::fs::File::open(data.join("keys/one")).unwrap();
        let descriptor = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&open));
        let root = PathBuf::from("/proc/self/root").join(data.join("new.json").strip_prefix("/").unwrap());
        for named in [
            data.clone(),
            data.join("new.json"),
            at("link/new.json"),
            at("link/keys/one"),
            at("file.json"),
            at("hard.json"),
            at("nothing-yet.json"),
            at("real/other/../data/new.json"),
            at("real/./data//keys/../keys/one"),
            descriptor.into(),
            root,
        ] {
            for folder in [&data, &at("link")] {
                let refused = ordinary(&named, folder).unwrap_err();
                assert!(matches!(refused, WindowError::DataFolder { .. }), "{}: {refused}", named.display());
            }
        }
        for elsewhere in ["real/data-of-others.json", "real", "new.json"] {
            ordinary(&at(elsewhere), &data).unwrap();
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_new_file_is_called_what_it_is() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        std::fs::write(at(".profile"), "").unwrap();
        std::os::unix::fs::symlink(at(".profile"), at("plan.html")).unwrap();
        let data = at("data");
        for (name, purpose) in [
            (".bashrc", FilePurpose::HistoryCsv),
            (".a.csv", FilePurpose::HistoryCsv),
            ("authorized_keys", FilePurpose::Configuration),
            ("page.html.sh", FilePurpose::PlanPage),
            ("plan.html", FilePurpose::PlanPage),
            ("data/a.csv", FilePurpose::HistoryCsv),
        ] {
            assert_eq!(destination(&at(name), purpose, &data).unwrap_err().code(), ErrorCode::Usage, "{name}");
        }
        for (name, called, purpose) in [
            ("history", "history.csv", FilePurpose::HistoryCsv),
            ("history.CSV", "history.CSV", FilePurpose::HistoryCsv),
            ("config", "config.json", FilePurpose::Configuration),
            ("run.sh", "run.sh.html", FilePurpose::PlanPage),
        ] {
            let path = with_ending(at(name), purpose);
            assert_eq!(path, at(called));
            destination(&path, purpose, &data).unwrap();
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
