//! Listening, and ending.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, JoinSet};

use crate::error::StartError;
use crate::handle::Handle;
use crate::port::ReservedPort;
use crate::samples::Sample;
use crate::service::Environment;
use crate::shared::Shared;
use crate::state_file::StateFile;
use crate::switches::Switches;
use crate::traffic::Connection;

/// Options of one sandbox.
#[derive(Clone, Debug, Default)]
pub struct SandboxOptions {
    /// Content at first, and after a reset.
    pub sample: Sample,
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// Keeps the state in this file from start to start. What the file holds wins over the sample.
    pub state_file: Option<PathBuf>,
    /// The switches at the start, and after a reset.
    pub switches: Switches,
}

impl SandboxOptions {
    /// A sample environment on any free port, state in memory.
    #[must_use]
    pub fn sample(sample: Sample) -> Self {
        Self { sample, ..Self::default() }
    }
}

/// A running server of one environment. It ends with the value, and its open connections with it.
///
/// All that [`Handle`] can do, it can do itself.
#[derive(Debug)]
pub struct Sandbox {
    name: &'static str,
    address: SocketAddr,
    handle: Handle,
    accepting: JoinHandle<()>,
    /// Only where the sandbox runs on threads of its own.
    runtime: Option<Runtime>,
}

impl Sandbox {
    /// Starts on the current tokio runtime.
    ///
    /// # Errors
    /// When the port is taken, or the state file cannot be used.
    pub async fn start(options: SandboxOptions) -> Result<Self, StartError> {
        let shared = Arc::new(first_state(&options)?);
        let bound = |source| StartError::Bind { port: options.port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await.map_err(bound)?;
        let address = listener.local_addr().map_err(bound)?;
        let accepting = tokio::spawn(accept(listener, address, Environment::new(Arc::clone(&shared))));
        let name = options.sample.name();
        Ok(Self { name, address, handle: Handle { shared }, accepting, runtime: None })
    }

    /// Starts on two threads of its own: for callers without a runtime, and for those that block theirs.
    ///
    /// # Errors
    /// As [`Sandbox::start`], and when the threads cannot be started.
    pub fn start_on_own_threads(options: SandboxOptions) -> Result<Self, StartError> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).thread_name("aidb-sandbox").enable_all().build();
        let runtime = runtime.map_err(StartError::Threads)?;
        // Blocking is not allowed on a thread of another runtime, and the caller's may be one.
        let started = std::thread::scope(|scope| scope.spawn(|| runtime.block_on(Self::start(options))).join());
        let mut sandbox = started.map_err(|_| StartError::Threads(std::io::Error::other("the start panicked")))??;
        sandbox.runtime = Some(runtime);
        Ok(sandbox)
    }

    /// Starts the three sample environments on these ports (0 for any free one), state in memory.
    ///
    /// # Errors
    /// As [`Sandbox::start`]. Those that had already started are ended.
    pub async fn trio(ports: [u16; 3]) -> Result<Trio, StartError> {
        let [development, staging, production] = ports;
        let options = |sample, port| SandboxOptions { port, ..SandboxOptions::sample(sample) };
        Ok(Trio {
            development: Self::start(options(Sample::Development, development)).await?,
            staging: Self::start(options(Sample::Staging, staging)).await?,
            production: Self::start(options(Sample::Production, production)).await?,
        })
    }

    /// The name of the environment: `Development`, `Staging`, `Production`, `Empty`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// URL of the API: scheme, host, port, and the path prefix that is switched on now. No slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.control_url(), self.handle.switches().path_prefix)
    }

    /// Scheme, host and port: where `/__sandbox/…` is found, whatever the prefix.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port that it listens on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// State, switches and record. Outlives the sandbox.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Ends it as [`Sandbox::shutdown`] does. The port refuses connections as long as the answer is kept.
    ///
    /// # Errors
    /// When another program took the port at that moment.
    pub async fn leave(self) -> std::io::Result<ReservedPort> {
        let port = self.port();
        self.shutdown().await;
        ReservedPort::at(port)
    }

    /// Ends it, and returns when nothing listens on the port any more and its connections are closed.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        // It ends by being aborted, which is what the error says.
        let _ = (&mut self.accepting).await;
    }
}

impl Deref for Sandbox {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.accepting.abort();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The three sample environments.
#[derive(Debug)]
pub struct Trio {
    /// Ahead of the others.
    pub development: Sandbox,
    /// Between the two.
    pub staging: Sandbox,
    /// Production, which must not break.
    pub production: Sandbox,
}

impl Trio {
    /// In stage order.
    pub fn iter(&self) -> impl Iterator<Item = &Sandbox> {
        [&self.development, &self.staging, &self.production].into_iter()
    }
}

const A_MOMENT: Duration = Duration::from_millis(10);

fn first_state(options: &SandboxOptions) -> Result<Shared, StartError> {
    let seed = options.sample.registry();
    let state_file = options.state_file.clone().map(StateFile::new);
    let kept = state_file.as_ref().map(StateFile::load).transpose()?.flatten();
    let registry = kept.unwrap_or_else(|| seed.clone());
    Ok(Shared::new(registry, seed, state_file, options.switches.clone()))
}

/// Accepts until it is aborted; the connections are aborted with it.
async fn accept(mut listener: TcpListener, address: SocketAddr, environment: Environment) {
    let mut refuse = environment.shared.refuse.subscribe();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, environment.clone()));
                }
                // Out of file descriptors, most likely: some will be free again when connections end.
                Err(_) => tokio::time::sleep(A_MOMENT).await,
            },
            Ok(()) = refuse.changed() => {
                drop(listener);
                // Where another process was faster, it is waited for in `reopened`.
                let reserved = ReservedPort::at(address.port());
                connections.shutdown().await;
                let closed_for = *refuse.borrow_and_update();
                tokio::time::sleep(closed_for).await;
                drop(reserved);
                listener = reopened(address).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

/// The same port again. Where another process took it meanwhile, it is waited for.
async fn reopened(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(A_MOMENT).await,
        }
    }
}

async fn serve(stream: TcpStream, environment: Environment) {
    // Without it small answers wait for acknowledgements; a socket that refuses it only answers later.
    let _ = stream.set_nodelay(true);
    let connection = Arc::new(Connection::default());
    let service = service_fn(move |request| {
        let environment = environment.clone();
        let connection = Arc::clone(&connection);
        async move { environment.answer(&connection, request).await }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(None);
    // An error here is a client that left, or a connection that was cut on purpose: neither is anybody's concern.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}
