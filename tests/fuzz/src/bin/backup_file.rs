#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| aidb_fuzz::backup_file(bytes));
