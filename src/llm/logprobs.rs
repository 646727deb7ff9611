//! How sure a model was.
use serde::{Deserialize, Serialize};

/// A token that was written, how probable the model found it, and which others it found most probable.
///
/// Probabilities are the model's own: before the temperature, the penalties, the samplers and the grammar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenLogprobs {
    /// The token that was written.
    pub chosen: TokenLogprob,
    /// The most probable tokens, the first one first; as many as were asked for.
    pub top: Vec<TokenLogprob>,
}

/// A token and how probable a model found it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TokenLogprob {
    /// The token's number.
    pub token: u32,
    /// The token's text; where it holds a part of a character, U+FFFD stands for it.
    pub text: String,
    /// The natural logarithm of the probability.
    pub logprob: f32,
}

impl TokenLogprobs {
    /// A token that was written, and the most probable ones.
    pub fn new(chosen: TokenLogprob, top: Vec<TokenLogprob>) -> Self {
        TokenLogprobs { chosen, top }
    }
}

impl TokenLogprob {
    /// A token and the natural logarithm of its probability.
    pub fn new(token: u32, text: impl Into<String>, logprob: f32) -> Self {
        TokenLogprob { token, text: text.into(), logprob }
    }
}
