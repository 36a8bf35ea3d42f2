//! The inputs that every target begins with, without libFuzzer.

use std::{fs, path::Path};

use labelmesh_fuzz::TARGETS;

#[test]
fn every_target_takes_its_corpus_and_all_its_beginnings() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let inputs = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut count = 0;
        for input in inputs {
            let bytes = fs::read(input.expect("an entry").path()).expect("a file");
            for length in 0..=bytes.len() {
                target(&bytes[..length]);
            }
            count += 1;
        }
        assert!(count >= 5, "{name} has {count} inputs");
    }
}
