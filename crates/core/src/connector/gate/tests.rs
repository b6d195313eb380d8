//! The gate against simulated limiters, in paused time: what a real server's limiter would count, without the minutes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

/// How a server limits. Each takes `RATE` a second.
#[derive(Clone, Copy, Debug)]
enum Limiter {
    /// A counter that starts anew with the first request after a second.
    LazyWindow,
    /// A counter that starts anew at every full second of the server's clock.
    ClockWindow,
    /// At most `RATE` within any second.
    SlidingWindow,
    /// Tokens that fill up evenly, up to this many.
    Bucket(f64),
}

const RATE: f64 = 200.0;

struct Server {
    limiter: Limiter,
    rate: f64,
    retry_after: Option<Duration>,
    start: Instant,
    state: Mutex<ServerState>,
    refused: AtomicU64,
}

#[derive(Default)]
struct ServerState {
    window: f64,
    taken: f64,
    recent: VecDeque<f64>,
    tokens: Option<f64>,
    last: f64,
}

impl Server {
    fn new(limiter: Limiter, rate: f64, retry_after: Option<Duration>) -> Arc<Self> {
        let state = Mutex::default();
        Arc::new(Self { limiter, rate, retry_after, start: Instant::now(), state, refused: AtomicU64::new(0) })
    }

    fn takes(&self) -> bool {
        let now = self.start.elapsed().as_secs_f64();
        let mut state = self.state.lock().unwrap();
        match self.limiter {
            Limiter::LazyWindow | Limiter::ClockWindow => {
                let window = if matches!(self.limiter, Limiter::ClockWindow) { now.floor() } else { now };
                if window - state.window >= 1.0 || state.last == 0.0 {
                    (state.window, state.taken) = (window, 0.0);
                }
                state.last = now.max(1e-9);
                state.taken += 1.0;
                state.taken <= self.rate
            }
            Limiter::SlidingWindow => {
                while state.recent.front().is_some_and(|at| now - at >= 1.0) {
                    state.recent.pop_front();
                }
                let room = (state.recent.len() as f64) < self.rate;
                if room {
                    state.recent.push_back(now);
                }
                room
            }
            Limiter::Bucket(size) => {
                let tokens = state.tokens.unwrap_or(size);
                let tokens = (tokens + (now - state.last) * self.rate).min(size);
                state.last = now;
                let room = tokens >= 1.0;
                state.tokens = Some(if room { tokens - 1.0 } else { tokens });
                room
            }
        }
    }
}

