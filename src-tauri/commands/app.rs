//! The start, settings, and what the page keeps from start to start.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use aidb_core::vault::VaultKind;

use crate::contract::{
    Draft, DraftSave, EnvironmentView, ErrorReport, FilePurpose, KeyView, LicenceView, Settings, SettingsSave,
    StartView, SupportBundle, TextCopy, Trouble, Unsaved, WrittenFile,
};
use crate::desktop::Desktop;
use crate::error::WindowError;
use crate::views::environments as views;
use crate::{bundle, licences};

/// The most requests at once.
const MOST_PARALLEL: u16 = 32;
/// Zooms of the page, in percent.
const ZOOMS: std::ops::RangeInclusive<u16> = 50..=200;

/// Everything the page needs to draw its first screen, which waits for it: so the keychain is not asked.
pub(crate) async fn app_start(desktop: Arc<Desktop>, _: ()) -> Result<StartView, ErrorReport> {
    let memory = desktop.preferences.get();
    let mut troubles: Vec<Trouble> = desktop.preferences.trouble().into_iter().collect();
    if let Some(closed) = desktop.closed_folder() {
        troubles.push(Trouble { subject: "Data folder".into(), error: closed });
    }
    let environments = first_list(&desktop).await.unwrap_or_else(|error| {
        troubles.push(Trouble { subject: "Environments, backups and history".into(), error });
        Vec::new()
    });
    // A store that cannot be read is told already.
    let batches = super::batches::left(&desktop).await.unwrap_or_default();
    Ok(StartView {
        version: env!("CARGO_PKG_VERSION").into(),
        data_folder: desktop.folder().display().to_string(),
        settings: memory.settings,
        keychain: None,
        environments,
        sandbox: desktop.sandbox.state(),
        open_file: desktop.take_open_file()?,
        draft: memory.draft,
        batches,
        troubles,
    })
}

/// With their keys, where that takes no keychain.
async fn first_list(desktop: &Desktop) -> Result<Vec<EnvironmentView>, ErrorReport> {
    let engine = desktop.engine();
    if engine.vault().kind() != VaultKind::Keychain {
        return super::environments::list(desktop).await;
    }
    let memory = desktop.preferences.get();
    let environments = engine.environments().await?.into_iter();
    Ok(environments.map(|environment| views::environment(environment, KeyView::Asking, &memory)).collect())
}

/// Keeps the settings, and works by them from now on.
pub(crate) async fn settings_save(desktop: Arc<Desktop>, request: SettingsSave) -> Result<Settings, ErrorReport> {
    let Settings { parallel_requests, zoom, .. } = request.settings;
    if !(1..=MOST_PARALLEL).contains(&parallel_requests) {
        return Err(WindowError::ParallelRequests { most: MOST_PARALLEL }.into());
    }
    if !ZOOMS.contains(&zoom) {
        return Err(WindowError::ZoomBeyond { least: *ZOOMS.start(), most: *ZOOMS.end() }.into());
    }
    let former =
        desktop.preferences.change(|memory| std::mem::replace(&mut memory.settings, request.settings.clone()))?;
    if former.parallel_requests != parallel_requests {
        desktop.rebuild(desktop.engine().vault().clone());
    }
    if former.zoom != zoom {
        desktop.window.zoom(zoom)?;
    }
    Ok(request.settings)
}

/// Keeps a half-filled wizard, or forgets it.
pub(crate) async fn draft_save(desktop: Arc<Desktop>, request: DraftSave) -> Result<(), ErrorReport> {
    let draft: Option<Draft> = request.draft;
    desktop.preferences.change(|memory| memory.draft = draft)
}

/// Opens the data folder in the system's file browser.
pub(crate) async fn data_folder_open(desktop: Arc<Desktop>, _: ()) -> Result<(), ErrorReport> {
    desktop.window.show_folder(desktop.folder())
}

/// Licences of aidb's parts.
pub(crate) async fn licence_list(_: Arc<Desktop>, _: ()) -> Result<Vec<LicenceView>, ErrorReport> {
    licences::list()
}

/// Writes what support needs, without secrets.
pub(crate) async fn support_bundle(desktop: Arc<Desktop>, request: SupportBundle) -> Result<WrittenFile, ErrorReport> {
    let destination = desktop.files.to_write(&request.file, &[FilePurpose::SupportBundle])?;
    bundle::write(&desktop, &destination.path, destination.overwrite).await
}

/// Stops what runs, waits until it is put back, and closes the window.
pub(crate) async fn window_close(desktop: Arc<Desktop>, _: ()) -> Result<(), ErrorReport> {
    desktop.plans.stop_all();
    desktop.plans.ended().await;
    // Whoever asked for it has been asked.
    desktop.unsaved.store(false, Ordering::Relaxed);
    desktop.window.close();
    Ok(())
}

/// Notes whether a form holds what was not saved: then closing asks first.
pub(crate) async fn window_unsaved(desktop: Arc<Desktop>, request: Unsaved) -> Result<(), ErrorReport> {
    desktop.unsaved.store(request.unsaved, Ordering::Relaxed);
    Ok(())
}

/// Puts a text of the page on the clipboard. The page cannot do that itself where the text comes only after the press that asked
/// for it: a web view takes what it is handed within the press alone.
pub(crate) async fn text_copy(desktop: Arc<Desktop>, request: TextCopy) -> Result<(), ErrorReport> {
    desktop.clipboard.put_text(request.text)
}
