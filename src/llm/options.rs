//! How text is generated.
use crate::{Error, ErrorKind, Result, Thinking};
use serde::{Deserialize, Deserializer, Serialize};
use std::time::Duration;

/// How text is generated. What is absent is taken from the model's own options, and then from the provider.
///
/// The names are llama.cpp's, and so are the defaults of the llama.cpp provider.
///
/// # Examples
///
/// ```
/// use catena::GenerateOptions;
///
/// let options = GenerateOptions::new().temperature(0.2).max_tokens(64).stop(["\n\n"]);
/// assert!(options.validate().is_ok());
/// assert!(GenerateOptions::new().top_p(7.0).validate().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct GenerateOptions {
    /// Tokens to write at most; without it the model writes until it ends, or until the context is full.
    pub max_tokens: Option<usize>,
    /// Time that the answer may take, waiting included; then it fails with
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), which carries the text so far. Default: any.
    pub timeout: Option<Duration>,
    /// Of calls that wait for the engine those of a higher priority come first. Default 0.
    pub priority: Option<i32>,
    /// Jump-forward decoding: whether text that the grammar leaves no choice about is written without asking the model, cut
    /// into tokens as its tokenizer cuts texts. Without it the model chooses how to cut it, which takes longer and changes
    /// what it writes afterwards as far as that depends on the cut. Default true.
    pub fast_forward: Option<bool>,
    /// Whether an answer that is held to a grammar, and would be cut off, is closed: when the tokens left are just enough for
    /// the shortest rest, that is written, and [`FinishReason::Closed`](crate::FinishReason::Closed) says so. Where they
    /// are too few from the start, the call fails with [`ErrorKind::OutOfTokens`](crate::ErrorKind::OutOfTokens). Without
    /// it an answer breaks off where the tokens run out. Default true.
    pub close: Option<bool>,
    /// Prompt lookup decoding, which is speculative decoding without a draft model: whether what comes next is guessed from
    /// what came before, in the prompt or the answer, and evaluated ahead. So an answer that copies from its prompt is
    /// written in fewer steps. The text stays the same. Default false.
    pub lookup: Option<bool>,
    /// Free text before the answer. Default: none.
    pub thinking: Option<Thinking>,
    /// What becomes of a conversation that does not fit into the context. Default: an error.
    pub overflow: Option<Overflow>,
    /// With [`Overflow::Shift`], tokens at the beginning that are never forgotten, at most half of the context. Default:
    /// those of the prompt if it takes no more than that. The first one always stays.
    pub n_keep: Option<usize>,
    /// The adapter to lay over the model, by the name that it was loaded with; `""` for none. Default: the one that holds
    /// for all calls, if there is one.
    pub lora: Option<String>,
    /// Texts that end the generation. They are not part of the result. Options are joined by appending these.
    pub stop: Vec<String>,
    /// Whether the text begins with the prompt. Default false.
    pub echo: Option<bool>,
    /// Text that follows what is to be written: the model fills the gap, if it was trained to.
    pub suffix: Option<String>,
    /// Tells for each token how probable it was, and of this many others at most. Default: told of none.
    pub logprobs: Option<u32>,
    /// Seed of the random choice. Without it one is drawn, and told in the completion.
    pub seed: Option<u32>,
    /// Spread of the choice, from 0 (always the likeliest token). Default 0.8.
    pub temperature: Option<f32>,
    /// Keep this many of the likeliest tokens; 0 keeps all. Default 40.
    pub top_k: Option<u32>,
    /// Keep the likeliest tokens that together have this probability, 0 to 1. Default 0.95.
    pub top_p: Option<f32>,
    /// Keep tokens at least this probable relative to the likeliest, 0 to 1. Default 0.05.
    pub min_p: Option<f32>,
    /// Locally typical sampling, 0 to 1; 1 is off. Default 1.
    pub typical_p: Option<f32>,
    /// Divides the logits of tokens seen lately; 1 is off. Default 1.
    pub repeat_penalty: Option<f32>,
    /// Lowers a token by this much for each time it was seen lately, -2 to 2. Default 0.
    pub frequency_penalty: Option<f32>,
    /// Lowers a token by this much if it was seen lately, -2 to 2. Default 0.
    pub presence_penalty: Option<f32>,
    /// How many of the last tokens count as lately; 0 turns the penalties off. Default 64.
    pub penalty_last_n: Option<u32>,
    /// Mirostat sampling instead of the truncating samplers. Default off.
    pub mirostat: Option<Mirostat>,
    /// Mirostat's target surprise, above 0. Default 5.
    pub mirostat_tau: Option<f32>,
    /// Mirostat's learning rate, above 0 up to 1. Default 0.1.
    pub mirostat_eta: Option<f32>,
    /// Strength of the penalty on repeated sequences (DRY); 0 is off. Default 0.
    pub dry_multiplier: Option<f32>,
    /// Base of the penalty's growth with the sequence's length, at least 1. Default 1.75.
    pub dry_base: Option<f32>,
    /// Sequences up to this many tokens are not penalised. Default 2.
    pub dry_allowed_length: Option<u32>,
    /// How many of the last tokens are searched for repetitions; 0 turns it off. Default: the context.
    pub dry_penalty_last_n: Option<u32>,
    /// Texts that end a sequence. Default: line break, colon, quote, asterisk.
    pub dry_sequence_breakers: Option<Vec<String>>,
    /// Probability of leaving out the likeliest tokens (XTC), 0 to 1; 0 is off. Default 0.
    pub xtc_probability: Option<f32>,
    /// Tokens above this probability may be left out, 0 to 1; above 0.5 is off. Default 0.1.
    pub xtc_threshold: Option<f32>,
    /// Added to the logits of these token numbers; negative infinity forbids a token. Options are joined by appending
    /// these.
    #[serde(deserialize_with = "biases")]
    pub logit_bias: Vec<(u32, f32)>,
}

