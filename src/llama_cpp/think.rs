//! Free text before an answer.
use super::{around::Surroundings, closing, text::TextOut, vocab::id};
use crate::{Error, ErrorKind, Result, Thinking};
use std::collections::VecDeque;

/// Thoughts that are being written.
pub(super) struct Think {
    /// The text that ends them.
    mark: Vec<u8>,
    /// Its tokens.
    mark_tokens: Vec<u32>,
    /// Tokens of the text that begins them, which are still to be written.
    opening: usize,
    /// Tokens of thoughts that may still be written.
    left: usize,
    /// The last bytes, in which the mark may have begun.
    tail: Vec<u8>,
    text: TextOut,
}

/// What a token does to thoughts.
pub(super) enum Thought {
    /// They go on, and this much of them can be handed out.
    More(String),
    /// They are over; the rest of the token is of the answer.
    Over(String, Vec<u8>),
}

impl Think {
    /// The thoughts, and the tokens to begin with.
    pub(super) fn new(thinking: &Thinking, around: &Surroundings<'_>) -> Result<(Self, VecDeque<u32>)> {
        let mark_tokens = tokens(&thinking.close, around)?;
        let opening = thinking.open.as_deref().map_or(Ok(Vec::new()), |open| tokens(open, around))?;
        let think = Think {
            mark: thinking.close.clone().into_bytes(),
            mark_tokens,
            opening: opening.len(),
            left: thinking.max_tokens.unwrap_or(usize::MAX),
            tail: Vec::new(),
            text: TextOut::after(String::new(), vec![thinking.close.clone()]),
        };
        Ok((think, opening.into()))
    }

    /// The tokens that end the thoughts.
    pub(super) fn mark_tokens(&self) -> &[u32] {
        &self.mark_tokens
    }

    /// Tokens that beginning and ending the thoughts takes.
    pub(super) fn overhead(&self) -> usize {
        self.opening + self.mark_tokens.len()
    }

    /// Whether all tokens of thoughts are written.
    pub(super) fn is_used_up(&self) -> bool {
        self.left == 0
    }

    /// What of a token is of the answer, if it ends the thoughts.
    pub(super) fn rest_after(&self, token: u32, piece: &[u8]) -> Option<Vec<u8>> {
        if self.opening > 0 {
            return None;
        }
        if self.mark_tokens == [token] {
            return Some(Vec::new());
        }
        let text = [&self.tail, piece].concat();
        let at = text.windows(self.mark.len()).position(|window| window == self.mark)?;
        Some(text.get(at + self.mark.len()..).unwrap_or_default().to_vec())
    }

    /// Reads a token.
    pub(super) fn read(&mut self, token: u32, piece: &[u8]) -> Thought {
        if self.opening > 0 {
            self.opening -= 1;
            return Thought::More(String::new());
        }
        self.left = self.left.saturating_sub(1);
        if let Some(rest) = self.rest_after(token, piece) {
            // A mark that is a control token has no text.
            let (mut text, found) = self.text.push(piece);
            if found.is_none() {
                text.push_str(&self.text.finish());
            }
            return Thought::Over(text, rest);
        }
        self.tail.extend_from_slice(piece);
        let kept = self.tail.len().saturating_sub(self.mark.len().saturating_sub(1));
        self.tail.drain(..kept);
        Thought::More(self.text.push(piece).0)
    }

    /// Nothing follows: gives what was held back.
    pub(super) fn finish(&mut self) -> String {
        self.text.finish()
    }

    /// The thoughts as far as they are written.
    pub(super) fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text).into_text()
    }
}

/// The tokens of a mark: often it is one of its own.
fn tokens(mark: &str, around: &Surroundings<'_>) -> Result<Vec<u32>> {
    if let &[token] = around.model.vocab().tokenize(mark.as_bytes(), false, true).as_slice() {
        return Ok(vec![id(token)]);
    }
    let tokens = closing::cut(mark.as_bytes(), around);
    tokens.map(|tokens| tokens.to_vec()).ok_or_else(|| {
        let message = format!("the model's vocabulary cannot write the mark {mark:?} of its thoughts");
        Error::new(ErrorKind::Unsupported, message).with_path("thinking")
    })
}
