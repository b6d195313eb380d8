//! What of this process's memory others may get to see. A key stands in it while a command runs: in its own place, and once more
//! in the write buffer of each connection, which nobody but its owner can wipe.

use std::alloc::System;
use std::io;

use zeroizing_alloc::ZeroAlloc;

/// Wipes what is freed, also what a library had: buffers of HTTP, JSON that was read, a line that was typed.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

/// Leaves no core dump, and lets no process look in that is not root's.
#[cfg(unix)]
pub(crate) fn keep_private() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // A core dump that is piped to a program takes no notice of the limit.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// The system asks before it keeps a dump.
#[cfg(not(unix))]
pub(crate) fn keep_private() -> io::Result<()> {
    Ok(())
}
