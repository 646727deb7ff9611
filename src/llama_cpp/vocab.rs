//! A model's vocabulary, copied out of it.
use llama_cpp_2::{model::LlamaModel, token::LlamaToken};

/// The texts of all tokens.
#[derive(Debug)]
pub(super) struct Vocabulary {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    end_of_generation: Vec<u32>,
    longest: usize,
    /// The token of each single byte, where there is one.
    single: Vec<Option<u32>>,
    has_all_bytes: bool,
    /// The text of the token that begins a text, where the tokenizer adds one.
    pub(super) bos: Option<String>,
    /// The text of the token that ends a text.
    pub(super) eos: Option<String>,
}

impl Vocabulary {
    /// Nothing, where the model has no tokenizer.
    pub(super) fn read(model: &LlamaModel) -> Option<Self> {
        if !has_tokenizer(model) {
            return None;
        }
        let vocab = model.vocab();
        let (mut bytes, mut ends, mut end_of_generation, mut longest) = (Vec::new(), Vec::new(), Vec::new(), 1);
        for token in vocab.tokens() {
            let before = bytes.len();
            // Tokens that steer the model have no text: what they print as is not what was said.
            if vocab.is_eog(token) {
                end_of_generation.push(id(token));
            } else if !vocab.is_control(token) {
                vocab.token_to_piece_into(token, &mut bytes, false, None);
            }
            longest = longest.max(bytes.len() - before);
            ends.push(bytes.len());
        }
        let text = |token: LlamaToken| {
            let known = token.0 >= 0 && token.0 < vocab.n_tokens();
            known.then(|| String::from_utf8_lossy(&vocab.token_to_piece(token, true, None)).into_owned())
        };
        let bos = text(vocab.bos());
        let eos = text(vocab.eos());
        let mut vocabulary =
            Vocabulary { bytes, ends, end_of_generation, longest, single: Vec::new(), has_all_bytes: false, bos, eos };
        let mut single = vec![None; 256];
        for (token, piece) in vocabulary.pieces() {
            if let &[byte] = piece {
                if let Some(place) = single.get_mut(usize::from(byte)) {
                    place.get_or_insert(token);
                }
            }
        }
        vocabulary.has_all_bytes = single.iter().all(Option::is_some);
        vocabulary.single = single;
        Some(vocabulary)
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a token; empty for tokens that steer the model.
    pub(super) fn piece(&self, token: u32) -> &[u8] {
        let token = token as usize;
        let start = token.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(token).and_then(|&end| self.bytes.get(start..end)).unwrap_or_default()
    }

    /// All tokens that have a text, with it.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (u32, &[u8])> {
        (0..).take(self.len()).map(|token| (token, self.piece(token))).filter(|(_, piece)| !piece.is_empty())
    }

    /// The tokens that end a generation.
    pub(super) fn end_of_generation(&self) -> &[u32] {
        &self.end_of_generation
    }

    /// The token of a single byte.
    pub(super) fn byte(&self, byte: u8) -> Option<u32> {
        self.single.get(usize::from(byte)).copied().flatten()
    }

    /// Whether each byte has a token.
    pub(super) fn has_all_bytes(&self) -> bool {
        self.has_all_bytes
    }

    /// Bytes of the longest token's text.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }
}

/// Whether the model has a tokenizer: llama.cpp ends the process when one that has none is asked for tokens.
pub(super) fn has_tokenizer(model: &LlamaModel) -> bool {
    model.vocab().n_tokens() > 0 && !matches!(tokenizer(model).as_str(), "no_vocab" | "none")
}

/// The kind of the tokenizer, as the file tells it. The binding panics when it is asked for one of those it does not know,
/// which are most.
pub(super) fn tokenizer(model: &LlamaModel) -> String {
    model.meta_val_str("tokenizer.ggml.model").unwrap_or_default()
}

/// The number of a token that is not negative.
pub(super) fn id(token: LlamaToken) -> u32 {
    u32::try_from(token.0).unwrap_or_default()
}
