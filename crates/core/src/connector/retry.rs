//! Making a request again, where that is safe: visibly, as slowly as the server wishes, and no longer than the person does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::client::Connector;
use super::error::{ConnectorError, Effect, Retry, Sent};
use super::gate::Gate;
use super::pause::LONGEST;
use crate::error::ErrorCode;
use crate::error::Explain;

/// Limits of the tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Number of times one call is made at most, the first time included; 429 does not count.
    pub attempts: usize,
    /// The wait after the first failure; doubled each time, with jitter.
    pub first_delay: Duration,
    /// The longest such wait.
    pub max_delay: Duration,
    /// The longest `Retry-After` that is waited out. A server that asks for more is given up on.
    pub longest_retry_after: Duration,
    /// Time one call waits out 429 after 429 in total.
    pub throttled_for: Duration,
}

impl Default for RetryPolicy {
    /// 5 attempts, 200 ms up to 5 s apart; `Retry-After` up to a minute; 429 for up to 10 minutes.
    fn default() -> Self {
        Self {
            attempts: 5,
            first_delay: Duration::from_millis(200),
            max_delay: Duration::from_secs(5),
            longest_retry_after: LONGEST,
            throttled_for: Duration::from_secs(600),
        }
    }
}

impl ConnectorError {
    /// Whether the same request may be made again without looking first, and when. The one place that decides it, by what the
    /// call does:
    ///
    /// | call | is made again |
    /// | --- | --- |
    /// | a read | after 500 too, and whenever no answer came |
    /// | a write of a whole value, a deletion | the same: twice is as once |
    /// | a registration | only where the first one definitely had no effect; else it is decided by looking |
    /// | a read that is gone without | not after 500, which is an answer there |
    #[must_use]
    pub fn retry(&self) -> Retry {
        let effect = self.call().map(|call| call.effect);
        if effect == Some(Effect::Once) && self.outcome() == Sent::Unknown {
            return Retry::Never;
        }
        match self {
            Self::NoAnswer { failure, .. } => failure.retry(),
            Self::Api { status: 500, .. } if effect == Some(Effect::Dispensable) => Retry::Never,
            Self::Api { status: 429 | 500 | 502 | 503 | 504, retry_after, .. } => {
                Retry::Safe { after: retry_after.map(|pause| pause.wait) }
            }
            Self::CutOff { .. } => Retry::Safe { after: None },
            _ => Retry::Never,
        }
    }
}

/// A call that is about to be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryNotice {
    /// Current action, in words.
    pub what: String,
    /// Number of the failed attempt, counted from 1; 429 counts here.
    pub attempt: usize,
    /// Wait before the next one.
    pub wait: Duration,
    /// Reason it failed.
    pub reason: String,
    /// The same without the server's own words, where those are part of it.
    pub plain: Option<String>,
}

type OnRetry = Arc<dyn Fn(RetryNotice) + Send + Sync>;

/// A connector with a retry policy, a way to cancel, and one gate for all its requests. Clones share the gate.
#[derive(Clone)]
pub struct Session {
    connector: Connector,
    policy: RetryPolicy,
    cancel: CancellationToken,
    on_retry: OnRetry,
    gate: Arc<Gate>,
}

impl Session {
    /// A session of its own. `on_retry` is told of every wait before it begins.
    #[must_use]
    pub fn new(connector: Connector, policy: RetryPolicy, cancel: CancellationToken, on_retry: OnRetry) -> Self {
        Self { connector, policy, cancel, on_retry, gate: Arc::default() }
    }

    /// The connector, for requests without retries.
    #[must_use]
    pub fn connector(&self) -> &Connector {
        &self.connector
    }

