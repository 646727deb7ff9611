//! llama.cpp's own grammar code beside ours. In a process of its own, since it starts llama.cpp by itself.
#![cfg(feature = "llama-cpp")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking"
)]

use catena::{ErrorKind, Grammar, gbnf::Matcher};
use llama_cpp_2::{
    llama_backend::LlamaBackend,
    model::{LlamaModel, params::LlamaModelParams},
    sampling::LlamaSampler,
    token::{LlamaToken, data::LlamaTokenData, data_array::LlamaTokenDataArray},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

struct Oracle {
    model: LlamaModel,
    pieces: Vec<Vec<u8>>,
}

impl Oracle {
    fn new() -> Self {
        let mut backend = LlamaBackend::init().unwrap();
        backend.void_logs();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/tiny-random.gguf");
        let model = LlamaModel::load_from_file(&backend, path, &LlamaModelParams::default()).unwrap();
        // Kept for the process: the models do not keep it alive.
        std::mem::forget(backend);
        let vocab = model.vocab();
        let piece = |token| if vocab.is_control(token) { Vec::new() } else { vocab.token_to_piece(token, false, None) };
        let pieces = vocab.tokens().map(piece).collect();
        Oracle { model, pieces }
    }

    fn sampler(&self, grammar: &Grammar) -> Option<LlamaSampler> {
        LlamaSampler::grammar(&self.model, grammar.text(), grammar.root()).ok()
    }
}

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

/// Where the two differ, bytes are no whole characters: llama.cpp takes bytes that can never become a character for one,
/// and refuses the first byte of a character whose neighbours a class excludes. It also takes NUL for the end of a text.
fn walk(oracle: &Oracle, grammar: &Grammar, random: &mut Random) -> usize {
    let mut sampler = oracle.sampler(grammar).unwrap();
    let mut matcher = Matcher::new(grammar).unwrap();
    let mut written = Vec::new();
    let mut steps = 0;
    while steps < 40 {
        let all = (0..).zip(&oracle.pieces).filter(|(_, piece)| !piece.is_empty() && !piece.contains(&0));
        let data = all.map(|(token, _)| LlamaTokenData::new(LlamaToken(token), 0.0, 0.0)).collect();
        let mut array = LlamaTokenDataArray::new(data, false);
        array.apply_sampler(&mut sampler);
        let mut both = Vec::new();
        for candidate in &array.data {
            let piece = &oracle.pieces[candidate.id().0 as usize];
            let theirs = candidate.logit() == 0.0;
            let allowed = matcher.clone().push(piece).is_ok();
            if allowed && theirs {
                both.push(candidate.id());
            }
            if theirs != allowed {
                let text = [written.as_slice(), piece].concat();
                let only = if theirs { "llama.cpp" } else { "we" };
                let shown = String::from_utf8_lossy(&text);
                assert!(std::str::from_utf8(&text).is_err(), "only {only} allow {shown:?}\n{grammar}");
            }
        }
        if both.is_empty() {
            let partial = std::str::from_utf8(&written).is_err();
            assert!(
                matcher.is_accepting() || partial,
                "a dead end after {:?}\n{grammar}",
                String::from_utf8_lossy(&written)
            );
            break;
        }
        let token = both[random.below(both.len())];
        let piece = &oracle.pieces[token.0 as usize];
        matcher.push(piece).unwrap();
        sampler.try_accept(token).unwrap();
        written.extend_from_slice(piece);
        steps += 1;
    }
    steps
}

#[test]
fn llama_cpp_reads_what_we_accept_and_allows_the_same_tokens() {
    let oracle = Oracle::new();
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
        assert!(oracle.sampler(&grammar).is_some(), "llama.cpp does not load {}", path.display());
        for _ in 0..3 {
            steps += walk(&oracle, &grammar, &mut random);
        }
        files += 1;
    }
    println!("{files} grammars, {steps} steps of {} tokens each agree", oracle.pieces.len());
    assert!(files > 20 && steps > 500, "{files} grammars, {steps} steps");
}
