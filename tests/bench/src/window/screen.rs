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
    /// One is shown, with something in it.
    Painted,
}

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

/// Whether an image of four bytes a pixel has more than one colour.
fn sight(data: &[u8], width: usize) -> Sight {
    let mut first: Option<&[u8]> = None;
    for row in data.chunks_exact(width * 4).step_by(STEP) {
        for pixel in row.chunks_exact(4).step_by(STEP) {
            match first {
                None => first = Some(&pixel[..3]),
                Some(first) if first != &pixel[..3] => return Sight::Painted,
                Some(_) => (),
            }
        }
    }
    Sight::Blank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_colour_is_blank_and_two_are_not() {
        let mut image = vec![7_u8; 8 * 8 * 4];
        assert_eq!(sight(&image, 8), Sight::Blank);
        image[4 * 8 * 4 + 4 * 4] = 9;
        assert_eq!(sight(&image, 8), Sight::Painted);
    }
}
