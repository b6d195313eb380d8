//! A desktop portal that hangs, as some desktops have one, must not hold up the start: GTK asks it before it shows anything, and
//! waits 25 seconds for the answer.

use gio::glib::variant::ToVariant as _;
use gio::{BusType, Cancellable, DBusCallFlags, DBusConnection, IOErrorEnum};

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
/// Interface that GTK asks.
const INTERFACE: &str = "org.freedesktop.portal.Inhibit";
const PATIENCE_MS: i32 = 300;

/// Asks the portal first, and not for so long. Where it does not answer, GTK finds this process's bus closed and asks nobody. The
/// keychain and a second start have connections of their own.
///
/// The value has to be kept for as long as the application runs.
pub(crate) fn pass_by_one_that_hangs() -> Option<DBusConnection> {
    let nobody = Cancellable::NONE;
    // Without a bus there is no portal either.
    let bus = gio::bus_get_sync(BusType::Session, nobody).ok()?;
    let about = (INTERFACE,).to_variant();
    let properties = "org.freedesktop.DBus.Properties";
    let flags = DBusCallFlags::NONE;
    let asked = bus.call_sync(Some(PORTAL), PATH, properties, "GetAll", Some(&about), None, flags, PATIENCE_MS, nobody);
    if asked.is_err_and(|error| error.matches(IOErrorEnum::TimedOut)) {
        bus.set_exit_on_close(false);
        // Closed already is as good.
        let _closed = bus.close_sync(nobody);
    }
    Some(bus)
}
