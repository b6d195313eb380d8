//! How results are shown: the same data as words and as JSON, side by side.

pub(crate) mod human;
pub(crate) mod json;

/// Length of what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    Quiet,
    /// As a person needs it.
    Usual,
    Verbose,
}
