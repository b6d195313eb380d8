//! A desktop portal that is there and never answers: what some desktops have, and what makes programs hang at their start.

use zbus::Result;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;

/// Holds the portal's name for as long as it lives. It serves no object, so no call to it is ever answered.
#[derive(Debug)]
pub struct BrokenPortal {
    _connection: Connection,
}

impl BrokenPortal {
    /// Takes the name on the bus at `address`.
    ///
    /// # Errors
    /// There is no bus, or somebody has the name.
    pub fn start(address: &str) -> Result<Self> {
        let builder = Builder::address(address)?.name("org.freedesktop.portal.Desktop")?;
        Ok(Self { _connection: builder.build()? })
    }
}
