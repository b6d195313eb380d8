//! Looks into the memory of a process, as whoever takes a core dump of it does. Takes root, or a process that was started here.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;

/// How often something stands in a process's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// In all of it.
    pub memory: usize,
    /// In what its core dump would hold, were it allowed one (`coredump_filter` and `MADV_DONTDUMP`, see core(5)).
    pub dump: usize,
}

/// Counts `needle` in the memory of a process that runs.
///
/// # Errors
/// The process is gone, or may not be looked into.
pub fn count(process: u32, needle: &[u8]) -> io::Result<Count> {
    let filter = fs::read_to_string(format!("/proc/{process}/coredump_filter"))?;
    let filter = u32::from_str_radix(filter.trim(), 16).map_err(io::Error::other)?;
    let memory = File::open(format!("/proc/{process}/mem"))?;
    let pages = File::open(format!("/proc/{process}/pagemap"))?;
    let mut count = Count { memory: 0, dump: 0 };
    for region in regions(&fs::read_to_string(format!("/proc/{process}/smaps"))?) {
        // A block begins with the end of the one before, so that what lies across is found, and found once.
        let mut bytes = Vec::new();
        for start in (region.start..region.end).step_by(BLOCK) {
            let length = BLOCK.min(usize::try_from(region.end - start).unwrap_or(BLOCK));
            if !is_there(&pages, start, length) {
                bytes.clear();
                continue;
            }
            bytes.drain(..bytes.len().saturating_sub(needle.len() - 1));
            let before = bytes.len();
            bytes.resize(before + length, 0);
            // What cannot be read, as the kernel's own pages, is in no dump either.
            if memory.read_exact_at(&mut bytes[before..], start).is_err() {
                bytes.clear();
                continue;
            }
            let found = bytes.windows(needle.len()).filter(|window| window == &needle).count();
            count.memory += found;
            count.dump += if region.is_dumped(filter) { found } else { 0 };
        }
    }
    Ok(count)
}

/// How much is read at once, in bytes.
const BLOCK: usize = 1 << 22;
/// Bytes of a page, and of what `pagemap` says about it.
const PAGE: u64 = 4096;
const ENTRY: usize = 8;
/// The page is in memory, or in swap.
const THERE: u64 = 0b11 << 62;

/// Whether anything of a block was ever written: a browser reserves much more than a machine has.
fn is_there(pages: &File, start: u64, length: usize) -> bool {
    let mut entries = vec![0; length.div_ceil(PAGE as usize) * ENTRY];
    let Ok(()) = pages.read_exact_at(&mut entries, start / PAGE * ENTRY as u64) else { return true };
    entries
        .chunks_exact(ENTRY)
        .filter_map(|entry| entry.try_into().ok())
        .map(u64::from_le_bytes)
        .any(|page| page & THERE != 0)
}

struct Region {
    start: u64,
    end: u64,
    anonymous: bool,
    shared: bool,
    flags: String,
}

impl Region {
    fn is_dumped(&self, filter: u32) -> bool {
        let bit = match (self.anonymous, self.shared) {
            (true, false) => 0,
            (true, true) => 1,
            (false, false) => 2,
            (false, true) => 3,
        };
        filter & (1 << bit) != 0 && !self.flags.split(' ').any(|flag| flag == "dd")
    }
}

/// Of each mapping in `smaps`: where it lies, what backs it, and its flags. One that was written to is anonymous, whatever file it
/// began as.
fn regions(smaps: &str) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    for line in smaps.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let bounds = words.first().and_then(|first| first.split_once('-'));
        let address = |text| u64::from_str_radix(text, 16).ok();
        if let (Some((Some(start), Some(end))), Some(access)) =
            (bounds.map(|(start, end)| (address(start), address(end))), words.get(1))
        {
            let named = words.get(5).is_some_and(|name| name.starts_with('/'));
            let end = if access.starts_with('r') { end } else { start };
            let shared = access.ends_with('s');
            regions.push(Region { start, end, anonymous: !named, shared, flags: String::new() });
        } else if let (Some(region), Some(&"Anonymous:"), Some(size)) =
            (regions.last_mut(), words.first(), words.get(1))
        {
            region.anonymous |= *size != "0";
        } else if let (Some(region), Some(flags)) = (regions.last_mut(), line.strip_prefix("VmFlags:")) {
            region.flags = flags.trim().to_owned();
        }
    }
    regions.retain(|region| region.end > region.start);
    regions
}