    /// Makes a call, again and again where [`ConnectorError::retry`] allows it.
    ///
    /// Cancelling stops the waiting and the next attempt; a request that is under way is let finish, because its outcome
    /// has to be known.
    ///
    /// # Errors
    /// The last attempt's error, whose [`ConnectorError::outcome`] covers all attempts. [`ConnectorError::Cancelled`] only
    /// if no attempt can have changed anything; if one may have, its error comes back instead.
    pub async fn retrying<T, F, Fut>(&self, what: &str, call: F) -> Result<T, ConnectorError>
    where
        F: Fn(Connector) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, ConnectorError>> + Send,
        T: Send,
    {
        let tried = Tried::default();
        let backoff = ExponentialBuilder::default()
            .with_min_delay(self.policy.first_delay)
            .with_max_delay(self.policy.max_delay)
            .with_max_times(self.policy.attempts.saturating_sub(1))
            .with_jitter();
        // The wait ends when the person stops; the request that is under way does not.
        let cancel = self.cancel.clone();
        let result = (|| self.attempt(what, &call, &tried))
            .retry(backoff)
            .sleep(move |wait| cancel.clone().run_until_cancelled_owned(tokio::time::sleep(wait)))
            .when(|error| error.code() != ErrorCode::RateLimited && error.retry() != Retry::Never)
            .adjust(|error, wait| self.adjusted(error, wait))
            .notify(|error, wait| self.notify(what, &tried, error, wait))
            .await;
        result.map_err(|error| tried.conclude(error))
    }

    /// One attempt, which waits at the gate as often as the server says 429.
    async fn attempt<T, F, Fut>(&self, what: &str, call: &F, tried: &Tried) -> Result<T, ConnectorError>
    where
        F: Fn(Connector) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, ConnectorError>> + Send,
    {
        let mut throttled_since = None;
        loop {
            let ticket = match self.cancel.run_until_cancelled(self.gate.pass()).await {
                Some(ticket) if !self.cancel.is_cancelled() => ticket,
                _ => return Err(ConnectorError::Cancelled),
            };
            // Past the gate and before the call: what is counted is what may have reached the server.
            tried.count();
            let result = call(self.connector.clone()).await;
            let error = match result {
                Err(error) if error.status() == Some(429) => error,
                result => {
                    if result.as_ref().err().is_none_or(|error| error.status().is_some()) {
                        self.gate.taken();
                    }
                    return result.inspect_err(|error| tried.remember(error));
                }
            };
            let asked = match error.retry() {
                Retry::Safe { after } => after,
                Retry::Never => None,
            };
            if asked.is_some_and(|asked| asked > self.policy.longest_retry_after) {
                return Err(error);
            }
            let wait = self.gate.refused(ticket, asked);
            let since = *throttled_since.get_or_insert_with(Instant::now);
            if since.elapsed() + wait > self.policy.throttled_for {
                return Err(error);
            }
            self.notify(what, tried, &error, wait);
        }
    }

    /// The wait before the next attempt: the server's wish if it is longer. `None`: no next attempt.
    fn adjusted(&self, error: &ConnectorError, wait: Option<Duration>) -> Option<Duration> {
        let wait = wait?;
        match error.retry() {
            Retry::Safe { after: Some(after) } if after > self.policy.longest_retry_after => None,
            Retry::Safe { after: Some(after) } => Some(wait.max(after)),
            _ => Some(wait),
        }
    }

    fn notify(&self, what: &str, tried: &Tried, error: &ConnectorError, wait: Duration) {
        let attempt = tried.state().attempts;
        let (reason, plain) = (error.to_string(), error.plainly());
        (self.on_retry)(RetryNotice { what: what.to_owned(), attempt, wait, reason, plain });
    }
}

/// Attempts of one call so far.
#[derive(Default)]
struct Tried(Mutex<Attempts>);

#[derive(Default)]
struct Attempts {
    attempts: usize,
    /// The last error of an attempt that may have changed something.
    unknown: Option<ConnectorError>,
}

impl Tried {
    fn count(&self) {
        self.state().attempts += 1;
    }

    fn remember(&self, error: &ConnectorError) {
        if error.outcome() == Sent::Unknown {
            self.state().unknown = Some(error.clone());
        }
    }

    /// The error to give back, knowing of all attempts.
    fn conclude(&self, error: ConnectorError) -> ConnectorError {
        match (error, self.state().unknown.take()) {
            (ConnectorError::Cancelled, Some(unknown)) => unknown,
            (error, Some(_)) => error.after(Sent::Unknown),
            (error, None) => error,
        }
    }

    fn state(&self) -> MutexGuard<'_, Attempts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
