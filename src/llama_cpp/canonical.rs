//! Texts cut into tokens as the model's own tokenizer cuts them.
use super::vocab::{Vocabulary, id, tokenizer};
use llama_cpp_2::{model::LlamaModel, token::LlamaToken, vocab::LlamaVocab};
use std::{cell::RefCell, collections::HashMap, sync::Arc};

/// Texts that are kept: those that grammars force come again and again.
const KEPT: usize = 4096;

/// Tokenizers that put a space before a text do not put it after this.
const GUARD: &[u8] = b"\x02";

/// Cuts pieces of answers into tokens.
pub(super) struct Canonical {
    /// The tokens of what is put before a text, and taken off again.
    guard: Vec<LlamaToken>,
    known: RefCell<HashMap<Vec<u8>, Cut>>,
}

/// The tokens of a text, if the tokenizer writes exactly it.
type Cut = Option<Arc<[u32]>>;

impl Canonical {
    pub(super) fn new(model: &LlamaModel) -> Self {
        let adds_space = matches!(tokenizer(model).as_str(), "llama" | "t5" | "bert");
        let guard = if adds_space { model.vocab().tokenize(GUARD, false, false) } else { Vec::new() };
        Canonical { guard, known: RefCell::default() }
    }

    /// The tokens whose texts together are `text`; absent if the tokenizer changes it, or it is not all characters.
    pub(super) fn tokens(&self, text: &[u8], model: &LlamaModel, vocabulary: &Vocabulary) -> Cut {
        if let Some(known) = self.known.borrow().get(text) {
            return known.clone();
        }
        let tokens = self.cut(text, &model.vocab(), vocabulary);
        let mut known = self.known.borrow_mut();
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(text.to_vec(), tokens.clone());
        tokens
    }

    fn cut(&self, text: &[u8], vocab: &LlamaVocab<'_>, vocabulary: &Vocabulary) -> Cut {
        if text.is_empty() || std::str::from_utf8(text).is_err() {
            return text.is_empty().then(|| Arc::from([]));
        }
        let cut = if self.guard.is_empty() {
            vocab.tokenize(text, false, false)
        } else {
            let guarded = vocab.tokenize(&[GUARD, text].concat(), false, false);
            guarded.strip_prefix(self.guard.as_slice())?.to_vec()
        };
        let tokens: Arc<[u32]> = cut.into_iter().map(id).collect();
        let written: Vec<u8> = tokens.iter().flat_map(|&token| vocabulary.piece(token)).copied().collect();
        let all_have_text = tokens.iter().all(|&token| !vocabulary.piece(token).is_empty());
        (written == text && all_have_text).then_some(tokens)
    }
}
