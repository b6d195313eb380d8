//! Where words go: results to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};

use anstream::AutoStream;

use crate::args::OutputArgs;
use crate::failure::{CommandError, Failure};
use crate::view::human::{self, Human};
use crate::view::json::{self, Json};

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Words.
    Human,
    /// One JSON document.
    Json,
}

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// Errors and questions.
    Quiet,
    /// As a person needs it.
    Usual,
    /// Everything.
    Verbose,
}

/// What a command may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It only looks.
    Reading,
    /// It may change something, a server or a profile.
    Changing,
}

/// Where words go, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// What the command may do.
    pub(crate) kind: Kind,
    /// The form of results.
    pub(crate) form: Form,
    /// How much is told.
    pub(crate) detail: Detail,
}

impl Screen {
    /// As the flags say.
    pub(crate) const fn new(flags: OutputArgs, kind: Kind) -> Self {
        let detail = match (flags.verbose, flags.quiet) {
            (true, _) => Detail::Verbose,
            (false, true) => Detail::Quiet,
            (false, false) => Detail::Usual,
        };
        Self { kind, form: if flags.json { Form::Json } else { Form::Human }, detail }
    }

    /// Whether a person sits at this terminal and can be asked: the question is on standard error, the answer comes from
    /// standard input.
    pub(crate) fn can_ask(self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// The result of the command.
    pub(crate) fn result<R: Human + Json>(self, result: &R) -> Result<(), Failure> {
        match self.form {
            Form::Json => self.print(&json::document(&result.json())),
            Form::Human => {
                self.aside(&result.remarks(self.detail));
                let printed = self.print(&result.human(self.detail));
                error_text(&self.without_reassurance(result.complaint(self.detail)));
                printed
            }
        }
    }

    /// What has to be seen before the end, a plan before its question. Goes where the person looks; with JSON only when
    /// somebody is about to be asked.
    pub(crate) fn meanwhile<R: Human>(self, part: &R) -> Result<(), Failure> {
        match self.form {
            Form::Human if io::stdout().is_terminal() || !self.can_ask() => self.print(&part.human(self.detail)),
            Form::Json if !self.can_ask() => Ok(()),
            _ => {
                error_text(&part.human(self.detail));
                Ok(())
            }
        }
    }

    /// Text for standard output as it is.
    pub(crate) fn print(self, text: &str) -> Result<(), Failure> {
        let mut out = AutoStream::auto(io::stdout().lock());
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Whoever reads the output has seen enough: no reason to fail, least of all halfway through an apply.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(CommandError::Output(error).into()),
            Ok(()) => Ok(()),
        }
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
    pub(crate) fn aside(self, text: &str) {
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

    /// Why the command failed.
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

/// Writes to standard error. Where that is closed nobody is listening, and the exit status still tells.
pub(crate) fn error_text(text: &str) {
    let mut out = AutoStream::auto(io::stderr().lock());
    let _unheard = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
