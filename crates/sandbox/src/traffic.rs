//! The record of what came in: what tests count, and how they see that a request is under way.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use http::{Method, StatusCode};
use serde::{Serialize, Serializer};

use crate::shared::locked;

/// So many of the latest requests are listed; the counters count all.
const LISTED: usize = 100_000;

/// One request to the API. Control requests are not listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeenRequest {
    /// From 1, in order of arrival.
    pub number: u64,
    /// Number of the connection, from 1.
    pub connection: u64,
    /// The method.
    #[serde(serialize_with = "method_name")]
    pub method: Method,
    /// Path and query as sent, percent-encoding kept.
    pub path: String,
    /// Whether an `X-API-Key` header was there. Its value is not kept.
    pub had_api_key: bool,
    /// The status of the answer; `None` while it is under way, and where the connection ended without one.
    pub status: Option<u16>,
    /// When it arrived, in microseconds since the sandbox started.
    pub arrived_us: u64,
    /// When it was answered, or its connection ended; `None` while it is under way.
    pub ended_us: Option<u64>,
    /// The kind of the fault that struck it.
    pub fault: Option<&'static str>,
    /// Whether it came as far as the wait that a fault brings; where the fault has its effect first, that is made by then.
    pub waits: bool,
}

fn method_name<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}

/// Requests since the start, or since the record was cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Number of requests.
    pub count: u64,
    /// Over how many different connections.
    pub connections: u64,
    /// Number under way now.
    pub in_flight: u64,
    /// Number under way at most.
    pub peak_in_flight: u64,
    /// The latest 100,000 of them.
    pub requests: VecDeque<SeenRequest>,
}

/// The record, shared by all connections.
#[derive(Debug)]
pub(crate) struct Record {
    started: Instant,
    recorded: Mutex<Recorded>,
}

impl Default for Record {
    fn default() -> Self {
        Self { started: Instant::now(), recorded: Mutex::default() }
    }
}

#[derive(Debug, Default)]
struct Recorded {
    /// Grows with every clearing, so that a request from before it does not end another one of the same number.
    epoch: u64,
    traffic: Traffic,
}

/// One connection. It counts with its first request to the API, so that control requests leave no trace.
#[derive(Debug, Default)]
pub(crate) struct Connection(Mutex<Option<Counted>>);

#[derive(Clone, Copy, Debug)]
struct Counted {
    epoch: u64,
    number: u64,
}

impl Connection {
    fn number_in(&self, recorded: &mut Recorded) -> u64 {
        let mut counted = locked(&self.0);
        if let Some(counted) = counted.filter(|counted| counted.epoch == recorded.epoch) {
            return counted.number;
        }
        recorded.traffic.connections += 1;
        let number = recorded.traffic.connections;
        *counted = Some(Counted { epoch: recorded.epoch, number });
        number
    }
}

impl Record {
    pub(crate) fn traffic(&self) -> Traffic {
        locked(&self.recorded).traffic.clone()
    }

    pub(crate) fn read<T>(&self, read: impl FnOnce(&Traffic) -> T) -> T {
        read(&locked(&self.recorded).traffic)
    }

    /// Starts anew. Connections that stay open count again with their next request.
    pub(crate) fn clear(&self) {
        let mut recorded = locked(&self.recorded);
        recorded.epoch += 1;
        let in_flight = recorded.traffic.in_flight;
        recorded.traffic = Traffic { in_flight, peak_in_flight: in_flight, ..Traffic::default() };
    }

    fn now_us(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// One request under way; dropping it ends it, also when the client has gone.
#[derive(Debug)]
pub(crate) struct Arrival {
    record: Arc<Record>,
    epoch: u64,
    number: u64,
    status: Option<u16>,
}

impl Arrival {
    pub(crate) fn new(
        record: &Arc<Record>,
        connection: &Connection,
        request: &http::request::Parts,
        fault: Option<&'static str>,
    ) -> Self {
        let path = request.uri.path_and_query().map_or_else(|| request.uri.path().to_owned(), ToString::to_string);
        let arrived_us = record.now_us();
        let mut recorded = locked(&record.recorded);
        let connection = connection.number_in(&mut recorded);
        let epoch = recorded.epoch;
        let number = recorded.traffic.arrived();
        recorded.traffic.list(SeenRequest {
            number,
            connection,
            method: request.method.clone(),
            path,
            had_api_key: request.headers.contains_key("x-api-key"),
            status: None,
            arrived_us,
            ended_us: None,
            fault,
            waits: false,
        });
        drop(recorded);
        Self { record: Arc::clone(record), epoch, number, status: None }
    }

    /// From now on it is kept waiting.
    pub(crate) fn waits(&self) {
        let mut recorded = locked(&self.record.recorded);
        if recorded.epoch == self.epoch
            && let Some(request) = recorded.traffic.listed(self.number)
        {
            request.waits = true;
        }
    }

    pub(crate) const fn answered(&mut self, status: StatusCode) {
        self.status = Some(status.as_u16());
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        let ended_us = self.record.now_us();
        let mut recorded = locked(&self.record.recorded);
        let same_epoch = recorded.epoch == self.epoch;
        let traffic = &mut recorded.traffic;
        traffic.in_flight = traffic.in_flight.saturating_sub(1);
        if same_epoch && let Some(request) = traffic.listed(self.number) {
            request.status = self.status;
            request.ended_us = Some(ended_us);
        }
    }
}

impl Traffic {
    fn arrived(&mut self) -> u64 {
        self.count += 1;
        self.in_flight += 1;
        self.peak_in_flight = self.peak_in_flight.max(self.in_flight);
        self.count
    }

    fn list(&mut self, request: SeenRequest) {
        if self.requests.len() == LISTED {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    /// Numbers follow each other without gaps, so the place in the list is the distance from the first.
    fn listed(&mut self, number: u64) -> Option<&mut SeenRequest> {
        let first = self.requests.front()?.number;
        let index = usize::try_from(number.checked_sub(first)?).ok()?;
        self.requests.get_mut(index)
    }
}
