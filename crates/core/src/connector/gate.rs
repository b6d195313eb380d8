//! The gate that every request of a session passes: what to do when the server says 429.
//!
//! Waiting out `Retry-After` and then sending at full speed again is slow (every burst ends in another wait) and unkind
//! (all tasks come back at once). So the gate learns. When it is throttled it closes for as long as the server asks; when
//! it opens again it lets requests through evenly, a little slower than what the server took in the window before. Later
//! it tries, first carefully and then faster, whether more is possible by now, and each failed try makes the next one
//! rarer: a try costs a whole `Retry-After` of silence.
//!
//! The window is `Retry-After` itself: a server that takes 200 a second and asks for 1 second has taken 200 when it
//! refuses, however fast they came. [`Pace`] is that arithmetic alone, with the time passed in.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Distance from the measured rate: a window that the server cuts differently must not overflow.
const MARGIN: f64 = 0.985;

/// The same for what was measured while a higher rate was tried, which the last window overstates.
const TRIED_MARGIN: f64 = 0.96;

/// Slack of a request, so that timers that fire late do not lower the rate.
const SLACK: Duration = Duration::from_millis(5);

/// Time the gate closes when the server does not say, doubled with every refusal in a row.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The window for counting when the server does not say how long to wait.
const USUAL_WINDOW: Duration = Duration::from_secs(1);

/// Requests a second, where nothing was taken from which a rate could be learned, and the rate at which pacing ends.
const UNKNOWN_RATE: f64 = 50.0;
const NO_LIMIT: f64 = 20_000.0;

/// Number of waits for which a rate is kept before a higher one is tried: at first, and after a try that failed.
const FIRST_HOLD: u32 = 35;
const LATER_HOLD: u32 = 60;

/// Shared by all requests of a session.
#[derive(Default)]
pub(super) struct Gate {
    pace: Mutex<Pace>,
    /// Whoever waits, waits here, first come first served: one of them watches the clock.
    turnstile: tokio::sync::Mutex<()>,
}

/// When a request was let through: refusals of requests from before the last closing are old news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

impl Gate {
    /// Waits until a request may be sent.
    pub(super) async fn pass(&self) -> Ticket {
        if let Admission::Now(ticket) = self.pace().admit(Instant::now(), Turn::OutOfLine) {
            return ticket;
        }
        // One at a time from here: a hundred that all sleep until the same moment would come at once.
        let _turn = self.turnstile.lock().await;
        loop {
            let admission = self.pace().admit(Instant::now(), Turn::First);
            match admission {
                Admission::Now(ticket) => return ticket,
                Admission::At(instant) => sleep_until(instant).await,
            }
        }
    }

    /// The server took a request, whatever it thought of it.
    pub(super) fn taken(&self) {
        self.pace().taken(Instant::now());
    }

