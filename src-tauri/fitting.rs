//! The window's bounds at the start: as they were left, as far as the screen of today has room for them. A laptop that is taken
//! off its large screen keeps the size of before, and a third of the window would lie where nobody sees it.

use std::path::Path;

use serde::Deserialize;
use tauri::{Manager, Monitor, PhysicalPosition, PhysicalSize, Runtime, WebviewWindow};
use tauri_plugin_window_state::AppHandleExt as _;

use crate::window::LABEL;

/// A part of the desktop, in pixels of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Bounds {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
}

/// Placement of a window.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Placement {
    #[serde(flatten)]
    bounds: Bounds,
    #[serde(default)]
    maximized: bool,
    #[serde(default)]
    fullscreen: bool,
}

/// Fits the window into the screen that it opens on.
pub(crate) fn fit<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    let folder = window.path().app_config_dir()?;
    let left = read_placement(&folder.join(window.app_handle().filename()));
    // Those fill the screen that there is.
    if left.is_some_and(|left| left.maximized || left.fullscreen) {
        return Ok(());
    }
    let areas: Vec<Bounds> = window.available_monitors()?.iter().map(area).collect();
    let wanted = match left {
        Some(left) => left.bounds,
        None => {
            let PhysicalSize { width, height } = window.inner_size()?;
            let Bounds { x, y, .. } = areas.first().copied().unwrap_or_default();
            Bounds { x, y, width, height }
        }
    };
    let fitted = fitted(wanted, &areas);
    if (fitted.width, fitted.height) != (wanted.width, wanted.height) {
        window.set_size(PhysicalSize::new(fitted.width, fitted.height))?;
    }
    if (fitted.x, fitted.y) != (wanted.x, wanted.y) {
        window.set_position(PhysicalPosition::new(fitted.x, fitted.y))?;
    }
    Ok(())
}

/// Content of the file of the plugin that restores it; nothing where there is none that can be read, as for the plugin.
fn read_placement(file: &Path) -> Option<Placement> {
    let text = std::fs::read(file).ok()?;
    let mut windows: std::collections::HashMap<String, Placement> = serde_json::from_slice(&text).ok()?;
    windows.remove(LABEL).filter(|left| left.bounds.width > 0 && left.bounds.height > 0)
}

fn area(monitor: &Monitor) -> Bounds {
    let area = monitor.work_area();
    Bounds { x: area.position.x, y: area.position.y, width: area.size.width, height: area.size.height }
}

/// The same within the area that it lies on most; the first where it lies on none.
fn fitted(wanted: Bounds, areas: &[Bounds]) -> Bounds {
    let Some(area) = areas.iter().rev().max_by_key(|area| shared(wanted, **area)) else { return wanted };
    let (x, width) = within((wanted.x, wanted.width), (area.x, area.width));
    let (y, height) = within((wanted.y, wanted.height), (area.y, area.height));
    Bounds { x, y, width, height }
}

/// One direction of it: no longer than the area, and moved back into it.
fn within((start, length): (i32, u32), (first, room): (i32, u32)) -> (i32, u32) {
    let length = length.min(room);
    let last = i64::from(first) + i64::from(room) - i64::from(length);
    let start = i64::from(start).min(last).max(i64::from(first));
    (i32::try_from(start).unwrap_or(first), length)
}

fn shared(one: Bounds, other: Bounds) -> i64 {
    let along = |(start, length): (i32, u32), (other, room): (i32, u32)| {
        let end = (i64::from(start) + i64::from(length)).min(i64::from(other) + i64::from(room));
        (end - i64::from(start.max(other))).max(0)
    };
    along((one.x, one.width), (other.x, other.width)) * along((one.y, one.height), (other.y, other.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(x: i32, y: i32, width: u32, height: u32) -> Bounds {
        Bounds { x, y, width, height }
    }

    #[test]
    fn nothing_of_the_window_lies_beyond_its_screen() {
        let laptop = at(0, 0, 1366, 738);
        let beside = at(1366, 0, 2560, 1440);
        for (wanted, areas, expected) in [
            (at(40, 30, 1280, 700), &[laptop][..], at(40, 30, 1280, 700)),
            (at(0, 0, 2000, 1300), &[laptop], at(0, 0, 1366, 738)),
            (at(600, 400, 1000, 600), &[laptop], at(366, 138, 1000, 600)),
            (at(-50, -20, 1000, 600), &[laptop], at(0, 0, 1000, 600)),
            (at(3000, 200, 1280, 800), &[laptop], at(86, 0, 1280, 738)),
            (at(1400, 10, 2000, 1300), &[laptop, beside], at(1400, 10, 2000, 1300)),
            (at(2400, 10, 2000, 1300), &[laptop, beside], at(1926, 10, 2000, 1300)),
            (at(0, 0, 1280, 800), &[], at(0, 0, 1280, 800)),
        ] {
            assert_eq!(fitted(wanted, areas), expected, "{wanted:?} on {areas:?}");
        }
    }

    #[test]
    fn what_the_plugin_keeps_is_understood() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.json");
        assert!(read_placement(&file).is_none());
        let state = serde_json::json!({ LABEL: { "width": 2000, "height": 1300, "x": -4, "y": 5, "prev_x": 0, "prev_y": 0,
            "maximized": false, "visible": true, "decorated": true, "fullscreen": false } });
        std::fs::write(&file, state.to_string()).unwrap();
        assert_eq!(read_placement(&file).unwrap().bounds, at(-4, 5, 2000, 1300));
    }
}
