//! The way of one request: counted, delayed, spoiled or let through, routed, answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use http::request::Parts;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::body::{Cut, Received, receive};
use crate::faults::{ActiveSwitches, hang, refuse, spoil, stand_in, too_many};
use crate::framework::Refusal;
use crate::registry::Storing;
use crate::shared::{Shared, locked};
use crate::spelling::respelled;
use crate::switches::{ConnectionMode, Effect, Fault, FaultAnswer, Switches, Writes};
use crate::traffic::{Arrival, Connection};

/// Path for control requests. The connector's own API has nothing there.
pub(crate) const CONTROL: &str = "/__sandbox/";

/// Value of `Server`: not the recorded server's name, because this is not that server.
const SERVER: HeaderValue = HeaderValue::from_static(concat!("aidb-sandbox/", env!("CARGO_PKG_VERSION")));

/// Answers the requests of all connections of one sandbox.
#[derive(Clone)]
pub(crate) struct Environment {
    pub(crate) shared: Arc<Shared>,
    api: Routes,
    control: Routes,
}

type Routes = TowerToHyperService<Router>;

impl Environment {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let api = TowerToHyperService::new(crate::api::routes(Arc::clone(&shared)));
        let control = TowerToHyperService::new(crate::control::routes(Arc::clone(&shared)));
        Self { shared, api, control }
    }

    /// Answers one request.
    ///
    /// # Errors
    /// When the connection is to be closed without an answer.
    pub(crate) async fn answer(
        &self,
        connection: &Connection,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Cut> {
        let (parts, body) = request.into_parts();
        if parts.uri.path().starts_with(CONTROL) {
            return self.answer_control(parts, body).await;
        }
        let active = self.shared.switches();
        let fault = active.strike(&parts.method, parts.uri.path());
        let kind = fault.map(|fault| fault.answer.kind());
        let mut arrival = Arrival::new(&self.shared.record, connection, &parts, kind);
        let body = receive(body).await?;
        if active.switches.latency_ms > 0 {
            tokio::time::sleep(Duration::from_millis(active.switches.latency_ms)).await;
        }
        let mut response = match fault {
            None => self.pass(&active.switches, parts, body, Storing::Kept).await,
            Some(fault) => self.strike(&active, fault, &arrival, parts, body).await?,
        };
        response.headers_mut().insert(header::SERVER, SERVER);
        if active.switches.connection == ConnectionMode::Close {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        arrival.answered(response.status());
        Ok(response)
    }

    async fn answer_control(&self, parts: Parts, body: Incoming) -> Result<Response<Body>, Cut> {
        match receive(body).await? {
            Received::TooLarge => Ok(Refusal::too_large().into_response()),
            Received::Whole(body) => Ok(route(&self.control, Request::from_parts(parts, body.into())).await),
        }
    }

    /// A request that a fault has struck.
    async fn strike(
        &self,
        active: &ActiveSwitches,
        fault: &Fault,
        arrival: &Arrival,
        parts: Parts,
        body: Received,
    ) -> Result<Response<Body>, Cut> {
        let before = fault.effect == Effect::Before;
        if before && let Some(answer) = stand_in(&fault.answer) {
            return answer;
        }
        if before {
            arrival.waits();
        }
        if before && let FaultAnswer::Hang { ms } = fault.answer {
            hang(ms, &self.shared).await?;
            return Ok(self.pass(&active.switches, parts, body, Storing::Kept).await);
        }
        if before && fault.answer == FaultAnswer::Hold {
            self.shared.held_by(fault).await;
            return Ok(self.pass(&active.switches, parts, body, Storing::Kept).await);
        }
        if before && let FaultAnswer::Refuse { ms } = fault.answer {
            return refuse(ms, &self.shared).await;
        }
        let storing = if before || fault.answer == FaultAnswer::Lie { Storing::Discarded } else { Storing::Kept };
        let real = self.pass(&active.switches, parts, body, storing).await;
        arrival.waits();
        spoil(fault, real, &self.shared).await
    }

    /// A request on its ordinary way: rate, key, prefix, route.
    async fn pass(&self, switches: &Switches, mut parts: Parts, body: Received, storing: Storing) -> Response<Body> {
        if let Some(per_second) = switches.requests_per_second
            && !locked(&self.shared.allowance).take(per_second, Instant::now())
        {
            return too_many(switches.retry_after);
        }
        if let Err(refusal) = admit(switches, &parts) {
            return refusal.into_response();
        }
        let Received::Whole(body) = body else { return Refusal::too_large().into_response() };
        match routed_uri(&parts.uri, &switches.path_prefix) {
            None => return Refusal::no_route().into_response(),
            Some(Routed::AsSent) => {}
            Some(Routed::As(uri)) => parts.uri = uri,
        }
        let storing = if switches.writes == Writes::OnlyConfirmed { Storing::Discarded } else { storing };
        parts.extensions.insert(storing);
        respelled(switches, route(&self.api, Request::from_parts(parts, body.into())).await).await
    }
}

async fn route(routes: &Routes, request: Request<Body>) -> Response<Body> {
    match routes.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Asks for the API key, where one is switched on.
fn admit(switches: &Switches, parts: &Parts) -> Result<(), Refusal> {
    let sent = parts.headers.get("x-api-key");
    if let (Some(forbidden), Some(sent)) = (&switches.forbidden_api_key, sent)
        && forbidden.matches(sent)
    {
        return Err(Refusal::Service(StatusCode::FORBIDDEN, "Forbidden".to_owned()));
    }
    match &switches.required_api_key {
        Some(required) if !sent.is_some_and(|sent| required.matches(sent)) => {
            Err(Refusal::Service(StatusCode::UNAUTHORIZED, "Invalid or missing API key".to_owned()))
        }
        _ => Ok(()),
    }
}

enum Routed {
    AsSent,
    As(Uri),
}

/// Everything but what may stand in a path as it is, and the slash.
const SEGMENTS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The path as the recorded server routes it: decoded first, matched then. An encoded slash is therefore a slash, and
/// an id that holds one finds no route. `None` outside of the prefix.
fn routed_uri(uri: &Uri, prefix: &str) -> Option<Routed> {
    let path = uri.path().strip_prefix(prefix).filter(|rest| rest.starts_with('/'))?;
    if prefix.is_empty() && !path.contains('%') {
        return Some(Routed::AsSent);
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    utf8_percent_encode(&decoded, SEGMENTS).to_string().parse().ok().map(Routed::As)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(path: &str, prefix: &str) -> Option<String> {
        let uri: Uri = path.parse().unwrap();
        match routed_uri(&uri, prefix)? {
            Routed::AsSent => Some(uri.path().to_owned()),
            Routed::As(uri) => Some(uri.path().to_owned()),
        }
    }

    #[test]
    fn paths_are_decoded_before_they_are_matched() {
        assert_eq!(routed("/api/agents/a%2Fb", "").as_deref(), Some("/api/agents/a/b"));
        assert_eq!(routed("/api/agents/t%20%c3%A4?x=1", "").as_deref(), Some("/api/agents/t%20%C3%A4"));
        assert_eq!(routed("/api/agents/a%3Fb%23c%25", "").as_deref(), Some("/api/agents/a%3Fb%23c%25"));
    }

    #[test]
    fn a_prefix_is_taken_off_and_asked_for() {
        assert_eq!(routed("/connector/api/health", "/connector").as_deref(), Some("/api/health"));
        assert_eq!(routed("/api/health", "/connector"), None);
        assert_eq!(routed("/connectors/api/health", "/connector"), None);
    }
}
