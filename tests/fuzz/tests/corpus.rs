//! Every input that was worth keeping is taken again.

use std::fs;
use std::path::Path;

use aidb_fuzz::TARGETS;

#[test]
fn s5_every_kept_input_is_taken() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let inputs: Vec<_> =
            fs::read_dir(&folder).expect("a corpus").map(|entry| entry.expect("an entry").path()).collect();
        assert!(inputs.len() >= 3, "{name} has {} inputs", inputs.len());
        for input in inputs {
            println!("{}", input.display());
            target(&fs::read(&input).expect("an input"));
        }
    }
}
