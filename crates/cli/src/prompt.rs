//! Questions to the person at the terminal. All of them go to standard error, so that results can be redirected.

use std::io::{self, BufRead, IsTerminal, Read};

use aidb_core::vault::one_secret;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::failure::{CommandError, Failure};
use crate::screen::error_text;
use crate::view::human::shown;

/// The longest secret that is read from a pipe, in bytes.
const LONGEST_SECRET: u64 = 64 * 1024;

/// A yes or no; anything but yes is no.
pub(crate) async fn agree(question: &str, cancel: &CancellationToken) -> Result<(), Failure> {
    let answer = line(&format!("{} [y/N] ", shown(question)), cancel).await?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(CommandError::Declined.into()),
    }
}

/// A word that has to be typed exactly, where a slip of the finger must not be enough.
pub(crate) async fn agree_by_typing(what: &str, word: &str, cancel: &CancellationToken) -> Result<String, Failure> {
    let answer = line(&format!("{} Type {} to go on: ", shown(what), shown(word)), cancel).await?;
    if answer.trim() == word { Ok(answer) } else { Err(CommandError::Declined.into()) }
}

/// A secret: hidden on a terminal, else all of standard input, which has to be one line.
pub(crate) async fn secret(question: &str, cancel: &CancellationToken) -> Result<SecretString, Failure> {
    if !io::stdin().is_terminal() {
        return one_line(&interruptible(all_of_input, cancel).await?);
    }
    error_text(&shown(question));
    let answer = interruptible(hidden, cancel).await;
    error_text("\n");
    one_line(&answer?)
}

/// The same before anything else has begun, so that there is nothing to interrupt but the process.
pub(crate) fn secret_now(question: &str) -> Result<SecretString, Failure> {
    if !io::stdin().is_terminal() {
        return one_line(&all_of_input().map_err(CommandError::Input)?);
    }
    error_text(&shown(question));
    let answer = hidden();
    error_text("\n");
    one_line(&answer.map_err(CommandError::Input)?)
}

fn hidden() -> io::Result<SecretString> {
    let config = rpassword::ConfigBuilder::new().output_discard().build();
    rpassword::read_password_with_config(config).map(SecretString::from)
}

/// Reads all of standard input, up to a limit. All of it, because a second line means that something else was piped in.
fn all_of_input() -> io::Result<SecretString> {
    let mut text = zeroize::Zeroizing::new(String::new());
    io::stdin().lock().take(LONGEST_SECRET).read_to_string(&mut text)?;
    if text.len() as u64 == LONGEST_SECRET {
        return Err(io::Error::other("it is longer than any key"));
    }
    Ok(SecretString::from(text.as_str().to_owned()))
}

fn one_line(text: &SecretString) -> Result<SecretString, Failure> {
    one_secret(text).map_err(|why| {
        let message = format!("What was given as a secret {why}. Nothing was sent or stored.");
        CommandError::BadValue { message, hint: "Give it as exactly one line.".into() }.into()
    })
}

async fn line(question: &str, cancel: &CancellationToken) -> Result<String, Failure> {
    error_text(question);
    let read = || {
        let mut text = String::new();
        io::stdin().lock().take(LONGEST_SECRET).read_line(&mut text)?;
        Ok(text)
    };
    interruptible(read, cancel).await
}

/// Waits for the person, and no longer than until Ctrl-C: the thread that reads cannot be stopped, the process can.
pub(crate) async fn interruptible<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
    cancel: &CancellationToken,
) -> Result<T, Failure> {
    let reading = tokio::task::spawn_blocking(read);
    let read = tokio::select! {
        () = cancel.cancelled() => return Err(CommandError::Interrupted.into()),
        read = reading => read,
    };
    match read {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => Err(CommandError::Interrupted.into()),
        Ok(Err(error)) => Err(CommandError::Input(error).into()),
        Err(stopped) => Err(CommandError::Input(io::Error::other(stopped)).into()),
    }
}
