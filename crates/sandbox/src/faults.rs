//! Which request is spoiled, which is one too many, and what a spoiled answer looks like.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use chrono::Utc;
use futures_util::stream;
use http_body_util::BodyExt;
use serde_json::json;

use crate::body::Cut;
use crate::framework::page;
use crate::shared::Shared;
use crate::switches::{ErrorBody, Fault, FaultAnswer, HeaderText, RetryAfter, Switches};

/// Switches, and how often each fault's condition has been met.
#[derive(Debug)]
pub(crate) struct ActiveSwitches {
    pub(crate) switches: Switches,
    met: Vec<AtomicU64>,
}

impl ActiveSwitches {
    pub(crate) fn new(switches: Switches) -> Self {
        let met = switches.faults.iter().map(|_| AtomicU64::new(0)).collect();
        Self { switches, met }
    }

    /// The same with other switches; faults that did not change keep their counts.
    pub(crate) fn changed_to(&self, switches: Switches) -> Self {
        let changed = Self::new(switches);
        if changed.switches.faults == self.switches.faults {
            for (new, old) in changed.met.iter().zip(&self.met) {
                new.store(old.load(Ordering::SeqCst), Ordering::SeqCst);
            }
        }
        changed
    }

    /// Counts the request, and says which fault strikes it.
    pub(crate) fn strike(&self, method: &Method, path: &str) -> Option<&Fault> {
        let mut striking = None;
        for (fault, met) in self.switches.faults.iter().zip(&self.met) {
            if !fault.counts(method, path) {
                continue;
            }
            let occurrence = met.fetch_add(1, Ordering::SeqCst) + 1;
            if striking.is_none() && fault.strikes_at(occurrence) {
                striking = Some(fault);
            }
        }
        striking
    }
}

/// Number of requests that may come now: a bucket that holds one second's worth. Whoever waits as long as `Retry-After` says
/// finds it full again, so that a client which honours the header can reach the whole rate.
#[derive(Debug, Default)]
pub(crate) struct Allowance {
    left: f64,
    updated: Option<Instant>,
}

impl Allowance {
    /// Takes one request out of it.
    pub(crate) fn take(&mut self, per_second: u32, now: Instant) -> bool {
        let full = f64::from(per_second);
        self.left = match self.updated {
            None => full,
            Some(updated) => (self.left + now.saturating_duration_since(updated).as_secs_f64() * full).min(full),
        };
        self.updated = Some(now);
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}

/// 429, with the form of `Retry-After` that is switched on.
pub(crate) fn too_many(retry_after: RetryAfter) -> Response<Body> {
    let mut response = (StatusCode::TOO_MANY_REQUESTS, Json(json!({"error": "Rate limit exceeded"}))).into_response();
    let value = match retry_after {
        RetryAfter::Absent => return response,
        RetryAfter::Seconds => HeaderValue::from_static("1"),
        // A date has whole seconds: the one after next is at least one second away.
        RetryAfter::HttpDate => http_date(Utc::now() + chrono::Duration::seconds(2)),
    };
    response.headers_mut().insert(header::RETRY_AFTER, value);
    response
}

fn http_date(time: chrono::DateTime<Utc>) -> HeaderValue {
    let text = time.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("0"))
}

/// An answer that takes nothing from what the API would have said; `None` where the fault spoils the real answer.
pub(crate) fn stand_in(answer: &FaultAnswer) -> Option<Result<Response<Body>, Cut>> {
    match answer {
        FaultAnswer::Status { status, body, headers } => {
            let mut response = error_response(*status, *body);
            add_headers(response.headers_mut(), headers);
            Some(Ok(response))
        }
        FaultAnswer::Redirect { status, location } => {
            Some(Ok((*status, [(header::LOCATION, location.value())]).into_response()))
        }
        FaultAnswer::HtmlPage => Some(Ok(page(StatusCode::OK, "Please sign in to continue."))),
        FaultAnswer::Cut => Some(Err(Cut)),
        _ => None,
    }
}

fn error_response(status: StatusCode, body: ErrorBody) -> Response<Body> {
    let reason = status.canonical_reason().unwrap_or("Unknown Error");
    match body {
        ErrorBody::Json => (status, Json(json!({"error": reason}))).into_response(),
        ErrorBody::Html => page(status, "The gateway could not complete your request."),
        ErrorBody::Empty => status.into_response(),
    }
}

