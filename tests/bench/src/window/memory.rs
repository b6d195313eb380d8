//! The memory of a process and of all that it started, each page shared out among those that share it.

use std::collections::HashMap;
use std::fs;

use anyhow::{Context as _, Result};

/// Proportional memory of the process tree under `root`, in megabytes.
pub fn proportional_megabytes(root: u32) -> Result<f64> {
    let parents = parents()?;
    let belongs = |mut process: u32| loop {
        if process == root {
            return true;
        }
        match parents.get(&process) {
            Some(parent) => process = *parent,
            None => return false,
        }
    };
    let kilobytes: u32 = parents.keys().copied().filter(|process| belongs(*process)).map(kilobytes).sum();
    Ok(f64::from(kilobytes) / 1000.0)
}

fn parents() -> Result<HashMap<u32, u32>> {
    let mut parents = HashMap::new();
    for entry in fs::read_dir("/proc").context("/proc cannot be read")? {
        let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // The name may hold anything, so the fields are counted from its closing bracket.
        let Ok(stat) = fs::read_to_string(format!("/proc/{process}/stat")) else { continue };
        let after_name = stat.rsplit_once(')').map(|(_, fields)| fields).unwrap_or_default();
        if let Some(parent) = after_name.split_whitespace().nth(1).and_then(|parent| parent.parse().ok()) {
            parents.insert(process, parent);
        }
    }
    Ok(parents)
}

/// 0 for a process that has ended since.
fn kilobytes(process: u32) -> u32 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or_default()
}
