//! The files that a person chose: in a dialog, by dropping one on the window, on the command line, or by typing a path. The
//! page names them by tickets, which are made here and nowhere else.
//!
//! A ticket is for one use: a configuration to be read (checked, looked at, planned with, compared) as long as it is held; a
//! place to be written, once. What it leads to is judged again each time.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aidb_core::files::Overwrite;

use crate::contract;
use crate::contract::{FilePurpose, FileTicket};
use crate::error::WindowError;
use crate::paths;

/// Number held at once; the oldest goes first.
const MOST_HELD: usize = 64;

/// Use of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// To be read, as what.
    Read(Reading),
    /// To be written once, as what, over what.
    Write(FilePurpose, Overwrite),
}

/// Kind of file that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A configuration, also in the place of a backup.
    Configuration,
    CaFile,
}

/// A file that a person chose.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    /// Ticket for the page.
    pub(crate) ticket: FileTicket,
    pub(crate) path: PathBuf,
    used: Use,
}

/// A place where a person wants something written.
#[derive(Debug)]
pub(crate) struct Destination {
    pub(crate) path: PathBuf,
    pub(crate) purpose: FilePurpose,
    pub(crate) overwrite: Overwrite,
}

pub(crate) struct ChosenFiles {
    /// aidb's own folder, where nothing is chosen.
    data: PathBuf,
    session: Mutex<VecDeque<Chosen>>,
}

impl ChosenFiles {
    pub(crate) fn beside(data: &Path) -> Self {
        Self { data: data.to_owned(), session: Mutex::default() }
    }

    /// Refuses what is no file of a person.
    pub(crate) fn ordinary(&self, path: &Path) -> Result<(), WindowError> {
        paths::ordinary(path, &self.data)
    }

    /// Refuses a place where that cannot be written.
    pub(crate) fn destination(&self, path: &Path, purpose: FilePurpose) -> Result<(), WindowError> {
        paths::destination(path, purpose, &self.data)
    }

    /// Holds a file that a person chose. One that is to be read, and is held already, keeps its ticket.
    pub(crate) fn grant(&self, path: PathBuf, used: Use) -> Result<Chosen, WindowError> {
        let mut session = self.locked();
        if let (Use::Read(_), Some(known)) = (used, session.iter().find(|one| one.path == path && one.used == used)) {
            return Ok(known.clone());
        }
        if session.len() == MOST_HELD {
            session.pop_front();
        }
        let chosen = Chosen { ticket: ticket()?, path, used };
        session.push_back(chosen.clone());
        Ok(chosen)
    }

    /// The file to be read as that which this path names, where a person has chosen it already.
    pub(crate) fn known(&self, path: &Path, reading: Reading) -> Option<Chosen> {
        let used = Use::Read(reading);
        self.locked().iter().find(|one| one.path == path && one.used == used).cloned()
    }

    /// The file of a ticket, to be read as that.
    pub(crate) fn to_read(&self, ticket: &FileTicket, reading: Reading) -> Result<Chosen, WindowError> {
        let used = Use::Read(reading);
        let found = self.locked().iter().find(|one| one.ticket == *ticket && one.used == used).cloned();
        let chosen = found.ok_or(WindowError::NotChosen)?;
        self.ordinary(&chosen.path)?;
        Ok(chosen)
    }

    /// The place of a ticket, for one of these purposes. The ticket is used up by that, whatever comes of it.
    pub(crate) fn to_write(&self, ticket: &FileTicket, purposes: &[FilePurpose]) -> Result<Destination, WindowError> {
        let destination = {
            let mut session = self.locked();
            let fits = |one: &Chosen| matches!(one.used, Use::Write(purpose, _) if purposes.contains(&purpose));
            let found = session.iter().position(|one| one.ticket == *ticket && fits(one));
            let taken = found.and_then(|index| session.remove(index)).ok_or(WindowError::NotChosen)?;
            match taken.used {
                Use::Write(purpose, overwrite) => Destination { path: taken.path, purpose, overwrite },
                Use::Read(_) => return Err(WindowError::NotChosen),
            }
        };
        self.destination(&destination.path, destination.purpose)?;
        Ok(destination)
    }

    fn locked(&self) -> MutexGuard<'_, VecDeque<Chosen>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Chosen> for contract::ChosenFile {
    fn from(chosen: Chosen) -> Self {
        Self { ticket: chosen.ticket, path: chosen.path.display().to_string() }
    }
}

/// One that nobody guesses.
fn ticket() -> Result<FileTicket, WindowError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| WindowError::NoTicket { reason: error.to_string() })?;
    let mut text = String::from("file-");
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(FileTicket(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: Use = Use::Read(Reading::Configuration);

    fn refused<T: std::fmt::Debug>(answer: Result<T, WindowError>) {
        let error = answer.unwrap_err();
        assert!(matches!(error, WindowError::NotChosen), "{error}");
    }

    #[test]
    fn a_ticket_is_good_for_what_it_was_given_for_and_a_place_for_one_write() {
        let home = tempfile::tempdir().unwrap();
        let files = ChosenFiles::beside(&home.path().join("data"));
        let read = files.grant(home.path().join("a.json"), READ).unwrap().ticket;
        for _ in 0..3 {
            assert_eq!(files.to_read(&read, Reading::Configuration).unwrap().path, home.path().join("a.json"));
        }
        refused(files.to_read(&read, Reading::CaFile));
        refused(files.to_write(&read, &[FilePurpose::Configuration]));
        refused(files.to_read(&FileTicket("file-1".into()), Reading::Configuration));
        let written = Use::Write(FilePurpose::HistoryCsv, Overwrite::Nothing);
        let destination = files.grant(home.path().join("a.csv"), written).unwrap().ticket;
        refused(files.to_read(&destination, Reading::Configuration));
        refused(files.to_write(&destination, &[FilePurpose::PlanPage]));
        let once = files.to_write(&destination, &[FilePurpose::HistoryJson, FilePurpose::HistoryCsv]).unwrap();
        assert_eq!((once.purpose, once.overwrite), (FilePurpose::HistoryCsv, Overwrite::Nothing));
        refused(files.to_write(&destination, &[FilePurpose::HistoryCsv]));
    }

    #[test]
    fn the_same_file_keeps_its_ticket_and_no_more_are_held_than_that() {
        let home = tempfile::tempdir().unwrap();
        let files = ChosenFiles::beside(&home.path().join("data"));
        let path = |number: usize| home.path().join(format!("{number}.json"));
        let first = files.grant(path(0), READ).unwrap().ticket;
        assert_eq!(files.grant(path(0), READ).unwrap().ticket, first);
        for number in 1..=MOST_HELD {
            assert_ne!(files.grant(path(number), READ).unwrap().ticket, first);
        }
        assert_eq!(files.locked().len(), MOST_HELD);
        refused(files.to_read(&first, Reading::Configuration));
    }
}