/// JSON has no infinities and writes null: of those that are allowed it can only be the negative one.
fn biases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(u32, f32)>, D::Error> {
    let biases = Vec::<(u32, Option<f32>)>::deserialize(deserializer)?;
    Ok(biases.into_iter().map(|(token, bias)| (token, bias.unwrap_or(f32::NEG_INFINITY))).collect())
}

/// Which version of mirostat sampling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mirostat {
    /// Not used.
    Off,
    /// Version 1.
    V1,
    /// Version 2.
    V2,
}

/// What becomes of a conversation that does not fit into the context, with room for `max_tokens` of an answer, or else
/// for a quarter of the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Overflow {
    /// The call fails with [`ErrorKind::ContextOverflow`].
    Error,
    /// The oldest turns are left out, never the instructions and never the last question.
    DropOldest,
    /// The prompt must fit, and a text that fills the context goes on: the older half of what stands behind the first
    /// [`n_keep`](field@GenerateOptions::n_keep) tokens is forgotten, and the rest is evaluated again. Takes `max_tokens`,
    /// as nothing else is sure to end such a text.
    Shift,
}

macro_rules! setters {
    ($($name:ident: $type:ty),* $(,)?) => {
        $(
            #[doc = concat!("The same with [`", stringify!($name), "`](field@GenerateOptions::", stringify!($name), ").")]
            #[must_use]
            pub fn $name(mut self, value: $type) -> Self {
                self.$name = Some(value);
                self
            }
        )*

        /// What is given in `over`, and the rest from here.
        #[must_use]
        pub fn overridden_by(mut self, over: GenerateOptions) -> Self {
            $(
                if over.$name.is_some() {
                    self.$name = over.$name;
                }
            )*
            for stop in over.stop {
                if !self.stop.contains(&stop) {
                    self.stop.push(stop);
                }
            }
            self.logit_bias.extend(over.logit_bias);
            self
        }
    };
}

impl GenerateOptions {
    /// Options that leave everything open.
    #[must_use]
    pub fn new() -> Self {
        GenerateOptions::default()
    }

    setters! {
        max_tokens: usize,
        timeout: Duration,
        priority: i32,
        fast_forward: bool,
        close: bool,
        lookup: bool,
        thinking: Thinking,
        overflow: Overflow,
        n_keep: usize,
        lora: String,
        echo: bool,
        suffix: String,
        logprobs: u32,
        seed: u32,
        temperature: f32,
        top_k: u32,
        top_p: f32,
        min_p: f32,
        typical_p: f32,
        repeat_penalty: f32,
        frequency_penalty: f32,
        presence_penalty: f32,
        penalty_last_n: u32,
        mirostat: Mirostat,
        mirostat_tau: f32,
        mirostat_eta: f32,
        dry_multiplier: f32,
        dry_base: f32,
        dry_allowed_length: u32,
        dry_penalty_last_n: u32,
        dry_sequence_breakers: Vec<String>,
        xtc_probability: f32,
        xtc_threshold: f32,
    }

    /// The same with these stop texts added.
    #[must_use]
    pub fn stop<S: Into<String>>(mut self, texts: impl IntoIterator<Item = S>) -> Self {
        self.stop.extend(texts.into_iter().map(Into::into));
        self
    }

    /// The same with this much added to a token's logit; negative infinity forbids the token.
    ///
    /// What is promised of answers that are held to a grammar, that they end before the tokens run out, does not look at
    /// tokens that are forbidden: where such a one stands in the shortest rest, the answer may end in the middle, with
    /// [`ErrorKind::OutOfTokens`] and the text so far.
    #[must_use]
    pub fn logit_bias(mut self, token: u32, bias: f32) -> Self {
        self.logit_bias.push((token, bias));
        self
    }

