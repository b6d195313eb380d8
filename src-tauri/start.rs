//! Putting the window up: plugins, the one window and what happens to it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use aidb_core::vault::Vault;
use directories::BaseDirs;
use tauri::webview::NewWindowResponse;
#[cfg(target_os = "linux")]
use tauri::webview::PageLoadEvent;
use tauri::{
    App, AppHandle, Builder, DragDropEvent, Emitter, Manager, RunEvent, Runtime, Theme as SystemTheme, Url, WebviewUrl,
    WebviewWindow, WebviewWindowBuilder, WindowEvent,
};
use tauri_plugin_window_state::StateFlags;

use crate::clipboard::SystemClipboard;
use crate::commands;
use crate::contract::{CloseAsked, FileHovering, FileOpened, Settings, Theme};
use crate::desktop::{Desktop, Parts};
use crate::dialogs::SystemDialogs;
use crate::window::{LABEL, SystemWindow, draw_at};
use crate::{fitting, invoke, outline, process};

/// Arguments of the application.
pub(crate) struct Start {
    pub(crate) folder: PathBuf,
    pub(crate) vault: Vault,
    /// The account, for the history.
    pub(crate) actor: String,
    pub(crate) proxies: aidb_core::connector::Proxies,
    /// A configuration file to open.
    pub(crate) open_file: Option<PathBuf>,
}

/// Runs until the window is closed.
pub(crate) fn run(start: Start) -> tauri::Result<()> {
    #[cfg(target_os = "linux")]
    let _bus = crate::portal::pass_by_one_that_hangs();
    let flags = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    let app = Builder::default()
        // The first of all plugins: a second start must end before it does anything.
        .plugin(tauri_plugin_single_instance::init(|app, words, folder| second_start(app, &words, Path::new(&folder))))
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(flags).build())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .setup(move |app| Ok(set_up(app, start)?))
        .invoke_handler(invoke::handler(|webview| Arc::clone(&webview.state::<Arc<Desktop>>())))
        .build(tauri::generate_context!())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event
            && let Some(desktop) = app.try_state::<Arc<Desktop>>()
        {
            // The process ends, and with it what X11 would serve; other systems keep what was not cleared.
            let _ = desktop.clear_clipboard();
            // A keychain that does not answer now leaves the keyring to the end of the session on this machine.
            let _ = tauri::async_runtime::block_on(desktop.engine().vault().lock_idle());
        }
    });
    Ok(())
}

fn set_up<R: Runtime>(app: &mut App<R>, start: Start) -> tauri::Result<()> {
    let handle = app.handle().clone();
    let desktop = Arc::new(Desktop::new(Parts {
        folder: start.folder,
        vault: start.vault,
        actor: start.actor,
        proxies: start.proxies,
        home: BaseDirs::new().map(|folders| folders.home_dir().to_owned()),
        open_file: start.open_file,
        dialogs: Box::new(SystemDialogs(handle.clone())),
        clipboard: Arc::new(SystemClipboard::new()),
        window: Box::new(SystemWindow(handle)),
    }));
    app.manage(Arc::clone(&desktop));
    let window = open(app, &desktop.preferences.get().settings)?;
    watch(&window, &desktop);
    tauri::async_runtime::spawn(async move {
        // The page asks for what came of it, and is told of an error then.
        let _ = commands::begin(&desktop).await;
    });
    Ok(())
}

