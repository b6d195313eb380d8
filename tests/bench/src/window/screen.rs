//! What a person at the display would see, read from the X server: no word of the application is taken for it.

use anyhow::{Context as _, Result};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, MapState};
use x11rb::rust_connection::RustConnection;

/// Every how many pixels one is looked at, across and down.
const STEP: usize = 2;

/// How the display looks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// No window of a person's size is shown.
    Nothing,
    /// One is shown, and all of it has one colour.
    Blank,
    /// One is shown, with something in it: areas, and no words.
    Painted,
    /// One is shown, with words in it: their edges have many colours.
    Written,
}

/// So many colours and more are words.
const WORDS: usize = 8;

/// A display.
pub struct Screen {
    connection: RustConnection,
    root: u32,
}

impl Screen {
    /// The display of that name.
    pub fn open(display: &str) -> Result<Self> {
        let (connection, number) = RustConnection::connect(Some(display)).context("the display cannot be opened")?;
        let root = connection.setup().roots.get(number).context("the display has no screen")?.root;
        Ok(Self { connection, root })
    }

    /// Looks once.
    pub fn look(&self) -> Result<Sight> {
        let children = self.connection.query_tree(self.root)?.reply()?.children;
        for window in children {
            // A window can go between being listed and being looked at.
            let Ok(attributes) = self.connection.get_window_attributes(window)?.reply() else { continue };
            let Ok(place) = self.connection.get_geometry(window)?.reply() else { continue };
            if attributes.map_state == MapState::VIEWABLE && place.width > 200 && place.height > 200 {
                let image =
                    self.connection.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, place.width, place.height, !0)?;
                let Ok(image) = image.reply() else { continue };
                return Ok(sight(&image.data, usize::from(place.width)));
            }
        }
        Ok(Sight::Nothing)
    }
}

/// What an image of four bytes a pixel shows, by its colours.
fn sight(data: &[u8], width: usize) -> Sight {
    let mut colours: Vec<&[u8]> = Vec::with_capacity(WORDS);
    for row in data.chunks_exact(width * 4).step_by(STEP) {
        for pixel in row.chunks_exact(4).step_by(STEP) {
            if !colours.contains(&&pixel[..3]) {
                colours.push(&pixel[..3]);
                if colours.len() == WORDS {
                    return Sight::Written;
                }
            }
        }
    }
    if colours.len() > 1 { Sight::Painted } else { Sight::Blank }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_colour_is_blank_two_are_something_and_many_are_words() {
        let mut image = vec![7_u8; 16 * 16 * 4];
        assert_eq!(sight(&image, 16), Sight::Blank);
        image[4 * 16 * 4 + 4 * 4] = 9;
        assert_eq!(sight(&image, 16), Sight::Painted);
        for (shade, pixel) in (0..).zip(image.chunks_exact_mut(4).skip(32)) {
            pixel[1] = shade;
        }
        assert_eq!(sight(&image, 16), Sight::Written);
    }
}
