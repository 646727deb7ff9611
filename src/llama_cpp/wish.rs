//! A text that a model is made to want.
use super::{around::Surroundings, closing};
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// The logit of what is wanted, above any that a model gives.
pub(super) const WANTED: f32 = 1e4;

/// A text, and how far it is written.
pub(super) struct Wish {
    text: Vec<u8>,
    /// The token that goes on after so many bytes.
    next: HashMap<usize, u32>,
    written: usize,
}

impl Wish {
    pub(super) fn new(text: &str, around: &Surroundings<'_>) -> Result<Self> {
        let tokens = closing::cut(text.as_bytes(), around).ok_or_else(|| {
            Error::new(ErrorKind::Unsupported, format!("the model's vocabulary cannot write {text:?}"))
        })?;
        let mut next = HashMap::new();
        let mut at = 0;
        for &token in tokens.iter().chain(around.vocabulary.end_of_generation().first()) {
            next.insert(at, token);
            at += around.vocabulary.piece(token).len();
        }
        Ok(Wish { text: text.as_bytes().to_vec(), next, written: 0 })
    }

    /// The token that is wanted now.
    pub(super) fn next(&self, around: &Surroundings<'_>) -> Option<u32> {
        let next = self.next.get(&self.written).copied();
        // It may have been cut in another way so far.
        let rest = || closing::cut(self.text.get(self.written..)?, around)?.first().copied();
        next.or_else(rest)
    }

    /// Notes that so many bytes were written.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.written += bytes;
    }
}
