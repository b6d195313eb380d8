//! Questions to the person at the terminal. All of them go to standard error, so that results can be redirected.

use std::io::{self, BufRead, IsTerminal, Read};

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
pub(crate) async fn agree_by_typing(what: &str, word: &str, cancel: &CancellationToken) -> Result<(), Failure> {
    let answer = line(&format!("{} Type {} to go on: ", shown(what), shown(word)), cancel).await?;
    if answer.trim() == word { Ok(()) } else { Err(CommandError::Declined.into()) }
}

/// A secret: hidden on a terminal, else one line of standard input.
pub(crate) async fn secret(question: &str, cancel: &CancellationToken) -> Result<SecretString, Failure> {
    if !io::stdin().is_terminal() {
        return interruptible(first_line_of_input, cancel).await;
    }
    error_text(&shown(question));
    let hidden = || {
        let config = rpassword::ConfigBuilder::new().output_discard().build();
        rpassword::read_password_with_config(config).map(SecretString::from)
    };
    let answer = interruptible(hidden, cancel).await;
    error_text("\n");
    answer
}

/// Reads all of standard input, up to a limit, as one secret: its first line.
fn first_line_of_input() -> io::Result<SecretString> {
    let mut text = String::new();
    io::stdin().lock().take(LONGEST_SECRET).read_line(&mut text)?;
    if text.len() as u64 == LONGEST_SECRET {
        return Err(io::Error::other("it is longer than any key"));
    }
    // Some shells put a byte order mark before what they pipe, and people leave spaces; no key has either.
    Ok(SecretString::from(text.trim_start_matches('\u{feff}').trim().to_owned()))
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
async fn interruptible<T: Send + 'static>(
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
