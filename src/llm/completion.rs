//! What a provider answers.
use crate::TokenLogprobs;
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// What a model wrote, and what it cost.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Completion {
    /// The text, without the stop text that ended it.
    pub text: String,
    /// What the model thought before it, where it was asked to.
    #[serde(default)]
    pub reasoning: Option<String>,
    /// Why it ended.
    pub finish_reason: FinishReason,
    /// How many tokens were read and written.
    pub usage: Usage,
    /// What took how long.
    pub timings: Timings,
    /// For each token, how probable it was; empty unless asked for.
    pub logprobs: Vec<TokenLogprobs>,
    /// The seed that was used, if the provider tells it.
    pub seed: Option<u32>,
    /// Whether it was answered before, and comes out of a cache.
    #[serde(default)]
    pub cached: bool,
}

impl Completion {
    /// A completion that ended by itself.
    pub fn new(text: impl Into<String>) -> Self {
        Completion { text: text.into(), ..Completion::default() }
    }

    /// The same, ended for this reason.
    #[must_use]
    pub fn with_finish_reason(mut self, reason: FinishReason) -> Self {
        self.finish_reason = reason;
        self
    }

    /// The same with these thoughts before the text.
    #[must_use]
    pub fn with_reasoning(mut self, reasoning: impl Into<String>) -> Self {
        self.reasoning = Some(reasoning.into());
        self
    }

    /// The same with this usage.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// The same with these timings.
    #[must_use]
    pub fn with_timings(mut self, timings: Timings) -> Self {
        self.timings = timings;
        self
    }

    /// The same with these probabilities.
    #[must_use]
    pub fn with_logprobs(mut self, logprobs: Vec<TokenLogprobs>) -> Self {
        self.logprobs = logprobs;
        self
    }

    /// The same with this seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u32) -> Self {
        self.seed = Some(seed);
        self
    }
}

/// Why a completion ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FinishReason {
    /// The model ended it.
    #[default]
    EndOfText,
    /// This stop text came up.
    Stop(String),
    /// The grammar's sentence is complete, nothing can follow.
    Grammar,
    /// `max_tokens` were written, or the context is full.
    Length,
    /// The tokens left were just enough to bring the grammar's sentence to its end, which was done.
    Closed,
}

/// How many tokens were read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the prompt, in all.
    pub prompt_tokens: usize,
    /// Tokens of the prompt that were evaluated before and not again.
    pub cached_tokens: usize,
    /// Tokens written.
    pub completion_tokens: usize,
}

impl Usage {
    /// A usage without cached tokens.
    pub fn new(prompt_tokens: usize, completion_tokens: usize) -> Self {
        Usage { prompt_tokens, cached_tokens: 0, completion_tokens }
    }
}

/// What took how long, by the names llama.cpp prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Timings {
    /// Loading the model: the same in each of its calls.
    pub load: Duration,
    /// Waiting for the engine.
    pub queue: Duration,
    /// Evaluating the prompt.
    pub prompt_eval: Duration,
    /// Tokens of the prompt that were evaluated.
    pub prompt_eval_tokens: usize,
    /// Evaluating written tokens.
    pub eval: Duration,
    /// Written tokens that were evaluated: the last one of a completion is not.
    pub eval_tokens: usize,
    /// Choosing tokens, the grammar included.
    pub sample: Duration,
    /// Tokens chosen.
    pub sample_tokens: usize,
    /// From the request's arrival at the engine to its end.
    pub total: Duration,
}

impl Timings {
    /// Tokens of the prompt evaluated in a second; 0 where nothing was.
    pub fn prompt_tokens_per_second(&self) -> f64 {
        rate(self.prompt_eval, self.prompt_eval_tokens)
    }

    /// Written tokens evaluated in a second; 0 where nothing was.
    pub fn tokens_per_second(&self) -> f64 {
        rate(self.eval, self.eval_tokens)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for display")]
fn rate(time: Duration, tokens: usize) -> f64 {
    if time.is_zero() { 0.0 } else { tokens as f64 / time.as_secs_f64() }
}

/// One line for each stage, in milliseconds.
impl fmt::Display for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        writeln!(f, "       load time = {:10.2} ms", ms(self.load))?;
        for (name, time, tokens, unit) in [
            ("     sample time", self.sample, self.sample_tokens, "runs  "),
            ("prompt eval time", self.prompt_eval, self.prompt_eval_tokens, "tokens"),
            ("       eval time", self.eval, self.eval_tokens, "runs  "),
        ] {
            let per_second = rate(time, tokens);
            let each = if tokens == 0 { 0.0 } else { 1e3 / per_second.max(f64::MIN_POSITIVE) };
            writeln!(
                f,
                "{name} = {:10.2} ms / {tokens:5} {unit} ({each:8.2} ms each, {per_second:8.2} per second)",
                ms(time)
            )?;
        }
        write!(f, "      total time = {:10.2} ms", ms(self.total))
    }
}
