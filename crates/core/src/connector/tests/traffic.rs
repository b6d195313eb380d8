//! Many requests: how many connections they take, and that a server's limit is kept without losing one.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::support::{endpoint, id};
use crate::config::{Permission, ResourcePermission};
use crate::connector::{Connector, RetryPolicy, Session};

#[derive(Default)]
struct Counts {
    open: AtomicUsize,
    most_open: AtomicUsize,
    accepted: AtomicUsize,
    requests: AtomicUsize,
    refused: AtomicUsize,
    window: Mutex<Option<(Instant, usize)>>,
}

/// What a server does with a request.
#[derive(Clone, Copy)]
enum Habit {
    /// Answers after this time.
    Takes(Duration),
    /// Takes this many a second, and answers 429 beyond.
    Limits(usize),
}

/// A keep-alive server.
async fn serve(habit: Habit) -> (String, Arc<Counts>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let counts = Arc::new(Counts::default());
    let shared = Arc::clone(&counts);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let counts = Arc::clone(&shared);
            counts.accepted.fetch_add(1, Ordering::SeqCst);
            let open = counts.open.fetch_add(1, Ordering::SeqCst) + 1;
            counts.most_open.fetch_max(open, Ordering::SeqCst);
            tokio::spawn(async move {
                let _: Result<Infallible, std::io::Error> = keep_answering(stream, habit, &counts).await;
                counts.open.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    (url, counts)
}

async fn keep_answering(
    mut stream: tokio::net::TcpStream,
    habit: Habit,
    counts: &Counts,
) -> Result<Infallible, std::io::Error> {
    let mut buffer = vec![0; 16 * 1024];
    let mut held = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&held).into_owned();
        let complete = text.find("\r\n\r\n").and_then(|end| {
            let length = text.to_lowercase().split_once("content-length: ")?.1.split("\r\n").next()?.parse::<usize>();
            (held.len() >= end + 4 + length.ok()?).then_some(())
        });
        if complete.is_some() {
            held.clear();
            match habit {
                Habit::Takes(latency) => tokio::time::sleep(latency).await,
                Habit::Limits(limit) if !counts.takes(limit) => {
                    counts.refused.fetch_add(1, Ordering::SeqCst);
                    let refusal = b"HTTP/1.1 429 X\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
                    stream.write_all(refusal).await?;
                    continue;
                }
                Habit::Limits(_) => {}
            }
            counts.requests.fetch_add(1, Ordering::SeqCst);
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"agent_id\":\"a\"").await?;
            stream.write_all(b"}").await.ok();
            continue;
        }
        match stream.read(&mut buffer).await? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => held.extend_from_slice(&buffer[..count]),
        }
    }
}

impl Counts {
    /// Whether another one fits into this second.
    fn takes(&self, limit: usize) -> bool {
        let mut window = self.window.lock().unwrap();
        match &mut *window {
            Some((start, taken)) if start.elapsed() < Duration::from_secs(1) => {
                *taken += 1;
                *taken <= limit
            }
            window => {
                *window = Some((Instant::now(), 1));
                true
            }
        }
    }
}

async fn put_many(url: &str, in_flight: usize, requests: usize) -> Duration {
    let mut many = endpoint(url);
    many.in_flight = in_flight;
    many.limits.request = Duration::from_secs(30);
    let connector = Connector::new(many).unwrap();
    let policy = RetryPolicy::default();
    let session = Session::new(connector, policy, CancellationToken::new(), Arc::new(|_| {}));
    let (agent, permission) = (id("a"), ResourcePermission::new("table", [Permission::Read]));
    let started = Instant::now();
    let (agent, permission, session) = (&agent, &permission, &session);
    stream::iter(0..requests)
        .map(|number| async move {
            let resource = format!("resource-{number}");
            let resource = &resource;
            let put = |connector: Connector| async move {
                connector.set_resource_permission(agent, resource, permission).await
            };
            session.retrying("Setting", put).await.unwrap();
        })
        .buffer_unordered(in_flight)
        .collect::<Vec<()>>()
        .await;
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_connections_than_requests_in_flight_and_one() {
    for latency in [Duration::ZERO, Duration::from_millis(3)] {
        let (url, counts) = serve(Habit::Takes(latency)).await;
        let took = put_many(&url, 10, 1000).await;
        let (most, accepted) = (counts.most_open.load(Ordering::SeqCst), counts.accepted.load(Ordering::SeqCst));
        println!("{latency:?}: 1000 requests in {took:?}, {accepted} connections, {most} at most at one time");
        assert_eq!(counts.requests.load(Ordering::SeqCst), 1000, "one request each");
        assert!(accepted <= 11, "{accepted} connections for 10 requests in flight");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_beyond_the_limit_wait_for_a_slot() {
    let (agent, permission) = (id("a"), ResourcePermission::new("table", [Permission::Read]));
    // Which connection comes back when is a race: ten rounds make sure that it is run.
    for round in 0..10 {
        let (url, counts) = serve(Habit::Takes(Duration::from_millis(1))).await;
        let mut few = endpoint(&url);
        few.in_flight = 3;
        let connector = Connector::new(few).unwrap();
        let (connector, agent, permission) = (&connector, &agent, &permission);
        let put = |_| async move { connector.set_resource_permission(agent, "r", permission).await.unwrap() };
        stream::iter(0..200).map(put).buffer_unordered(50).collect::<Vec<()>>().await;
        let accepted = counts.accepted.load(Ordering::SeqCst);
        assert!(accepted <= 4, "{accepted} connections for 3 requests in flight, in round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_servers_limit_is_kept_and_no_request_is_lost() {
    let (url, counts) = serve(Habit::Limits(200)).await;
    let took = put_many(&url, 10, 700).await;
    let refused = counts.refused.load(Ordering::SeqCst);
    println!("700 requests at 200 a second in {took:?}, {refused} refused");
    assert_eq!(counts.requests.load(Ordering::SeqCst), 700, "each once");
    // The first burst runs into the limit with all that is under way; after that the gate knows it. Twice that much
    // leaves room for a machine that stalls.
    assert!(refused <= 20, "{refused} refused: the gate did not learn the limit");
}
