//! llama.cpp's own grammar code beside ours. In a process of its own, since it starts llama.cpp by itself.
#![cfg(feature = "llama-cpp")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "most checks need no llama.cpp, and are called elsewhere")]
#[path = "properties/checks/mod.rs"]
mod checks;
#[path = "properties/run.rs"]
mod run;

use std::{
    fs,
    path::{Path, PathBuf},
};

use catena::{ErrorKind, Grammar, gbnf::Matcher};
use checks::matcher;

fn grammars(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "gbnf"));
    paths.sort();
    paths
}

/// Small, seeded, and the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }
}

#[test]
fn llama_cpp_reads_what_we_accept_and_allows_the_same_tokens() {
    let oracle = matcher::oracle();
    let mut random = Random(7);
    let (mut files, mut steps) = (0, 0);
    for path in ["grammars", "tests/gbnf/ok", "tests/schemas"].iter().flat_map(|folder| grammars(folder)) {
        if fs::read_to_string(&path).unwrap().starts_with("# error") {
            continue;
        }
        let grammar = Grammar::from_file(&path).unwrap_or_else(|error| panic!("{}: {error:#}", path.display()));
        // A token that is named may not be in this vocabulary.
        if Matcher::new(&grammar).is_err_and(|error| error.kind() == ErrorKind::Unsupported) {
            continue;
        }
        assert!(oracle.loads(&grammar), "llama.cpp does not load {}", path.display());
        for _ in 0..3 {
            steps += oracle.walk(&grammar, 40, |count| random.below(count));
        }
        files += 1;
    }
    println!("{files} grammars, {steps} steps of {} tokens each agree", oracle.tokens());
    assert!(files > 20 && steps > 500, "{files} grammars, {steps} steps");
}

#[test]
fn llama_cpp_allows_the_same_tokens_for_random_grammars() {
    run::run("matcher", 300, 0.3, matcher::check);
}
