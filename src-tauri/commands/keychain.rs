//! The keychain, and what to do where it cannot be used.

use std::sync::Arc;

use aidb_core::vault::{Vault, VaultStatus};

use crate::contract::{ErrorReport, KeychainView};
use crate::desktop::Desktop;
use crate::sandbox;
use crate::views::environments as views;

/// Looks again, without asking the person for anything. Ends a session of keys in memory when the keychain can be used again.
pub(crate) async fn keychain_status(desktop: Arc<Desktop>, _: ()) -> Result<KeychainView, ErrorReport> {
    let vault = desktop.engine().vault().clone();
    let Some(beneath) = vault.beneath() else { return Ok(views::keychain(vault.status().await)) };
    match beneath.status().await {
        ready @ VaultStatus::Ready { .. } => {
            desktop.rebuild(vault.end_session().await?);
            Ok(views::keychain(ready))
        }
        VaultStatus::Locked | VaultStatus::Silent { .. } | VaultStatus::Absent { .. } => {
            Ok(views::keychain(vault.status().await))
        }
    }
}

/// Has the system ask the person to unlock it.
pub(crate) async fn keychain_unlock(desktop: Arc<Desktop>, _: ()) -> Result<KeychainView, ErrorReport> {
    let vault = desktop.engine().vault().clone();
    vault.beneath().unwrap_or(&vault).unlock().await?;
    keychain_status(desktop, ()).await
}

/// Keeps keys for this session only, because the person chose so.
pub(crate) async fn keychain_session(desktop: Arc<Desktop>, _: ()) -> Result<KeychainView, ErrorReport> {
    let vault = desktop.engine().vault().clone();
    if vault.beneath().is_none() {
        desktop.rebuild(Vault::session(vault));
        sandbox::keys_again(&desktop).await?;
    }
    Ok(views::keychain(desktop.engine().vault().status().await))
}
