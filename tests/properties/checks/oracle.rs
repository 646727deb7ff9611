//! llama.cpp's own grammar code, to compare with.
use std::{
    path::Path,
    time::{Duration, Instant},
};

use catena::{Grammar, gbnf::Matcher};
use llama_cpp_2::{
    llama_backend::LlamaBackend,
    model::{LlamaModel, params::LlamaModelParams},
    sampling::LlamaSampler,
    token::{LlamaToken, data::LlamaTokenData, data_array::LlamaTokenDataArray},
};

/// llama.cpp is asked no more after a step that took this long: its time grows with the ways in which a text can be
/// read, which may double with each character.
const SLOW: Duration = Duration::from_millis(500);

pub(crate) struct Oracle {
    model: LlamaModel,
    /// The tokens that hold text, and the text of each. llama.cpp takes NUL for the end of a text.
    pieces: Vec<(LlamaToken, Vec<u8>)>,
}

impl Oracle {
    /// Starts llama.cpp, which can be done once in a process.
    pub(crate) fn new() -> Self {
        let mut backend = LlamaBackend::init().unwrap();
        backend.void_logs();
        let path = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = path.ancestors().map(|folder| folder.join("models/tiny-random.gguf")).find(|path| path.exists());
        let model = LlamaModel::load_from_file(&backend, path.unwrap(), &LlamaModelParams::default()).unwrap();
        // Kept for the process: the models do not keep it alive.
        std::mem::forget(backend);
        let vocab = model.vocab();
        let piece = |token| if vocab.is_control(token) { Vec::new() } else { vocab.token_to_piece(token, false, None) };
        let pieces = vocab.tokens().zip(0..).map(|(token, id)| (LlamaToken(id), piece(token)));
        let pieces = pieces.filter(|(_, piece)| !piece.is_empty() && !piece.contains(&0)).collect();
        Oracle { model, pieces }
    }

    /// How many tokens each step compares.
    pub(crate) fn tokens(&self) -> usize {
        self.pieces.len()
    }

    /// Whether llama.cpp loads the grammar.
    pub(crate) fn loads(&self, grammar: &Grammar) -> bool {
        self.sampler(grammar).is_some()
    }

    fn sampler(&self, grammar: &Grammar) -> Option<LlamaSampler> {
        LlamaSampler::grammar(&self.model, grammar.text(), grammar.root()).ok()
    }

    /// Writes at most `most` tokens, at each step comparing which tokens may follow, and taking one by `choose`, which
    /// gets how many there are. Returns how many were written.
    ///
    /// Where the two differ, bytes are no whole characters: llama.cpp takes bytes that can never become a character for
    /// one, and refuses the first byte of a character whose neighbours a class excludes.
    pub(crate) fn walk(&self, grammar: &Grammar, most: usize, mut choose: impl FnMut(usize) -> usize) -> usize {
        let mut sampler = self.sampler(grammar).unwrap_or_else(|| panic!("llama.cpp does not load\n{grammar}"));
        let mut matcher = Matcher::new(grammar).unwrap();
        let mut written = Vec::new();
        for step in 0..most {
            let begun = Instant::now();
            let data = self.pieces.iter().map(|(token, _)| LlamaTokenData::new(*token, 0.0, 0.0)).collect();
            let mut array = LlamaTokenDataArray::new(data, false);
            array.apply_sampler(&mut sampler);
            let mut both = Vec::new();
            for (candidate, (token, piece)) in array.data.iter().zip(&self.pieces) {
                assert_eq!(candidate.id(), *token, "llama.cpp keeps the order");
                let theirs = candidate.logit() == 0.0;
                let ours = matcher.clone().push(piece).is_ok();
                if ours && theirs {
                    both.push((*token, piece));
                }
                if theirs != ours {
                    let text = [written.as_slice(), piece].concat();
                    let only = if theirs { "llama.cpp" } else { "we" };
                    let shown = String::from_utf8_lossy(&text);
                    assert!(std::str::from_utf8(&text).is_err(), "only {only} allow {shown:?}\n{grammar}");
                }
            }
            if both.is_empty() {
                let partial = std::str::from_utf8(&written).is_err();
                let shown = String::from_utf8_lossy(&written);
                assert!(matcher.is_accepting() || partial, "a dead end after {shown:?}\n{grammar}");
                return step;
            }
            let (token, piece) = both[choose(both.len())];
            matcher.push(piece).unwrap();
            sampler.try_accept(token).unwrap();
            written.extend_from_slice(piece);
            if begun.elapsed() > SLOW {
                return step + 1;
            }
        }
        most
    }
}
