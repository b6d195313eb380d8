//! Where words go: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;

use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::view::Detail;
use crate::view::human::{self, Human};
use crate::view::json::{self, Json};

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Human,
    Json,
}

/// Rights of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Reading,
    /// May change something, a server or a profile.
    Changing,
}

/// Screen for the person, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// Rights of the command.
    pub(crate) kind: Kind,
    /// The form of results.
    pub(crate) form: Form,
    pub(crate) detail: Detail,
}

impl Screen {
    /// Whether a person sits at this terminal and can be asked: the question is on standard error, the answer comes from
    /// standard input.
    pub(crate) fn can_ask(self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// The result of a command that only looks.
    pub(crate) fn result<R: Human + Json>(self, result: &R) -> Result<(), Failure> {
        heard(self.tell(result)).map_err(|error| CommandError::Output(error).into())
    }

    /// The result of a command that changed something on this machine, and the exit status. A reader that leaves early has seen
    /// enough.
    pub(crate) fn finished<R: Human + Json>(self, result: &R, exit: Exit) -> Exit {
        match heard(self.tell(result)) {
            Ok(()) => exit,
            Err(error) => self.unwritten(result, exit, error),
        }
    }

    /// The result of a command that changed a server, and the exit status. What nobody read, the backup for example, is said
    /// elsewhere.
    pub(crate) fn changed<R: Human + Json>(self, result: &R, exit: Exit) -> Exit {
        match self.tell(result) {
            Ok(()) => exit,
            Err(error) => self.unwritten(result, exit, error),
        }
    }

    fn tell<R: Human + Json>(self, result: &R) -> io::Result<()> {
        match self.form {
            Form::Json => write_out(&json::document(&result.json())),
            Form::Human => {
                self.beside_output(&result.remarks(self.detail));
                let printed = write_out(&result.human(self.detail));
                error_text(&self.without_reassurance(result.complaint(self.detail)));
                printed
            }
        }
    }

    /// Says what was done where it can still be said. A status never says less than what stands: 0 becomes the one for this,
    /// and what did not end well keeps its own.
    fn unwritten<R: Human + Json>(self, result: &R, exit: Exit, error: io::Error) -> Exit {
        error_text(&result.human(self.detail.max(Detail::Usual)));
        if self.form == Form::Json {
            error_text(&result.complaint(self.detail));
        }
        error_text(&human::failure(&CommandError::Unwritten(error).into(), self.detail));
        if exit == Exit::Done { Exit::Unwritten } else { exit }
    }

    /// What has to be seen before the end, a plan before its question. Goes where the person looks; with JSON only when
    /// somebody is about to be asked. What nobody can see is not applied, also where the reader has left.
    pub(crate) fn meanwhile<R: Human>(self, part: &R) -> Result<(), Failure> {
        match self.form {
            Form::Human if io::stdout().is_terminal() || !self.can_ask() => {
                write_out(&part.human(self.detail)).map_err(|error| CommandError::PlanUnseen(error).into())
            }
            Form::Json if !self.can_ask() => Ok(()),
            _ => {
                error_text(&part.human(self.detail));
                Ok(())
            }
        }
    }

    /// Text for standard output as it is.
    pub(crate) fn print(self, text: &str) -> Result<(), Failure> {
        heard(write_out(text)).map_err(|error| CommandError::Output(error).into())
    }

    /// Something worth knowing besides the result.
    pub(crate) fn note(self, text: &str) {
        if self.detail > Detail::Quiet {
            error_text(&human::note(text));
        }
    }

    /// Something that is not as somebody may believe: said with `-q` too.
    pub(crate) fn warning(self, text: &str) {
        error_text(&human::note(text));
    }

    /// A block for standard error, already laid out.
    pub(crate) fn beside_output(self, text: &str) {
        if self.detail > Detail::Quiet {
            error_text(text);
        }
    }

    /// The sentences of errors are the same in every command; of one that only looks nobody wonders what it changed.
    fn without_reassurance(self, text: String) -> String {
        match self.kind {
            Kind::Reading => text.replace(" Nothing was changed.", ""),
            Kind::Changing => text,
        }
    }

    /// Reason the command failed.
    pub(crate) fn failure(self, failure: &Failure) -> Result<(), Failure> {
        match self.form {
            Form::Json => self.print(&self.without_reassurance(json::document(&json::failure(failure)))),
            Form::Human => {
                error_text(&self.without_reassurance(human::failure(failure, self.detail)));
                Ok(())
            }
        }
    }
}

fn write_out(text: &str) -> io::Result<()> {
    let mut out = AutoStream::auto(io::stdout().lock());
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

/// Whoever reads the output and leaves has seen enough: no reason to fail where nothing depends on it.
fn heard(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes to standard error. Where that is closed nobody is listening, and the exit status still tells.
pub(crate) fn error_text(text: &str) {
    let mut out = AutoStream::auto(io::stderr().lock());
    let _unheard = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
