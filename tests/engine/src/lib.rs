//! What the tests of this package share besides the test kit.

pub mod circles;
pub mod code;
