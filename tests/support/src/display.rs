//! A display that nobody sees and no other test draws on, and what a person does to a window from outside of it.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::ErrorKind;
use x11rb::protocol::xproto::{
    AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ClientMessageEvent, ConnectionExt as _, EventMask, ImageFormat,
    KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, MapState, Rectangle, Window as WindowId,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::process::Process;

/// Larger than any window of a test, so that a window is never cut.
const SCREEN: (u16, u16) = (1600, 1200);

/// A window that moves for longer is looked at in the middle of it: something turns while it waits.
const LONGEST_MOVE: Duration = Duration::from_secs(1);
/// How far the middle of a question's buttons is above its lower edge, in pixels.
const BUTTON_ABOVE_THE_END: i16 = 20;
/// The return key and the tab key (X11's keysymdef.h).
const KEY_RETURN: u32 = 0xff0d;
const KEY_TAB: u32 = 0xff09;
const BETWEEN_LOOKS: Duration = Duration::from_millis(60);

/// Whether an answer of the display says that the window in question is not there any more.
fn is_gone(error: &ReplyError) -> bool {
    let kind = |error: &x11rb::x11_utils::X11Error| error.error_kind;
    matches!(error, ReplyError::X11Error(error) if matches!(kind(error), ErrorKind::Window | ErrorKind::Drawable))
}

/// What a window looks like: red, green and blue of every pixel, row by row.
#[derive(PartialEq, Eq)]
struct Image {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Image {
    fn save(&self, path: &Path) -> io::Result<()> {
        let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(io::Error::other)?;
        writer.write_image_data(&self.pixels).map_err(io::Error::other)?;
        writer.finish().map_err(io::Error::other)
    }
}

/// An X server in memory. Ends with the value.
#[derive(Debug)]
pub struct Display {
    name: String,
    _server: Process,
}

/// Says that something has ended, when it goes.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Display {
    /// Starts one under a number that is free.
    ///
    /// # Errors
    /// Xvfb is not installed, or does not start.
    pub fn start() -> io::Result<Self> {
        Self::with_screen(SCREEN)
    }

    /// The same with a screen of so many pixels.
    ///
    /// # Errors
    /// As [`Display::start`].
    pub fn with_screen((width, height): (u16, u16)) -> io::Result<Self> {
        let mut command = Command::new("Xvfb");
        let screen = format!("{width}x{height}x24");
        command.args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = Process::spawn(&mut command, "xvfb")?;
        let mut number = String::new();
        if let Some(output) = server.0.stdout.take() {
            BufReader::new(output).read_line(&mut number)?;
        }
        match number.trim().parse::<u32>() {
            Ok(number) => Ok(Self { name: format!(":{number}"), _server: server }),
            Err(_) => Err(io::Error::other("Xvfb ended before it had a display")),
        }
    }

    /// For the variable `DISPLAY`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks every window to close, as the button in its frame does. Answers how many there were.
    ///
    /// # Errors
    /// The display does not answer.
    pub fn ask_to_close(&self) -> io::Result<usize> {
        self.asked_to_close().map_err(io::Error::other)
    }

    /// Answers the question of this title with the first of its two buttons, which agrees. Answers whether it was there.
    ///
    /// # Errors
    /// The display does not answer.
    pub fn agree(&self, title: &str) -> io::Result<bool> {
        match self.agreed(title) {
            // A window that closed between two questions about it asks nothing any more.
            Err(error) if error.downcast_ref().is_some_and(is_gone) => Ok(false),
            answer => answer.map_err(io::Error::other),
        }
    }

    /// The sizes of the windows that can be seen, width and height in pixels.
    ///
    /// # Errors
    /// The display does not answer.
    pub fn window_sizes(&self) -> io::Result<Vec<(u16, u16)>> {
        self.sizes().map_err(io::Error::other)
    }

    /// Where the windows that can be seen begin, and where they end: left, top, right and bottom in pixels of the screen.
    ///
    /// # Errors
    /// The display does not answer.
    pub fn window_bounds(&self) -> io::Result<Vec<[i32; 4]>> {
        self.bounds().map_err(io::Error::other)
    }

    /// The colour of the window at this place, red, green and blue. Nothing where no window can be seen.
    ///
    /// # Errors
    /// The display does not answer, or the place lies outside of the window.
    pub fn colour_at(&self, x: i16, y: i16) -> io::Result<Option<[u8; 3]>> {
        self.pixel(x, y).map_err(io::Error::other)
    }

    /// Keeps a picture of the window as it is seen, once it stands still or has moved for a second.
    ///
    /// # Errors
    /// There is no window, or the file cannot be written.
    pub fn save_picture(&self, path: &Path) -> io::Result<()> {
        let mut seen = self.image().map_err(io::Error::other)?;
        let deadline = Instant::now() + LONGEST_MOVE;
        loop {
            std::thread::sleep(BETWEEN_LOOKS);
            let now = self.image().map_err(io::Error::other)?;
            if now == seen || Instant::now() > deadline {
                return now.save(path);
            }
            seen = now;
        }
    }

    /// Answers questions for a password one after the other, while `work` runs that brings them up: each text is typed, with
    /// `\t` for the next field, and confirmed. Answers what `work` does, and an error where it ended before all questions came
    /// or the display does not answer.
    pub fn typing_passwords<T>(&self, passwords: &[&str], work: impl FnOnce() -> T) -> (T, io::Result<()>) {
        let ended = AtomicBool::new(false);
        let answered = || -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
            for (nth, password) in passwords.iter().enumerate() {
                while !self.point_at_password_question()? {
                    if ended.load(Ordering::SeqCst) {
                        return Ok(nth);
                    }
                    std::thread::sleep(BETWEEN_LOOKS);
                }
                self.type_text(&format!("{password}\n"))?;
                while self.point_at_password_question()? {
                    std::thread::sleep(BETWEEN_LOOKS);
                }
            }
            Ok(passwords.len())
        };
        std::thread::scope(|scope| {
            let typist = scope.spawn(answered);
            // Also where the work panics: nobody asks then.
            let at_the_end = Ending(&ended);
            let done = work();
            drop(at_the_end);
            let (answered, all) = (typist.join(), passwords.len());
            let answered = match answered {
                Ok(Ok(answered)) if answered == all => Ok(()),
                Ok(Ok(answered)) => Err(io::Error::other(format!("{answered} of {all} questions came"))),
                Ok(Err(error)) => Err(io::Error::other(error)),
                Err(_) => Err(io::Error::other("typing panicked")),
            };
            (done, answered)
        })
    }

    /// Puts the pointer on a question for a password, so that what is typed goes there also before it has taken the keyboard
    /// for itself. Answers whether there is one.
    fn point_at_password_question(&self) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
        let (screen, root) = self.connect()?;
        for window in screen.query_tree(root)?.reply()?.children {
            let attributes = screen.get_window_attributes(window)?.reply();
            if attributes.is_ok_and(|attributes| attributes.map_state == MapState::VIEWABLE) {
                let class = screen.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::ANY, 0, 64)?.reply();
                if class.is_ok_and(|class| String::from_utf8_lossy(&class.value).contains("prompter")) {
                    // It may close meanwhile.
                    let Ok(place) = screen.get_geometry(window)?.reply() else { continue };
                    let (x, y) = (place.x + 10, place.y + 10);
                    screen.xtest_fake_input(MOTION_NOTIFY_EVENT, 0, x11rb::CURRENT_TIME, root, x, y, 0)?.check()?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Types small letters, tabs and line ends into whatever has the keyboard.
    fn type_text(&self, text: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let (screen, root) = self.connect()?;
        let (first, last) = (screen.setup().min_keycode, screen.setup().max_keycode);
        let keyboard = screen.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let per_key = usize::from(keyboard.keysyms_per_keycode);
        for letter in text.chars() {
            let symbol = match letter {
                '\n' => KEY_RETURN,
                '\t' => KEY_TAB,
                letter => u32::from(letter),
            };
            let nth = keyboard.keysyms.chunks(per_key).position(|symbols| symbols.first() == Some(&symbol));
            let key = first + u8::try_from(nth.ok_or("this keyboard has no such key")?)?;
            for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
                screen.xtest_fake_input(kind, key, x11rb::CURRENT_TIME, root, 0, 0, 0)?.check()?;
            }
        }
        Ok(())
    }

    fn asked_to_close(&self) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
        let (screen, root) = self.connect()?;
        let protocols = screen.intern_atom(false, b"WM_PROTOCOLS")?.reply()?.atom;
        let delete = screen.intern_atom(false, b"WM_DELETE_WINDOW")?.reply()?.atom;
        let windows = visible_windows(&screen, root)?;
        for &window in &windows {
            let message = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
            screen.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
        }
        Ok(windows.len())
    }

    fn agreed(&self, title: &str) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
        let (screen, root) = self.connect()?;
        for window in visible_windows(&screen, root)? {
            let named = screen.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?.reply()?;
            if named.value != title.as_bytes() {
                continue;
            }
            // Both share the lower end of a question, side by side. A hand goes there, presses and lets go.
            let place = screen.get_geometry(window)?.reply()?;
            let left = i16::try_from(place.width / 4)? + place.x;
            let lower = i16::try_from(place.height)? - BUTTON_ABOVE_THE_END + place.y;
            for (kind, button) in [(MOTION_NOTIFY_EVENT, 0), (BUTTON_PRESS_EVENT, 1), (BUTTON_RELEASE_EVENT, 1)] {
                screen.xtest_fake_input(kind, button, x11rb::CURRENT_TIME, root, left, lower, 0)?.check()?;
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn sizes(&self) -> Result<Vec<(u16, u16)>, Box<dyn std::error::Error + Send + Sync>> {
        let (screen, root) = self.connect()?;
        let mut sizes = Vec::new();
        for window in visible_windows(&screen, root)? {
            let place = screen.get_geometry(window)?.reply()?;
            sizes.push((place.width, place.height));
        }
        Ok(sizes)
    }

    fn bounds(&self) -> Result<Vec<[i32; 4]>, Box<dyn std::error::Error + Send + Sync>> {
        let (screen, root) = self.connect()?;
        let mut bounds = Vec::new();
        for window in visible_windows(&screen, root)? {
            let place = screen.get_geometry(window)?.reply()?;
            let (left, top) = (i32::from(place.x), i32::from(place.y));
            bounds.push([left, top, left + i32::from(place.width), top + i32::from(place.height)]);
        }
        Ok(bounds)
    }

    fn pixel(&self, x: i16, y: i16) -> Result<Option<[u8; 3]>, Box<dyn std::error::Error + Send + Sync>> {
        let (screen, root) = self.connect()?;
        let Some(&window) = visible_windows(&screen, root)?.first() else { return Ok(None) };
        let image = seen(&screen, window, Rectangle { x, y, width: 1, height: 1 })?;
        Ok(image.pixels.first_chunk().copied())
    }

    fn image(&self) -> Result<Image, Box<dyn std::error::Error + Send + Sync>> {
        let (screen, root) = self.connect()?;
        let window = *visible_windows(&screen, root)?.first().ok_or("there is no window to see")?;
        let place = screen.get_geometry(window)?.reply()?;
        seen(&screen, window, Rectangle { x: 0, y: 0, width: place.width, height: place.height })
    }

    fn connect(&self) -> Result<(RustConnection, WindowId), Box<dyn std::error::Error + Send + Sync>> {
        let (screen, _) = RustConnection::connect(Some(&self.name))?;
        let root = screen.setup().roots.first().ok_or("this display has no screen")?.root;
        Ok((screen, root))
    }
}

/// A part of a window. The screen has four bytes a pixel, of which the last says nothing.
fn seen(
    screen: &RustConnection,
    window: WindowId,
    part: Rectangle,
) -> Result<Image, Box<dyn std::error::Error + Send + Sync>> {
    let Rectangle { x, y, width, height } = part;
    let image = screen.get_image(ImageFormat::Z_PIXMAP, window, x, y, width, height, !0)?.reply()?;
    let pixels = image.data.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    Ok(Image { width: width.into(), height: height.into(), pixels })
}

/// Windows with a title: menus and tooltips have none.
fn visible_windows(
    screen: &RustConnection,
    root: WindowId,
) -> Result<Vec<WindowId>, Box<dyn std::error::Error + Send + Sync>> {
    let mut visible = Vec::new();
    for window in screen.query_tree(root)?.reply()?.children {
        let seen = screen.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE;
        let title = screen.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?.reply()?;
        if seen && title.value_len > 0 {
            visible.push(window);
        }
    }
    Ok(visible)
}
