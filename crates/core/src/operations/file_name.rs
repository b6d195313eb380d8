//! Names of files for ids that may hold anything. Whatever an id is, its name is one of a file in that folder, on every file system,
//! and harmless to a shell that expands `*`.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::config::is_treacherous;

/// Names of devices on Windows, whatever follows a dot, and with a digit behind them: `com1`, `LPT².txt`.
const DEVICES: [&str; 8] = ["con", "prn", "aux", "nul", "com", "lpt", "conin$", "conout$"];

/// Longest id that is a name as it is, in bytes: names end at 255, and a hash may have to follow.
const LONGEST: usize = 100;

/// The file name of an agent within a folder.
#[must_use]
pub fn file_name_for(id: &str) -> String {
    if is_plain(id) {
        return format!("{id}.json");
    }
    let words: String = id.chars().map(|c| if is_usable(c) && c != '.' { c } else { '_' }).take(60).collect();
    // A name that begins with a dash is a flag to most programs.
    let words = match words.strip_prefix('-') {
        Some(rest) => format!("_{rest}"),
        None if words.is_empty() => "_".to_owned(),
        None => words,
    };
    hashed_name(&words, id)
}

/// A name that no other id of the folder has, `taken` being those so far. Ids whose names a file system may take for the same get
/// a hash.
pub(super) fn free_name(id: &str, taken: &mut BTreeSet<String>) -> String {
    let name = file_name_for(id);
    if taken.insert(folded(&name)) {
        return name;
    }
    let name = hashed_name(name.trim_end_matches(".json"), id);
    taken.insert(folded(&name));
    name
}

fn is_plain(id: &str) -> bool {
    let stem = id.split('.').next().unwrap_or_default();
    let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³')).to_ascii_lowercase();
    !id.is_empty()
        && id.len() <= LONGEST
        && id.chars().all(is_usable)
        && !id.starts_with(['.', '-'])
        && !id.ends_with('.')
        && !DEVICES.contains(&stem.as_str())
}

fn is_usable(c: char) -> bool {
    (c.is_alphanumeric() && !is_treacherous(c)) || matches!(c, '-' | '_' | '.')
}

fn hashed_name(words: &str, id: &str) -> String {
    let hash = format!("{:x}", Sha256::digest(id));
    format!("{words}-{}.json", &hash[..8])
}

/// What a file system that knows no case and composes letters looks a name up by: as names of hosts are compared (UTS #46), which the
/// program brings along for URLs. Upper case first: ß is SS to a file system.
fn folded(name: &str) -> String {
    idna::domain_to_unicode(&name.to_uppercase()).0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S6: what an id may be that somebody means harm with.
    fn hostile() -> Vec<String> {
        let mut ids: Vec<String> = [
            "",
            ".",
            "..",
            "../x",
            "../../etc/passwd",
            "a/b",
            "a\\b",
            "C:\\x",
            "C:x",
            "/etc/passwd",
            "~",
            "~root",
            ".hidden",
            "x.",
            "x ",
            " x",
            "a\u{0}b",
            "a\nb",
            "a\rb",
            "a\tb",
            "\u{1b}[2J",
            "\u{202e}gnp",
            "\u{200b}",
            "\u{feff}x",
            "\u{115f}",
            "\u{3164}",
            "\u{ffa0}",
            "\u{1160}x",
            "\u{7f}",
            "\u{9b}31m",
            "<img src=x>",
            "$(id)",
            "`id`",
            "a;b",
            "a|b",
            "a&b",
            "a>b",
            "*",
            "?",
            "%2e%2e",
            "%00",
            "a:b",
            "a\"b",
            "a'b",
            "--help",
            "-rf",
            "-",
            "--",
            "@file",
            "!x",
            "#x",
            "{a,b}",
            "[a]",
            "=1+1",
            "\u{e0041}x",
        ]
        .map(str::to_owned)
        .into();
        for device in ["con", "PRN", "aux", "NUL", "com1", "COM9", "com¹", "COM²", "lpt³", "LPT1", "conin$", "CONOUT$"]
        {
            for end in ["", ".txt", ".", " ", ".json"] {
                ids.push(format!("{device}{end}"));
            }
        }
        ids.extend((0_u8..32).chain(0x7f..0xa0).map(|control| format!("x{}", char::from(control))));
        ids.extend(["ä", "漢", "a", "🦀", "\u{301}"].map(|letter| letter.repeat(300)));
        ids.extend(('\u{200b}'..='\u{200f}').chain('\u{2066}'..='\u{2069}').map(|mark| format!("x{mark}y")));
        ids.extend(["ß", "ﬁ", "Å", "한", "é", "e\u{301}", "K", "ſ", "İ", "ı", "ǅ"].map(str::to_owned));
        ids
    }

    #[test]
    fn s6_no_id_names_a_file_outside_the_folder_a_device_or_a_flag() {
        let ids = hostile();
        assert!(ids.len() >= 200, "{}", ids.len());
        for id in ids {
            let name = file_name_for(&id);
            assert!(!name.starts_with(['.', '-']) && name.ends_with(".json"), "{id:?} gives {name:?}");
            assert!(name.len() < 255, "longer than a file system takes: {name:?}");
            let stem = name.trim_end_matches(".json");
            assert!(stem.chars().all(|c| c.is_alphanumeric() && !is_treacherous(c) || "-_.".contains(c)), "{name:?}");
            let device = stem.split('.').next().unwrap().trim_end_matches(|c: char| c.is_numeric()).to_lowercase();
            assert!(!DEVICES.contains(&device.as_str()), "{id:?} gives {name:?}");
        }
        assert_eq!(file_name_for("my-agent"), "my-agent.json");
        assert_eq!(file_name_for("Kundenübersicht-2"), "Kundenübersicht-2.json");
    }

    #[test]
    fn ids_that_a_file_system_takes_for_the_same_get_files_of_their_own() {
        for alike in [
            &["Agent", "agent", "AGENT"][..],
            &["Maß", "MASS", "mass"],
            &["caf\u{e9}", "CAF\u{c9}"],
            &["\u{c5}ngstrom", "\u{212b}ngstrom", "\u{e5}ngstrom"],
            &["\u{d55c}", "\u{1112}\u{1161}\u{11ab}"],
            &["\u{212a}elvin", "kelvin"],
        ] {
            let mut taken = BTreeSet::new();
            let names: BTreeSet<String> = alike.iter().map(|id| folded(&free_name(id, &mut taken))).collect();
            assert_eq!(names.len(), alike.len(), "{alike:?} {names:?}");
        }
    }
}
