//! Options of calls, from one side to the other.
use crate::{Error, ErrorKind, GenerateOptions, Result};
use langchain_rust::language_models::options::CallOptions;
use serde_json::{Value, json};
use std::fmt;

/// An option that langchain-rust's `CallOptions` have a place for, by its name in [`GenerateOptions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallOption {
    /// [`GenerateOptions::max_tokens`](field@GenerateOptions::max_tokens)
    MaxTokens,
    /// [`GenerateOptions::temperature`](field@GenerateOptions::temperature)
    Temperature,
    /// [`GenerateOptions::stop`](field@GenerateOptions::stop)
    Stop,
    /// [`GenerateOptions::top_k`](field@GenerateOptions::top_k)
    TopK,
    /// [`GenerateOptions::top_p`](field@GenerateOptions::top_p)
    TopP,
    /// [`GenerateOptions::seed`](field@GenerateOptions::seed)
    Seed,
    /// [`GenerateOptions::repeat_penalty`](field@GenerateOptions::repeat_penalty)
    RepeatPenalty,
    /// [`GenerateOptions::frequency_penalty`](field@GenerateOptions::frequency_penalty)
    FrequencyPenalty,
    /// [`GenerateOptions::presence_penalty`](field@GenerateOptions::presence_penalty)
    PresencePenalty,
}

impl CallOption {
    /// All of them.
    pub const ALL: [CallOption; 9] = [
        CallOption::MaxTokens,
        CallOption::Temperature,
        CallOption::Stop,
        CallOption::TopK,
        CallOption::TopP,
        CallOption::Seed,
        CallOption::RepeatPenalty,
        CallOption::FrequencyPenalty,
        CallOption::PresencePenalty,
    ];

    /// Its name in [`GenerateOptions`].
    pub fn name(self) -> &'static str {
        match self {
            CallOption::MaxTokens => "max_tokens",
            CallOption::Temperature => "temperature",
            CallOption::Stop => "stop",
            CallOption::TopK => "top_k",
            CallOption::TopP => "top_p",
            CallOption::Seed => "seed",
            CallOption::RepeatPenalty => "repeat_penalty",
            CallOption::FrequencyPenalty => "frequency_penalty",
            CallOption::PresencePenalty => "presence_penalty",
        }
    }
}

impl fmt::Display for CallOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Theirs as ours. What has no place here is an error that names it.
pub(super) fn ours(options: &CallOptions) -> Result<GenerateOptions> {
    let CallOptions {
        candidate_count,
        max_tokens,
        temperature,
        stop_words,
        streaming_func: _,
        top_k,
        top_p,
        seed,
        min_length,
        max_length,
        n,
        repetition_penalty,
        frequency_penalty,
        presence_penalty,
        functions: _,
        function_call_behavior: _,
        response_format: _,
        stream_usage: _,
    } = options;
    for (name, value) in [("candidate_count", candidate_count), ("n", n)] {
        if value.is_some_and(|value| value != 1) {
            return Err(unsupported(name, "a model gives one answer to a call: ask it several times"));
        }
    }
    for (name, value) in [("min_length", min_length), ("max_length", max_length)] {
        if value.is_some() {
            return Err(unsupported(name, "a model counts no characters: use `max_tokens`, or a schema with lengths"));
        }
    }
    Ok(GenerateOptions {
        max_tokens: max_tokens.map(narrow("max_tokens")).transpose()?,
        temperature: *temperature,
        stop: stop_words.clone().unwrap_or_default(),
        top_k: top_k.map(narrow("top_k")).transpose()?,
        top_p: *top_p,
        seed: seed.map(narrow("seed")).transpose()?,
        repeat_penalty: *repetition_penalty,
        frequency_penalty: *frequency_penalty,
        presence_penalty: *presence_penalty,
        ..GenerateOptions::new()
    })
}

/// Ours as theirs, if the model that they are for carries all that is given.
pub(super) fn theirs(options: GenerateOptions, carried: &[CallOption], id: &str) -> Result<Option<CallOptions>> {
    options.validate()?;
    // By their names as JSON, so that what options there will be is refused here until there is a place for it.
    let named = serde_json::to_value(&options).map_err(Error::other)?;
    let given = named.as_object().into_iter().flatten().filter(|(name, value)| match (name.as_str(), value) {
        ("echo" | "lookup", Value::Bool(false)) | (_, Value::Null) => false,
        // Without any a sequence ends nowhere, which is not the default.
        ("dry_sequence_breakers", _) => true,
        (_, value) => **value != json!([]),
    });
    let mut any = false;
    for (name, _) in given {
        match CallOption::ALL.into_iter().find(|option| option.name() == name) {
            Some(option) if carried.contains(&option) => any = true,
            Some(option) => {
                let why = format!(
                    "`{id}` is not known to honour it: set it on the model of langchain-rust, or say with `carries` that it \
                     does (`CallOption::{option:?}`)"
                );
                return Err(unsupported(name, &why));
            }
            None => return Err(unsupported(name, "langchain-rust has no place for it: leave it out")),
        }
    }
    let wide = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
    let call = CallOptions {
        max_tokens: options.max_tokens.map(narrow("max_tokens")).transpose()?,
        temperature: options.temperature,
        stop_words: Some(options.stop).filter(|texts| !texts.is_empty()),
        top_k: options.top_k.map(wide),
        top_p: options.top_p,
        seed: options.seed.map(wide),
        repetition_penalty: options.repeat_penalty,
        frequency_penalty: options.frequency_penalty,
        presence_penalty: options.presence_penalty,
        // What an answer cost tells whether its tokens ran out.
        stream_usage: Some(true),
        ..CallOptions::new()
    };
    Ok(any.then_some(call))
}

fn unsupported(name: &str, why: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("`{name}` cannot be carried: {why}")).with_path(name)
}

/// A number in the other side's width.
fn narrow<A: Copy + fmt::Display, B: TryFrom<A>>(name: &'static str) -> impl Fn(A) -> Result<B> {
    move |value| {
        let refused = |_| crate::llm::invalid(name, &value, "a number of 32 bits");
        B::try_from(value).map_err(refused)
    }
}
