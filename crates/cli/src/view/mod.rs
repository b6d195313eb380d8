//! How results are shown: the same data as words and as JSON, side by side.

pub(crate) mod human;
pub(crate) mod json;
