//! What differs from run to run and says nothing: ports, ids, times, folders, hashes.

use std::path::Path;

use insta::Settings;

/// Insta settings for the output of commands in `home`.
#[must_use]
pub fn settings(home: &Path) -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(&regex::escape(&home.display().to_string()), "[home]");
    for (pattern, replacement) in [
        (r"127\.0\.0\.1:\d+", "127.0.0.1:[port]"),
        (r"\bbk-[0-9a-hjkmnp-tv-z]{8}\b", "bk-[id]"),
        (r"\bop-[0-9a-hjkmnp-tv-z]{8}\b", "op-[id]"),
        (r"\bad-[0-9a-hjkmnp-tv-z]{8}\b", "ad-[id]"),
        (r"\bba-[0-9a-hjkmnp-tv-z]{8}\b", "ba-[id]"),
        (r"\bpr-[0-9a-hjkmnp-tv-z]{8}\b", "pr-[id]"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b", "[uuid]"),
        (r"\b[0-9a-f]{64}\b", "[sha256]"),
        (r"-[0-9a-f]{32}\b", "-[hash]"),
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "[time]"),
        (r#""duration_ms": \d+"#, r#""duration_ms": "[ms]""#),
        (r"In \d+\.\d s", "In [seconds] s"),
        (r"took \d+\.\d s", "took [seconds] s"),
    ] {
        settings.add_filter(pattern, replacement);
    }
    settings
}
