//! What a test asks a server itself, beside the engine.

use reqwest::{Client, ClientBuilder};

/// A client of the same library as the engine's.
///
/// # Panics
/// Never on a machine that can open sockets.
#[must_use]
pub fn client() -> Client {
    #[expect(clippy::expect_used, reason = "a test that cannot go on fails")]
    builder().build().expect("a client without settings")
}

/// The same, to be set up further.
pub fn builder() -> ClientBuilder {
    choose_cryptography();
    Client::builder()
}

/// The HTTP library wants one chosen in every process, also for plain HTTP. For libraries that make a client themselves.
pub fn choose_cryptography() {
    // Chosen before by another test of this process: the same.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
}