    /// Checks every value that is given.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`] naming the option, the value and the range.
    pub fn validate(&self) -> Result<()> {
        let within = |name: &str, value: Option<f32>, low: f32, high: f32| match value {
            Some(value) if !(low..=high).contains(&value) => {
                Err(invalid(name, &value, &format!("from {low} to {high}")))
            }
            _ => Ok(()),
        };
        let above_zero = |name: &str, value: Option<f32>| match value {
            Some(value) if !(value > 0.0 && value.is_finite()) => Err(invalid(name, &value, "above 0 and finite")),
            _ => Ok(()),
        };
        within("temperature", self.temperature, 0.0, f32::MAX)?;
        within("top_p", self.top_p, 0.0, 1.0)?;
        within("min_p", self.min_p, 0.0, 1.0)?;
        within("typical_p", self.typical_p, 0.0, 1.0)?;
        above_zero("repeat_penalty", self.repeat_penalty)?;
        within("frequency_penalty", self.frequency_penalty, -2.0, 2.0)?;
        within("presence_penalty", self.presence_penalty, -2.0, 2.0)?;
        above_zero("mirostat_tau", self.mirostat_tau)?;
        above_zero("mirostat_eta", self.mirostat_eta)?;
        within("mirostat_eta", self.mirostat_eta, 0.0, 1.0)?;
        within("dry_multiplier", self.dry_multiplier, 0.0, f32::MAX)?;
        within("dry_base", self.dry_base, 1.0, f32::MAX)?;
        within("xtc_probability", self.xtc_probability, 0.0, 1.0)?;
        within("xtc_threshold", self.xtc_threshold, 0.0, 1.0)?;
        for (name, value) in [
            ("top_k", self.top_k),
            ("penalty_last_n", self.penalty_last_n),
            ("dry_allowed_length", self.dry_allowed_length),
            ("dry_penalty_last_n", self.dry_penalty_last_n),
        ] {
            if let Some(value) = value.filter(|&value| i32::try_from(value).is_err()) {
                return Err(invalid(name, &value, &format!("at most {}", i32::MAX)));
            }
        }
        if self.max_tokens == Some(0) {
            return Err(invalid("max_tokens", &0, "at least 1; leave it out to write until the end"));
        }
        if let Some(Thinking { open, close, .. }) = &self.thinking {
            if close.is_empty() || open.as_ref().is_some_and(String::is_empty) {
                return Err(invalid("thinking", &"\"\"", "marks of at least one character"));
            }
        }
        if self.stop.iter().any(String::is_empty) {
            return Err(invalid("stop", &"\"\"", "a text of at least one character: the empty text stops everything"));
        }
        for breaker in self.dry_sequence_breakers.iter().flatten() {
            if breaker.is_empty() || breaker.contains('\0') {
                return Err(invalid("dry_sequence_breakers", &format!("{breaker:?}"), "texts without NUL, not empty"));
            }
        }
        match self.logit_bias.iter().find(|(_, bias)| bias.is_nan() || *bias == f32::INFINITY) {
            Some((token, bias)) => {
                Err(invalid("logit_bias", &bias, &format!("a finite number or negative infinity (token {token})")))
            }
            None => Ok(()),
        }
    }
}

pub(crate) fn invalid(name: &str, value: &dyn std::fmt::Display, range: &str) -> Error {
    Error::new(ErrorKind::InvalidOption, format!("`{name}` is {value}; it must be {range}")).with_path(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_out_of_range_passes() {
        let bad = [
            GenerateOptions::new().temperature(f32::NAN),
            GenerateOptions::new().temperature(-0.1),
            GenerateOptions::new().temperature(f32::INFINITY),
            GenerateOptions::new().top_p(7.0),
            GenerateOptions::new().top_k(u32::MAX),
            GenerateOptions::new().min_p(f32::NAN),
            GenerateOptions::new().repeat_penalty(0.0),
            GenerateOptions::new().max_tokens(0),
            GenerateOptions::new().stop([""]),
            GenerateOptions::new().logit_bias(1, f32::NAN),
            GenerateOptions::new().logit_bias(1, f32::INFINITY),
            GenerateOptions::new().dry_sequence_breakers(vec!["a\0b".into()]),
            GenerateOptions::new().mirostat_eta(0.0),
        ];
        for options in bad {
            let error = options.validate().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidOption, "{options:?}");
            assert!(error.message().contains(error.path().unwrap()), "{error}");
        }
        assert!(GenerateOptions::new().logit_bias(1, f32::NEG_INFINITY).validate().is_ok());
    }

    #[test]
    fn the_later_options_win_and_stops_are_joined() {
        let base = GenerateOptions::new().temperature(0.1).top_k(5).stop(["a"]);
        let joined = base.overridden_by(GenerateOptions::new().temperature(0.9).stop(["b", "a"]));
        assert_eq!(joined, GenerateOptions::new().temperature(0.9).top_k(5).stop(["a", "b"]));
    }
}
