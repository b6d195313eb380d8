//! What stands in the window before its page does: the ground, so that nothing flashes, and the frame's outlines, painted by the
//! window itself. A web view takes most of a second to its first frame, and until then its window would be empty.

use tauri::window::Color;

/// The page's colours that the outlines have, as its tokens name them.
pub(crate) struct Palette {
    pub(crate) ground: Color,
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only the ground is painted there"))]
    frame: Frame,
}

struct Frame {
    sunken: Color,
    surface: Color,
    line: Color,
}

const LIGHT: Palette = Palette {
    ground: Color(0xf4, 0xf5, 0xf7, 0xff),
    frame: Frame {
        sunken: Color(0xec, 0xee, 0xf2, 0xff),
        surface: Color(0xff, 0xff, 0xff, 0xff),
        line: Color(0xdf, 0xe3, 0xea, 0xff),
    },
};
const DARK: Palette = Palette {
    ground: Color(0x0e, 0x11, 0x16, 0xff),
    frame: Frame {
        sunken: Color(0x0a, 0x0d, 0x11, 0xff),
        surface: Color(0x16, 0x1a, 0x21, 0xff),
        line: Color(0x27, 0x2d, 0x38, 0xff),
    },
};

/// The colours of a theme.
pub(crate) fn palette(dark: bool) -> &'static Palette {
    if dark { &DARK } else { &LIGHT }
}

#[cfg(target_os = "linux")]
pub(crate) use linux::Outline;

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use gtk::Widget;
    use gtk::cairo::{Context, RectangleInt, Region};
    use gtk::gdk::prelude::DisplayExtManual as _;
    use gtk::glib::timeout_add_local_once;
    use gtk::prelude::{Cast as _, ObjectExt as _, WidgetExt as _};
    use tauri::window::Color;
    use tauri::{Runtime, WebviewWindow};

    use super::Palette;

    /// Of `.outline` in the page's styles, in the page's pixels.
    pub(super) const NAVIGATION: f64 = 216.0;
    pub(super) const NARROW_NAVIGATION: f64 = 58.0;
    pub(super) const NARROW_BELOW: f64 = 900.0;
    pub(super) const TOP_BAR: f64 = 52.0;
    pub(super) const LINE: f64 = 1.0;

    /// From the end of a load to a frame that shows it.
    const LONGEST_TO_A_FRAME: Duration = Duration::from_millis(500);

    /// Outlines over a web view, until it has something to show.
    #[derive(Clone, Default)]
    pub(crate) struct Outline {
        gone: Arc<AtomicBool>,
    }

    impl Outline {
        /// Paints them as soon as this window is shown, and over whatever its web view paints.
        pub(crate) fn put_over<R: Runtime>(
            &self,
            window: &WebviewWindow<R>,
            palette: &'static Palette,
        ) -> tauri::Result<()> {
            window.gtk_window()?.connect_map(|shown| draw_at_once(shown.upcast_ref(), palette));
            let gone = Arc::clone(&self.gone);
            window.with_webview(move |webview| {
                webview.inner().connect_local("draw", true, move |values| {
                    if !gone.load(Ordering::Relaxed) {
                        let view = values.first()?.get::<Widget>().ok()?;
                        let context = values.get(1)?.get::<Context>().ok()?;
                        draw(&context, palette, view.allocated_width(), view.allocated_height());
                    }
                    Some(false.into())
                });
            })
        }

        /// Takes them away with the next frame of the web view: the page is there. Drawn anew at once, the window would be empty
        /// until that frame comes; and it may have come already.
        pub(crate) fn take_away<R: Runtime>(&self, window: &WebviewWindow<R>) {
            self.gone.store(true, Ordering::Relaxed);
            // Without a window there is nothing to paint anew.
            let _ = window.with_webview(|webview| {
                let view = webview.inner();
                timeout_add_local_once(LONGEST_TO_A_FRAME, move || view.queue_draw());
            });
        }
    }

    /// GTK paints a window some time after it is shown; where that means after a frame without anything in it, this is before.
    /// On Wayland a window is not seen before it was painted.
    fn draw_at_once(shown: &Widget, palette: &Palette) {
        let Some(surface) = shown.window().filter(|surface| surface.display().backend().is_x11()) else { return };
        let region = Region::create_rectangle(&RectangleInt::new(0, 0, surface.width(), surface.height()));
        if let Some(frame) = surface.begin_draw_frame(&region) {
            if let Some(context) = frame.cairo_context() {
                draw(&context, palette, surface.width(), surface.height());
            }
            surface.end_draw_frame(&frame);
        }
    }

    fn draw(context: &Context, palette: &Palette, width: i32, height: i32) {
        let (width, height) = (f64::from(width), f64::from(height));
        let navigation = if width < NARROW_BELOW { NARROW_NAVIGATION } else { NAVIGATION };
        let frame = &palette.frame;
        let areas = [
            (palette.ground, 0.0, 0.0, width, height),
            (frame.sunken, 0.0, 0.0, navigation - LINE, height),
            (frame.line, navigation - LINE, 0.0, LINE, height),
            (frame.surface, navigation, 0.0, width - navigation, TOP_BAR - LINE),
            (frame.line, navigation, TOP_BAR - LINE, width - navigation, LINE),
        ];
        for (Color(red, green, blue, _), x, y, width, height) in areas {
            let [red, green, blue] = [red, green, blue].map(|part| f64::from(part) / 255.0);
            context.set_source_rgb(red, green, blue);
            context.rectangle(x, y, width, height);
            // What cannot be drawn on is not shown either.
            let _ = context.fill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(name: &str) -> [Color; 2] {
        let tokens = include_str!("../ui/src/styles/tokens.css");
        let line = tokens.lines().find_map(|line| line.trim().strip_prefix(&format!("--{name}:"))).expect("a token");
        let (_, values) = line.split_once("light-dark(").expect("one for each theme");
        let values = values.split(')').next().expect("an end").split(", ");
        let colours: Vec<Color> = values.map(|value| value.parse().expect("a colour")).collect();
        colours.try_into().expect("two")
    }

    #[test]
    fn the_colours_are_the_pages() {
        for (name, of) in [
            ("ground", (|one| one.ground) as fn(&Palette) -> Color),
            ("sunken", |one| one.frame.sunken),
            ("surface", |one| one.frame.surface),
            ("line", |one| one.frame.line),
        ] {
            assert_eq!([palette(false), palette(true)].map(of), token(name), "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_places_are_the_pages() {
        use super::linux::{LINE, NARROW_BELOW, NARROW_NAVIGATION, NAVIGATION, TOP_BAR};
        let styles = include_str!("../ui/src/styles/base.css");
        for expected in [
            format!("grid-template: {TOP_BAR}px 1fr / {NAVIGATION}px 1fr"),
            format!(
                "@media (width < {}rem) {{ .outline {{ grid-template-columns: {NARROW_NAVIGATION}px 1fr; }} }}",
                NARROW_BELOW / 16.0
            ),
            format!("border-inline-end: {LINE}px solid var(--line); background: var(--sunken)"),
            format!("border-bottom: {LINE}px solid var(--line); background: var(--surface)"),
        ] {
            assert!(styles.contains(&expected), "{expected}");
        }
    }
}
