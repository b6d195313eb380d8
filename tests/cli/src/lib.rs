//! The tests of the `aidb` command stand in `tests/cli/`.
