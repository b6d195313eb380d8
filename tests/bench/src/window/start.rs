//! P6: from the start of the process to the first frame with something in it, and the memory once it stands.

use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use aidb_testkit::BrokenPortal;
use aidb_testkit::display::Display;
use aidb_testkit::keychain::{KeychainMode, KeychainSession};
use anyhow::{Result, bail};

use super::memory::proportional_megabytes;
use super::screen::{Screen, Sight};
use crate::programs::Programs;
use crate::table::{Bar, Table, median};

const ROUNDS: usize = 7;
/// A window that is not there by then does not come.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a window stands before its memory is looked at.
const STEADY: Duration = Duration::from_secs(3);
const MOST_SECONDS_BROKEN_PORTAL: f64 = 1.5;

/// What one start showed.
struct Start {
    /// To the first frame with something in it.
    milliseconds: f64,
    /// To the first with words.
    to_words: f64,
    /// How many looks saw a window with nothing in it.
    blank: u32,
    megabytes: f64,
}

pub fn measure(programs: &Programs, table: &mut Table) -> Result<()> {
    let mut ours = Vec::new();
    let mut empty = Vec::new();
    for _ in 0..ROUNDS {
        ours.push(start(programs.path("aidb-desktop"), Portal::None)?);
        empty.push(start(programs.path("aidb-empty-window"), Portal::None)?);
    }
    let figure = |starts: &[Start], of: fn(&Start) -> f64| median(starts.iter().map(of).collect());
    let (own, peer) = (figure(&ours, |start| start.milliseconds), figure(&empty, |start| start.milliseconds));
    let taken = format!("{own:.0} ms; empty window {peer:.0} ms; medians of {ROUNDS} in turns, seen at the X server");
    table.add("P6 first painted frame ÷ empty window", own / peer, Bar::AtMost(1.2), taken);
    let (own, peer) = (figure(&ours, |start| start.to_words), figure(&empty, |start| start.to_words));
    let taken = format!("{own:.0} ms; empty window {peer:.0} ms; by the colours that the edges of words have");
    table.add("P6 first frame with words ÷ empty window", own / peer, Bar::None, taken);
    let blank = f64::from(ours.iter().map(|start| start.blank).max().unwrap_or_default());
    let peers_blank = empty.iter().map(|start| start.blank).max().unwrap_or_default();
    let taken =
        format!("looks that saw a window with nothing in it, most of {ROUNDS} starts; empty window {peers_blank}");
    table.add("P6 blank frames shown", blank, Bar::AtMost(0.0), taken);
    let (own, peer) = (figure(&ours, |start| start.megabytes), figure(&empty, |start| start.megabytes));
    let taken =
        format!("{own:.0} MB; empty window {peer:.0} MB; all processes, proportional, {STEADY:?} after the frame");
    table.add("P6 memory ÷ empty window", own / peer, Bar::AtMost(1.3), taken);
    let broken: Result<Vec<Start>> =
        (0..ROUNDS).map(|_| start(programs.path("aidb-desktop"), Portal::Broken)).collect();
    let seconds = figure(&broken?, |start| start.milliseconds) / 1000.0;
    let taken = format!("a portal on the bus that never answers; median of {ROUNDS}");
    table.add(
        "P6 first painted frame with a broken portal, s",
        seconds,
        Bar::AtMost(MOST_SECONDS_BROKEN_PORTAL),
        taken,
    );
    Ok(())
}

/// Whether there is a desktop portal on the bus.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Portal {
    None,
    Broken,
}

fn start(program: PathBuf, portal: Portal) -> Result<Start> {
    let session = KeychainSession::start(KeychainMode::Unlocked)?;
    let _portal = match portal {
        Portal::None => None,
        Portal::Broken => Some(BrokenPortal::start(&session.bus_address())?),
    };
    let display = Display::start()?;
    let screen = Screen::open(display.name())?;
    let mut command = session.command(program);
    command.env("DISPLAY", display.name());
    let started = Instant::now();
    let mut process = Window::spawn(command)?;
    let mut blank = 0;
    let mut first = None;
    let to_words = loop {
        let sight = screen.look()?;
        let now = started.elapsed();
        match sight {
            Sight::Nothing => std::thread::sleep(Duration::from_millis(1)),
            Sight::Blank => blank += 1,
            Sight::Painted => first = first.or(Some(now)),
            Sight::Written => break now,
        }
        if now > LIMIT {
            bail!("no window within {LIMIT:?}");
        }
        if let Some(status) = process.0.try_wait()? {
            bail!("the window ended by itself with {status}");
        }
    };
    let first = first.unwrap_or(to_words);
    std::thread::sleep(STEADY);
    let [milliseconds, to_words] = [first, to_words].map(|time| time.as_secs_f64() * 1000.0);
    Ok(Start { milliseconds, to_words, blank, megabytes: proportional_megabytes(process.0.id())? })
}

/// Ends with its value.
struct Window(Child);

impl Window {
    fn spawn(mut command: Command) -> Result<Self> {
        Ok(Self(command.spawn()?))
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _collected = self.0.wait();
    }
}
