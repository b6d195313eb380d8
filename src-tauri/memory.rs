//! What of this process's memory others may get to see, and of the web view's processes, which inherit it.

use std::alloc::System;
use std::io;

use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed, also what a library had: the JSON of a message that held a key, buffers of HTTP.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Leaves no core dump; and in one that somebody asks for all the same, nothing that was ever written to memory.
///
/// The process stays one that can be looked into by its own account (`PR_SET_DUMPABLE`): desktop portals and the clipboard of
/// Wayland find out through `/proc` who is asking, and refuse one that cannot be looked into.
#[cfg(unix)]
pub(crate) fn keep_private() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // No private, shared, file-backed or huge pages (core(5)). A dump that is piped to a program takes no notice of the limit.
    #[cfg(target_os = "linux")]
    std::fs::write("/proc/self/coredump_filter", "0x0")?;
    Ok(())
}

/// The system asks before it keeps a dump.
#[cfg(not(unix))]
pub(crate) fn keep_private() -> io::Result<()> {
    Ok(())
}