fn open<R: Runtime>(app: &App<R>, settings: &Settings) -> tauri::Result<WebviewWindow<R>> {
    let theme = match settings.theme {
        Theme::System => None,
        Theme::Light => Some(SystemTheme::Light),
        Theme::Dark => Some(SystemTheme::Dark),
    };
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("aidb")
        .inner_size(1280.0, 800.0)
        .min_inner_size(800.0, 560.0)
        .visible(false)
        .theme(theme)
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    #[cfg(target_os = "linux")]
    let outline = outline::Outline::default();
    #[cfg(target_os = "linux")]
    let builder = builder.on_page_load({
        let outline = outline.clone();
        move |window, load| {
            if load.event() == PageLoadEvent::Finished {
                outline.take_away(&window);
            }
        }
    });
    let window = builder.build()?;
    fitting::fit(&window)?;
    draw_at(&window, settings.zoom)?;
    let palette = outline::palette(window.theme()? == SystemTheme::Dark);
    window.set_background_color(Some(palette.ground))?;
    #[cfg(target_os = "linux")]
    {
        outline.put_over(&window, palette)?;
        crate::web_view::load_again_after_a_crash(&window)?;
    }
    // With its size, ground and outlines, and not later: the web view paints nothing while it is hidden.
    window.show()?;
    Ok(window)
}

/// Whether that is the application's own page. Nothing else is ever shown in its window.
fn is_own(url: &Url) -> bool {
    match url.scheme() {
        // The page's own server, in a build that only `cargo xtask dev --window` makes.
        "http" if cfg!(dev) => url.host_str() == Some("localhost") && url.port() == Some(1420),
        "tauri" => url.host_str() == Some("localhost"),
        // What the same page is called where the system knows no schemes of one's own.
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// A second start opens its file in the first window.
fn second_start<R: Runtime>(app: &AppHandle<R>, words: &[String], folder: &Path) {
    if let (Some(path), Some(desktop)) = (process::file_to_open(words, folder), app.try_state::<Arc<Desktop>>()) {
        opened(app, &desktop, path);
    }
    if let Some(window) = app.get_webview_window(LABEL) {
        // Each may be refused by a window manager, and then the window stays where it is.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

fn watch<R: Runtime>(window: &WebviewWindow<R>, desktop: &Arc<Desktop>) {
    let (app, desktop) = (window.app_handle().clone(), Arc::clone(desktop));
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(dragged) => drop_file(&app, &desktop, dragged),
        WindowEvent::CloseRequested { api, .. } => {
            let running = desktop.plans.running();
            // A page that does not answer any more is asked once: one that does says again that it holds something.
            if !running.is_empty() || desktop.unsaved.swap(false, Ordering::Relaxed) {
                api.prevent_close();
                tell(&app, "close_asked", CloseAsked { running });
            }
        }
        _ => {}
    });
}

fn drop_file<R: Runtime>(app: &AppHandle<R>, desktop: &Desktop, dragged: &DragDropEvent) {
    match dragged {
        DragDropEvent::Enter { .. } => tell(app, "file_hovering", FileHovering { over: true }),
        DragDropEvent::Leave => tell(app, "file_hovering", FileHovering { over: false }),
        DragDropEvent::Drop { paths, .. } => {
            tell(app, "file_hovering", FileHovering { over: false });
            if let Some(path) = paths.first() {
                opened(app, desktop, path.clone());
            }
        }
        _ => {}
    }
}

/// To the page where it listens; a page that starts only now asks for it.
fn opened<R: Runtime>(app: &AppHandle<R>, desktop: &Desktop, path: PathBuf) {
    // A system without randomness gives out no ticket, and then the file can still be chosen in a dialog, which says so.
    if let Ok(Some(file)) = desktop.open_file(path) {
        tell(app, "file_opened", FileOpened { file });
    }
}

/// A page that is gone hears nothing, and nobody else has to.
fn tell<R: Runtime>(app: &AppHandle<R>, event: &str, payload: impl serde::Serialize + Clone) {
    let _ = app.emit_to(LABEL, event, payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_page_is_ever_shown() {
        for own in ["tauri://localhost", "tauri://localhost/index.html", "http://tauri.localhost/"] {
            assert!(is_own(&own.parse().unwrap()), "{own}");
        }
        for foreign in [
            "https://example.com/",
            "http://localhost/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "tauri://elsewhere/",
            "https://tauri.localhost.example.com/",
            "javascript:alert(1)",
        ] {
            assert!(!is_own(&foreign.parse().unwrap()), "{foreign}");
        }
    }
}