fn add_headers(to: &mut HeaderMap, headers: &std::collections::BTreeMap<String, HeaderText>) {
    for (name, value) in headers {
        // Names that are none are refused by the control path; from within the process they show in the test at once.
        if let Ok(name) = HeaderName::try_from(name.as_str()) {
            to.insert(name, value.value());
        }
    }
}

/// Spoils a real answer, and waits where the fault is one of waiting.
pub(crate) async fn spoil(fault: &Fault, real: Response<Body>, shared: &Shared) -> Result<Response<Body>, Cut> {
    match &fault.answer {
        FaultAnswer::Hold => {
            shared.held_by(fault).await;
            Ok(real)
        }
        FaultAnswer::Hang { ms } => {
            hang(*ms, shared).await?;
            Ok(real)
        }
        FaultAnswer::Refuse { ms } => refuse(*ms, shared).await,
        FaultAnswer::CutBody => cut_body(real).await,
        FaultAnswer::Trickle { bytes, every_ms } => trickle(real, *bytes, Duration::from_millis(*every_ms)).await,
        FaultAnswer::ContentType { value } => {
            let mut response = real;
            response.headers_mut().insert(header::CONTENT_TYPE, value.value());
            Ok(response)
        }
        FaultAnswer::Lie => Ok(real),
        other => stand_in(other).unwrap_or(Ok(real)),
    }
}

/// Waits so many milliseconds, or until it is released, which cuts the connection.
pub(crate) async fn hang(ms: Option<u64>, shared: &Shared) -> Result<(), Cut> {
    match ms {
        Some(ms) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Ok(())
        }
        None => {
            shared.release.notified().await;
            Err(Cut)
        }
    }
}

/// Has the port closed for so many milliseconds, and this connection with it: its client hears of it when nothing listens any
/// more.
pub(crate) async fn refuse<T>(ms: u64, shared: &Shared) -> T {
    shared.refuse.send_replace(Duration::from_millis(ms));
    std::future::pending().await
}

async fn whole_body(response: Response<Body>) -> Result<(http::response::Parts, Bytes), Cut> {
    let (mut parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    Ok((parts, body))
}

async fn cut_body(real: Response<Body>) -> Result<Response<Body>, Cut> {
    let (parts, body) = whole_body(real).await?;
    let half = body.slice(..body.len() / 2);
    let pieces = stream::unfold(Some(half), |half| async move {
        match half {
            Some(half) if !half.is_empty() => Some((Ok(half), None)),
            _ => {
                // Time for the first half to leave before the connection goes.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Err(Cut), None))
            }
        }
    });
    Ok(Response::from_parts(parts, Body::from_stream(pieces)))
}

async fn trickle(real: Response<Body>, bytes: usize, every: Duration) -> Result<Response<Body>, Cut> {
    let (parts, body) = whole_body(real).await?;
    let drips = stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(every).await;
        let drip = rest.split_to(bytes.max(1).min(rest.len()));
        Some((Ok::<_, Cut>(drip), rest))
    });
    Ok(Response::from_parts(parts, Body::from_stream(drips)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowance_gives_exactly_its_rate_to_a_client_that_waits_as_told() {
        let start = Instant::now();
        let mut allowance = Allowance::default();
        let taken = (0..300).filter(|_| allowance.take(200, start)).count();
        assert_eq!(taken, 200, "the burst is one second's worth");
        let later = start + Duration::from_secs(1);
        assert_eq!((0..300).filter(|_| allowance.take(200, later)).count(), 200);
        let half = later + Duration::from_millis(500);
        assert_eq!((0..300).filter(|_| allowance.take(200, half)).count(), 100);
    }

    #[test]
    fn faults_count_what_matches_and_strike_as_often_as_they_say() {
        let switches = Switches {
            faults: vec![Fault::on(2, FaultAnswer::Cut).method("put").path_contains("permissions").times(2)],
            ..Switches::default()
        };
        let active = ActiveSwitches::new(switches);
        let put =
            |active: &ActiveSwitches| active.strike(&Method::PUT, "/api/agents/a/permissions/resources").is_some();
        assert!(active.strike(&Method::GET, "/api/agents/a/permissions/resources").is_none());
        assert!(active.strike(&Method::PUT, "/api/agents/a/database").is_none());
        assert!(!put(&active));
        let same = active.changed_to(Switches { latency_ms: 1, ..active.switches.clone() });
        assert!(put(&same), "an unchanged fault keeps its count");
        assert!(put(&same));
        assert!(!put(&same));
    }
}
