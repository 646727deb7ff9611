//! Runs a check as a test.
use std::{cell::Cell, fs, path::Path};

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

/// The bytes of a case: what a grammar or schema is made of, and after a `0xFF` what is read.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    (vec(0..0xFF_u8, 0..400), vec(any::<u8>(), 0..60))
        .prop_map(|(first, second)| [&first[..], &[0xFF], &second].concat())
}

/// Checks all files of a fuzz target's corpus, and random bytes, of which a share must come to something.
pub(crate) fn run(target: &str, cases: u32, share: f64, check: fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        check(&fs::read(path).unwrap());
        files += 1;
    }
    assert!((5..=50).contains(&files), "{files} files");
    let config =
        ProptestConfig { cases, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() };
    let useful = Cell::new(0);
    let checked = TestRunner::new(config).run(&bytes(), |data| {
        useful.set(useful.get() + u32::from(check(&data)));
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
    let useful = useful.get();
    println!("{target}: {useful} of {cases} cases come to something");
    assert!(f64::from(useful) >= share * f64::from(cases), "only {useful} of {cases} cases come to something");
}
