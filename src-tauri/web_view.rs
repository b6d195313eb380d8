//! A web view whose process died, of a fault of its own or because the system took it away: its page is loaded again. What runs in
//! Rust goes on meanwhile, and the page asks for it as after any start.

use std::cell::Cell;
use std::time::{Duration, Instant};

use gtk::glib;
use gtk::prelude::ObjectExt as _;
use tauri::{Runtime, WebviewWindow};

/// A page that ends its process as soon as it is loaded would keep the machine busy with that: it gets a pause.
const PAUSE: Duration = Duration::from_secs(10);

/// Has the page of this window loaded again whenever its process dies.
pub(crate) fn load_again_after_a_crash<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    let again = window.clone();
    window.with_webview(move |webview| {
        let last = Cell::new(None::<Instant>);
        webview.inner().connect_local("web-process-terminated", false, move |_| {
            let soon = last.replace(Some(Instant::now())).is_some_and(|last| last.elapsed() < PAUSE);
            let again = again.clone();
            glib::timeout_add_local_once(if soon { PAUSE } else { Duration::ZERO }, move || {
                // A window that is being closed needs no page.
                let _ = again.reload();
            });
            None
        });
    })
}
