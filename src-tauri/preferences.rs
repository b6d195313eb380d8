//! What the window remembers from start to start besides the engine's store: one small file. It holds nothing that cannot be
//! done without, so one that cannot be read is set aside and said, and never keeps the window from opening.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aidb_core::files;
use aidb_core::operations::Look;
use serde::{Deserialize, Serialize};

use crate::contract::{ContactView, Draft, ErrorReport, Settings, Theme, Trouble};
use crate::error::WindowError;

/// The file's name within the data folder.
const FILE: &str = "window.json";
/// Size limit of a draft, in bytes of JSON.
const LARGEST_DRAFT: usize = 256 * 1024;
/// Number of requests at once where nobody said otherwise.
const PARALLEL_REQUESTS: u16 = 10;

/// Everything that is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Memory {
    pub(crate) settings: Settings,
    pub(crate) draft: Option<Draft>,
    /// The last contact with each environment, by its id.
    pub(crate) contacts: BTreeMap<String, ContactView>,
    /// The last look at the agents of each environment, by its id.
    pub(crate) looks: BTreeMap<String, Look>,
    /// The environments of the sandbox, in stage order.
    pub(crate) samples: Vec<SampleEnvironment>,
}

impl Default for Memory {
    fn default() -> Self {
        let settings = Settings { theme: Theme::System, parallel_requests: PARALLEL_REQUESTS, zoom: 100 };
        Self { settings, draft: None, contacts: BTreeMap::new(), looks: BTreeMap::new(), samples: Vec::new() }
    }
}

/// An environment that belongs to the sandbox, told by its id: a person may give its name to one of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SampleEnvironment {
    pub(crate) id: String,
    pub(crate) stage: String,
    /// URL that it was given. One that leads elsewhere now has become the person's own.
    pub(crate) url: String,
}

/// The file, and what stands in it.
pub(crate) struct Preferences {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    memory: Memory,
    trouble: Option<Trouble>,
    /// A file that can neither be read nor set aside is not written over.
    blocked: Option<String>,
}

impl Preferences {
    /// Reads what is remembered in `folder`.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let state = read(&path);
        Self { path, state: Mutex::new(state) }
    }

    pub(crate) fn get(&self) -> Memory {
        self.state().memory.clone()
    }

    /// A part of it, where all of it is more than is asked for: the looks may hold thousands of agents.
    pub(crate) fn read<T>(&self, part: impl FnOnce(&Memory) -> T) -> T {
        part(&self.state().memory)
    }

    /// Trouble of reading it.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.state().trouble.clone()
    }

    /// Changes it, on disk first: what could not be kept is not shown as kept.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Memory) -> T) -> Result<T, ErrorReport> {
        let mut state = self.state();
        let mut memory = state.memory.clone();
        let answer = change(&mut memory);
        if memory == state.memory {
            return Ok(answer);
        }
        if let Some(reason) = &state.blocked {
            return Err(WindowError::Blocked { reason: reason.clone() }.into());
        }
        let draft = serde_json::to_string(&memory.draft).map_err(|error| blocked(&error))?;
        if draft.len() > LARGEST_DRAFT {
            return Err(WindowError::DraftTooLarge.into());
        }
        let text = serde_json::to_string_pretty(&memory).map_err(|error| blocked(&error))?;
        files::write_private(&self.path, &text)?;
        state.memory = memory;
        Ok(answer)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn blocked(error: &serde_json::Error) -> ErrorReport {
    WindowError::Blocked { reason: error.to_string() }.into()
}

fn read(path: &Path) -> State {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return State::fresh(None, None),
        Err(error) => return State::blocked(error.to_string()),
    };
    match serde_json::from_slice(&text) {
        Ok(memory) => State { memory, trouble: None, blocked: None },
        Err(error) => set_aside(path, error.to_string()),
    }
}

/// Out of the way under a name that nothing has.
fn set_aside(path: &Path, reason: String) -> State {
    let free =
        (1..1000).map(|number| path.with_extension(format!("unreadable-{number}.json"))).find(|aside| !aside.exists());
    let Some(aside) = free else { return State::blocked(reason) };
    match std::fs::rename(path, &aside) {
        Ok(()) => State::fresh(Some(WindowError::Unreadable { aside, reason }), None),
        Err(error) => State::blocked(format!("{reason}; {error}")),
    }
}

impl State {
    fn fresh(trouble: Option<WindowError>, blocked: Option<String>) -> Self {
        let trouble = trouble.map(|error| Trouble { subject: "This window".into(), error: error.into() });
        Self { memory: Memory::default(), trouble, blocked }
    }

    fn blocked(reason: String) -> Self {
        Self::fresh(Some(WindowError::Blocked { reason: reason.clone() }), Some(reason))
    }
}

#[cfg(test)]
mod tests {
    use aidb_core::error::ErrorCode;

    use super::*;

    #[test]
    fn what_was_kept_is_there_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let first = Preferences::in_folder(&folder.path().join("data"));
        assert!(first.trouble().is_none());
        first.change(|memory| memory.settings.theme = Theme::Dark).unwrap();
        let second = Preferences::in_folder(&folder.path().join("data"));
        assert_eq!(
            second.get().settings,
            Settings { theme: Theme::Dark, parallel_requests: PARALLEL_REQUESTS, zoom: 100 }
        );
    }

    #[test]
    fn what_an_earlier_window_kept_is_read_without_what_it_did_not_know() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"settings":{"theme":"dark","parallel_requests":4},"draft":null,"contacts":{},"samples":[]}"#;
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let preferences = Preferences::in_folder(folder.path());
        assert!(preferences.trouble().is_none());
        assert_eq!(preferences.get().settings, Settings { theme: Theme::Dark, parallel_requests: 4, zoom: 100 });
    }

    #[test]
    fn a_broken_file_is_set_aside_and_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        for number in 1..=2 {
            std::fs::write(&path, "{ half").unwrap();
            let preferences = Preferences::in_folder(folder.path());
            assert_eq!(preferences.get(), Memory::default());
            assert_eq!(preferences.trouble().unwrap().error.code, ErrorCode::FileUnreadable);
            let aside = folder.path().join(format!("window.unreadable-{number}.json"));
            assert_eq!(std::fs::read_to_string(aside).unwrap(), "{ half");
        }
    }

    #[test]
    fn what_cannot_be_read_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(FILE)).unwrap();
        let preferences = Preferences::in_folder(folder.path());
        assert!(preferences.trouble().is_some());
        let refused = preferences.change(|memory| memory.settings.theme = Theme::Dark).unwrap_err();
        assert_eq!(refused.code, ErrorCode::FileUnreadable);
        assert_eq!(preferences.get().settings.theme, Theme::System, "what is not kept is not shown as kept");
    }
}
