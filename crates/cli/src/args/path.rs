//! What "-" means where a file is named: standard input or output where that makes sense, and a file of that name nowhere.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};

/// How standard input and output are named.
const DASH: &str = "-";

/// Where a command writes its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Standard output.
    Standard,
    /// A file, or a folder where that was asked for.
    File(PathBuf),
}

impl Output {
    /// Standard output in words.
    pub(crate) const STANDARD: &str = "standard output";

    /// The place that was named.
    pub(crate) fn named(path: PathBuf) -> Self {
        if is_dash(&path) { Self::Standard } else { Self::File(path) }
    }
}

/// Whether standard input or output was named.
pub(crate) fn is_dash(path: &Path) -> bool {
    path == Path::new(DASH)
}

/// A file or folder, where nothing else can stand.
pub(crate) fn no_dash() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        if is_dash(&path) {
            return Err("\"-\" stands for standard input or output, and neither can be used here");
        }
        Ok(path)
    })
}
