//! The servers that a person agreed to talk to. The page says where an environment leads; before the first request to a server
//! that no environment has led to, a person is asked outside of the page.

use std::collections::BTreeSet;

use aidb_core::connector::parse_base_url;
use aidb_core::operations::Engine;
use tokio::sync::Mutex;

use crate::contract::ErrorReport;
use crate::dialogs::{Dialogs, Question};
use crate::error::WindowError;

/// Those that were agreed to since the start. One that an environment leads to has been agreed to before.
#[derive(Default)]
pub(crate) struct AgreedServers(Mutex<BTreeSet<String>>);

impl AgreedServers {
    /// Asks about the server of a URL, unless that has been agreed to.
    ///
    /// # Errors
    /// The URL is none, or the person does not agree.
    pub(crate) async fn agree(&self, dialogs: &dyn Dialogs, engine: &Engine, url: &str) -> Result<(), ErrorReport> {
        let server = server(url)?;
        // Held while it is asked: a page that asks for a hundred servers at once shows one question.
        let mut agreed = self.0.lock().await;
        // A store that cannot be read knows of none, and then it is asked.
        let profiles = engine.environments().await.unwrap_or_default();
        let known = profiles.iter().any(|profile| self::server(&profile.url).is_ok_and(|known| known == server));
        if known || agreed.contains(&server) {
            return Ok(());
        }
        if !dialogs.ask(&Question::server(&server)).await? {
            return Err(WindowError::ServerDeclined { server }.into());
        }
        agreed.insert(server);
        Ok(())
    }
}

/// Scheme, host and port: who gets what is sent there.
fn server(url: &str) -> Result<String, ErrorReport> {
    Ok(parse_base_url(url)?.origin().ascii_serialization())
}
