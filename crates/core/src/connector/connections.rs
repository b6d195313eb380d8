//! Keeps the number of connections down to the number of requests in flight.
//!
//! The HTTP library opens a connection whenever none is idle at the very moment a request asks. The one that the request
//! before it used comes back a few microseconds later; the request takes that, and the new one is finished in the
//! background and kept. So once there are enough, a new one waits for a moment first, and is not made at all if the request has
//! been served meanwhile.
//!
//! Kept because P2 of docs/QUALITY.md falls without it: hyper-util 0.1.21 (reqwest 0.13.5) on two busy cores opened 12 connections
//! for 10 requests in flight in 6 of 32 runs, and 5 for 3 in 13 of 32. On an idle machine it keeps to 11.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tower_layer::Layer;
use tower_service::Service;

/// Time a connection in use is waited for before another one is made. Matters only after the server closed an idle
/// one without saying so; then this is what replacing it costs besides.
const COMES_BACK_WITHIN: Duration = Duration::from_millis(5);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Number of connections, as far as answers tell.
#[derive(Debug)]
pub(super) struct Connections {
    open: AtomicUsize,
    enough: usize,
}

impl Connections {
    pub(super) fn up_to(enough: usize) -> Self {
        Self { open: AtomicUsize::new(0), enough }
    }

    pub(super) fn layer(self: &Arc<Self>) -> ConnectThrottle {
        ConnectThrottle(Arc::clone(self))
    }

    /// The server closes a connection, or one failed.
    pub(super) fn closed(&self) {
        // An error means there was none to count: a request may fail before it has a connection.
        let _ = self.open.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |open| open.checked_sub(1));
    }

    fn opening(&self) -> Opening {
        let open = self
            .open
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |open| (open < self.enough).then_some(open + 1));
        if open.is_ok() { Opening::AtOnce } else { Opening::AfterAMoment }
    }
}

enum Opening {
    AtOnce,
    AfterAMoment,
}

#[derive(Clone)]
pub(super) struct ConnectThrottle(Arc<Connections>);

impl<S> Layer<S> for ConnectThrottle {
    type Service = SparingConnect<S>;

    fn layer(&self, connect: S) -> SparingConnect<S> {
        SparingConnect { connections: Arc::clone(&self.0), connect }
    }
}

/// The HTTP library's way to connect, with second thoughts.
#[derive(Clone)]
pub(super) struct SparingConnect<S> {
    connections: Arc<Connections>,
    connect: S,
}

impl<S, Target> Service<Target> for SparingConnect<S>
where
    S: Service<Target, Error = BoxError> + Clone + Send + 'static,
    S::Future: Send,
    Target: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let (connections, mut connect) = (Arc::clone(&self.connections), self.connect.clone());
        Box::pin(async move {
            if let Opening::AfterAMoment = connections.opening() {
                let waiting = tokio::task::try_id();
                tokio::time::sleep(COMES_BACK_WITHIN).await;
                // A request that got another connection meanwhile leaves this future to a task of its own: hyper-util's pool spawns
                // it, to finish the connection in the background. The task's id is all that tells of it.
                if tokio::task::try_id() != waiting {
                    return Err("another connection came free".into());
                }
            }
            std::future::poll_fn(|context| connect.poll_ready(context)).await?;
            connect.call(target).await
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// Connects at once, and counts how often.
    #[derive(Clone, Default)]
    struct Dial(Arc<AtomicUsize>);

    impl Service<()> for Dial {
        type Response = ();
        type Error = BoxError;
        type Future = std::future::Ready<Result<(), BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, (): ()) -> Self::Future {
            self.0.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok(()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_too_many_waits_and_is_dropped_if_the_request_went_on_without_it() {
        let (dial, connections) = (Dial::default(), Arc::new(Connections::up_to(1)));
        let mut connect = connections.layer().layer(dial.clone());
        connect.call(()).now_or_never().unwrap().unwrap();
        // The request gave up on this one after it had begun: the library lets it finish in a task of its own.
        let mut left_behind = connect.call(());
        assert!((&mut left_behind).now_or_never().is_none(), "it waits first");
        assert!(tokio::spawn(left_behind).await.unwrap().is_err());
        assert_eq!(dial.0.load(Ordering::SeqCst), 1, "no connection was made for nobody");
        // This one is still waited for.
        connect.call(()).await.unwrap();
        assert_eq!(dial.0.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_connection_is_replaced_at_once() {
        let (dial, connections) = (Dial::default(), Arc::new(Connections::up_to(1)));
        let mut connect = connections.layer().layer(dial.clone());
        for _ in 0..3 {
            connect.call(()).now_or_never().unwrap().unwrap();
            connections.closed();
        }
        connections.closed();
        assert_eq!(dial.0.load(Ordering::SeqCst), 3);
    }
}