    /// The server refused a request with 429. Says how long the gate stays closed.
    pub(super) fn refused(&self, ticket: Ticket, retry_after: Option<Duration>) -> Duration {
        self.pace().refused(Instant::now(), ticket, retry_after)
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// Nobody may overtake those who wait at the turnstile.
    OutOfLine,
    First,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Admission {
    Now(Ticket),
    At(Instant),
}

/// The state of the gate.
#[derive(Default)]
struct Pace {
    /// Number of times the gate was closed.
    closings: u64,
    closed: Option<Closing>,
    pacing: Option<Pacing>,
    opened: Option<Instant>,
    counted: Count,
    /// Refusals in a row with nothing taken between them.
    in_a_row: u32,
}

#[derive(Clone, Copy)]
struct Closing {
    at: Instant,
    until: Instant,
    window: Duration,
}

/// Letting requests through evenly.
#[derive(Clone, Copy)]
struct Pacing {
    next: Instant,
    since: Instant,
    /// Requests a second, until [`Self::hold`] is over.
    rate: f64,
    /// Number of waits for which that rate is kept.
    holds: u32,
    /// Wait from which the rate was learned.
    wait: Duration,
}

impl Pacing {
    /// Requests a second at `now`: steady, then growing, slowly at first.
    fn rate_at(&self, now: Instant) -> f64 {
        let trying = now.saturating_duration_since(self.since + self.hold()).as_secs_f64();
        let steps = trying / self.wait.as_secs_f64().max(1.0);
        // 1 % more after 1.5 steps, twice as much after 6, ten times as much after 9.
        self.rate * (0.003 * steps.powi(3)).min(20.0).exp()
    }

    fn hold(&self) -> Duration {
        self.wait * self.holds
    }
}

impl Pace {
    fn admit(&mut self, now: Instant, turn: Turn) -> Admission {
        self.opened.get_or_insert(now);
        if let Some(closing) = self.closed {
            if now < closing.until {
                return Admission::At(closing.until);
            }
            self.open(now, closing);
        }
        let Some(pacing) = &mut self.pacing else { return Admission::Now(Ticket(self.closings)) };
        let rate = pacing.rate_at(now);
        if rate >= NO_LIMIT {
            self.pacing = None;
            return Admission::Now(Ticket(self.closings));
        }
        if now < pacing.next || turn == Turn::OutOfLine {
            return Admission::At(pacing.next);
        }
        let earliest = now.checked_sub(SLACK).unwrap_or(now);
        pacing.next = pacing.next.max(earliest) + Duration::from_secs_f64(1.0 / rate);
        Admission::Now(Ticket(self.closings))
    }

    fn taken(&mut self, now: Instant) {
        self.in_a_row = 0;
        self.counted.add(now);
    }

    fn refused(&mut self, now: Instant, ticket: Ticket, retry_after: Option<Duration>) -> Duration {
        let asked = retry_after.filter(|wait| !wait.is_zero());
        let wait = asked.unwrap_or_else(|| FIRST_WAIT.saturating_mul(1 << self.in_a_row.min(10)).min(LONGEST_WAIT));
        if ticket.0 == self.closings && self.closed.is_none() {
            self.closings += 1;
            self.in_a_row += 1;
            self.closed = Some(Closing { at: now, until: now + wait, window: asked.unwrap_or(USUAL_WINDOW) });
        } else if let (Some(closing), Some(wait)) = (&mut self.closed, asked) {
            // Sent before the gate closed, refused after: it may know better how long.
            closing.until = closing.until.max(now + wait);
        }
        self.closed.map_or(Duration::ZERO, |closing| closing.until.saturating_duration_since(now))
    }

    /// Opens again, at a rate learned from what was taken. Only now, so that answers count that came after the refusal.
    fn open(&mut self, now: Instant, closing: Closing) {
        let open_for = closing.at.saturating_duration_since(self.opened.unwrap_or(closing.at));
        let taken = self.counted.since(closing.at.checked_sub(closing.window).unwrap_or(closing.at));
        let wait = closing.until.saturating_duration_since(closing.at);
        let measured = (taken > 0).then(|| taken as f64 / closing.window.as_secs_f64());
        let (rate, holds) = match (self.pacing, measured) {
            (None, Some(measured)) => (measured * MARGIN, FIRST_HOLD),
            (None, None) => (UNKNOWN_RATE, 0),
            // Still closed to everybody: that says when to come back, and nothing of how fast.
            (Some(pacing), None) => (pacing.rate_at(closing.at), pacing.holds),
            // A higher rate was tried and failed: back to the one that held, or to what the server takes by now.
            (Some(pacing), Some(measured)) if open_for > pacing.hold() => {
                (pacing.rate.max(measured * TRIED_MARGIN), LATER_HOLD)
            }
            // The rate that was to hold did not: the server takes less than it did, or it was measured too high.
            (Some(pacing), Some(measured)) => {
                let lowered = measured.min(pacing.rate) * MARGIN;
                let soon = open_for < closing.window * 5;
                ((lowered * if soon { 0.9 } else { 1.0 }).max(pacing.rate / 2.0), pacing.holds)
            }
        };
        self.pacing = Some(Pacing { next: now, since: now, rate: rate.max(0.02), holds, wait });
        self.opened = Some(now);
        self.counted = Count::default();
        self.closed = None;
    }
}

/// Counts what was taken, in slots of 10 ms, over the last minute.
#[derive(Default)]
struct Count {
    slots: VecDeque<(Instant, u64)>,
}

impl Count {
    const SLOT: Duration = Duration::from_millis(10);
    const KEPT: Duration = Duration::from_secs(60);

    fn add(&mut self, now: Instant) {
        match self.slots.back_mut() {
            Some((start, count)) if now.saturating_duration_since(*start) < Self::SLOT => *count += 1,
            _ => self.slots.push_back((now, 1)),
        }
        while self.slots.front().is_some_and(|(start, _)| now.saturating_duration_since(*start) > Self::KEPT) {
            self.slots.pop_front();
        }
    }

    fn since(&self, start: Instant) -> u64 {
        self.slots.iter().filter(|(slot, _)| *slot >= start).map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests;