/// Makes `requests` requests with `workers` at a time, each `latency` long; gives the requests per second reached.
async fn run(server: &Arc<Server>, gate: &Arc<Gate>, requests: u64, workers: u64, latency: Duration) -> f64 {
    let left = Arc::new(AtomicU64::new(requests));
    let started = Instant::now();
    let tasks = (0..workers).map(|_| {
        let (server, gate, left) = (Arc::clone(server), Arc::clone(gate), Arc::clone(&left));
        tokio::spawn(async move {
            while left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
                loop {
                    let ticket = gate.pass().await;
                    tokio::time::sleep(latency / 2).await;
                    let takes = server.takes();
                    tokio::time::sleep(latency / 2).await;
                    if takes {
                        gate.taken();
                        break;
                    }
                    server.refused.fetch_add(1, Ordering::SeqCst);
                    gate.refused(ticket, server.retry_after);
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    requests as f64 / started.elapsed().as_secs_f64()
}

async fn reached(limiter: Limiter, requests: u64, latency_ms: u64) -> f64 {
    let server = Server::new(limiter, RATE, Some(Duration::from_secs(1)));
    let gate = Arc::new(Gate::default());
    let rate = run(&server, &gate, requests, 10, Duration::from_millis(latency_ms)).await;
    let refused = server.refused.load(Ordering::SeqCst);
    println!("{limiter:?} {requests} requests, {latency_ms} ms: {rate:.1}/s, {refused} refused");
    rate
}

#[tokio::test(start_paused = true)]
async fn reaches_95_percent_of_what_a_server_allows() {
    for limiter in [Limiter::LazyWindow, Limiter::ClockWindow, Limiter::SlidingWindow, Limiter::Bucket(RATE)] {
        for (requests, latency_ms) in
            [(2_000, 2), (2_000, 4), (5_000, 4), (7_500, 2), (10_000, 2), (10_000, 10), (30_000, 2)]
        {
            let rate = reached(limiter, requests, latency_ms).await;
            assert!(rate >= 0.95 * RATE, "{limiter:?} with {requests} requests of {latency_ms} ms: {rate:.1}/s");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_small_burst_allowance_does_not_hold_the_rate_down_for_ever() {
    // The first refusal tells nothing of the rate there: 20 were taken at once. Trying higher rates finds it.
    for limiter in [Limiter::Bucket(20.0), Limiter::Bucket(50.0)] {
        let server = Server::new(limiter, RATE, Some(Duration::from_secs(1)));
        let gate = Arc::new(Gate::default());
        run(&server, &gate, 10_000, 10, Duration::from_millis(2)).await;
        let later = run(&server, &gate, 20_000, 10, Duration::from_millis(2)).await;
        println!("{limiter:?}: {later:.1}/s in the end");
        assert!(later >= 0.85 * RATE, "{limiter:?}: {later:.1}/s after the rate was found");
    }
}

#[tokio::test(start_paused = true)]
async fn without_retry_after_it_finds_the_rate_too() {
    for limiter in [Limiter::LazyWindow, Limiter::Bucket(20.0), Limiter::Bucket(RATE)] {
        let server = Server::new(limiter, RATE, None);
        let gate = Arc::new(Gate::default());
        run(&server, &gate, 4_000, 10, Duration::from_millis(2)).await;
        let later = run(&server, &gate, 20_000, 10, Duration::from_millis(2)).await;
        println!("{limiter:?} without Retry-After: {later:.1}/s");
        assert!(later >= 0.85 * RATE, "{limiter:?}: {later:.1}/s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_per_minute_is_kept_as_well() {
    let server = Server::new(Limiter::Bucket(60.0), 1.0, Some(Duration::from_secs(60)));
    let gate = Arc::new(Gate::default());
    let rate = run(&server, &gate, 600, 10, Duration::from_millis(5)).await;
    let refused = server.refused.load(Ordering::SeqCst);
    assert!(rate > 0.95, "{rate}/s with {refused} refused");
}

#[tokio::test(start_paused = true)]
async fn nobody_passes_while_it_is_closed_and_nobody_stampedes_afterwards() {
    let gate = Arc::new(Gate::default());
    let ticket = gate.pass().await;
    for _ in 0..20 {
        gate.taken();
    }
    let closed = Instant::now();
    assert_eq!(gate.refused(ticket, Some(Duration::from_secs(2))), Duration::from_secs(2));
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let gate = Arc::clone(&gate);
            tokio::spawn(async move {
                gate.pass().await;
                Instant::now()
            })
        })
        .collect();
    let mut passed = Vec::new();
    for task in waiting {
        passed.push(task.await.unwrap() - closed);
    }
    passed.sort();
    assert!(passed[0] >= Duration::from_secs(2), "let through while closed: {:?}", passed[0]);
    // 20 within 2 seconds were taken: 20 more take about 2 seconds, and do not leave together.
    let spread = passed[19] - passed[0];
    assert!(spread >= Duration::from_millis(1800), "20 requests left within {spread:?}");
    let together = passed.windows(2).filter(|pair| pair[1] - pair[0] < Duration::from_millis(50)).count();
    assert_eq!(together, 0, "some left together: {passed:?}");
}

#[tokio::test(start_paused = true)]
async fn one_burst_of_refusals_closes_it_once() {
    let gate = Gate::default();
    let mut tickets = Vec::new();
    for _ in 0..10 {
        tickets.push(gate.pass().await);
    }
    for ticket in &tickets {
        gate.refused(*ticket, Some(Duration::from_secs(1)));
    }
    assert_eq!(gate.pace().closings, 1, "ten refusals of one burst are one event");
    let before = Instant::now();
    gate.pass().await;
    assert!(before.elapsed() < Duration::from_millis(1100), "waited {:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_later_refusal_can_lengthen_the_wait_and_never_shorten_it() {
    let gate = Gate::default();
    let (first, second) = (gate.pass().await, gate.pass().await);
    gate.refused(first, Some(Duration::from_secs(5)));
    assert_eq!(gate.refused(second, Some(Duration::from_secs(1))), Duration::from_secs(5));
    assert_eq!(gate.refused(second, Some(Duration::from_secs(9))), Duration::from_secs(9));
}

#[tokio::test(start_paused = true)]
async fn an_open_gate_costs_no_time() {
    let gate = Gate::default();
    let before = Instant::now();
    for _ in 0..100_000 {
        gate.pass().await;
        gate.taken();
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn without_retry_after_the_wait_doubles_and_starts_anew_after_a_success() {
    let gate = Gate::default();
    let mut waits = Vec::new();
    for _ in 0..7 {
        let ticket = gate.pass().await;
        waits.push(gate.refused(ticket, None).as_millis());
    }
    assert_eq!(waits, [200, 400, 800, 1600, 3200, 5000, 5000]);
    let ticket = gate.pass().await;
    gate.taken();
    assert_eq!(gate.refused(ticket, None).as_millis(), 200);
}
