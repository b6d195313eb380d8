//! A machine without a graphics card, as virtual ones are and many behind a remote desktop.

use std::fs;

use gtk::glib;

/// Folder of graphics cards.
const CARDS: &str = "/dev/dri";
/// What a card is called that draws for whoever asks, and not only for the screen.
const RENDERS: &str = "renderD";
/// WebKit's own switch. Its setting for the same, `hardware-acceleration-policy`, makes WebKitGTK 2.50 end its web process.
const WITHOUT_COMPOSITING: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Has the web view paint into memory where there is no card. It would ask OpenGL, which without one computes every frame pixel
/// by pixel: a frame of scrolling takes four times as long. A variable that is set stays
/// as it is.
///
/// For the beginning of the process: it writes to its environment, which no other thread may be reading.
pub(crate) fn suit_the_machine() {
    if !has_a_card() {
        // Without it the window is slow, and works.
        let _ = glib::setenv(WITHOUT_COMPOSITING, "1", false);
    }
}

fn has_a_card() -> bool {
    // A system that has no such folder, or shows it to nobody, lends no card either.
    let Ok(cards) = fs::read_dir(CARDS) else { return false };
    cards.flatten().any(|card| card.file_name().to_string_lossy().starts_with(RENDERS))
}
