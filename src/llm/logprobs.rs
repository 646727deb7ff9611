//! How sure a model was.
use serde::{Deserialize, Deserializer, Serialize};

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
    /// The natural logarithm of the probability; negative infinity for a token that cannot come.
    #[serde(deserialize_with = "logprob")]
    pub logprob: f32,
}

/// JSON has no infinities and writes null.
fn logprob<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    Ok(Option::<f32>::deserialize(deserializer)?.unwrap_or(f32::NEG_INFINITY))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// As a cache or a recording keeps it.
    #[test]
    fn a_token_that_cannot_come_is_read_again() {
        let tokens = [TokenLogprob::new(1, "a", -0.25), TokenLogprob::new(2, "b", f32::NEG_INFINITY)];
        for token in tokens {
            let text = serde_json::to_string(&token).unwrap();
            assert_eq!(serde_json::from_str::<TokenLogprob>(&text).unwrap(), token);
        }
    }
}
