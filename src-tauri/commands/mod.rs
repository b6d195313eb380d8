//! The commands that the page can call: one file per domain, one line each in
//! `command_list.rs`. A command takes one request and
//! answers one value or an [`ErrorReport`]; it unpacks, calls the engine, converts.
//!
//! The page's contract ([`crate::typescript`]) takes its types from the functions themselves. A command that tells of progress takes a
//! [`ProgressFn`](crate::progress::ProgressFn), and no other does.

mod agents;
mod app;
mod batches;
mod compare;
mod declared;
mod environments;
mod files;
mod history;
mod keychain;
mod overview;
mod plans;
mod recovery;
mod sandbox;

pub(crate) use recovery::begin;

use crate::invoke::{Command, command};

macro_rules! commands {
    ($($domain:ident :: $name:ident $(with $progress:ident)?,)*) => {
        vec![$(commands!(one $domain::$name $($progress)?)),*]
    };
    (one $domain:ident :: $name:ident) => {
        command(stringify!($name), |desktop, request, _| $domain::$name(desktop, request))
    };
    (one $domain:ident :: $name:ident progress) => {
        command(stringify!($name), $domain::$name)
    };
}

pub(crate) fn all() -> Vec<Command> {
    for_all_commands!(commands)
}

#[cfg(test)]
mod asking;
#[cfg(test)]
#[cfg(unix)]
mod hostile;
#[cfg(test)]
mod tests;
