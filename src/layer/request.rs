//! What tells one request from another.
use crate::{GenerateOptions, Message, Prompt, Request, RunContext};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A request as it is written down: all that may change the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Written {
    /// Which model, with all that was decided when it was loaded.
    model: String,
    prompt: Asked,
    options: GenerateOptions,
    /// JSON has no infinities, and a forbidden token must not read as one without a bias.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    forbidden_tokens: Vec<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grammar: Option<Held>,
    /// Of the configurable keys that the model reads.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    configurable: Map<String, Value>,
}

/// The values that a call has for these configurable keys.
pub(super) fn values_read(keys: impl IntoIterator<Item = String>, cx: &RunContext) -> Map<String, Value> {
    keys.into_iter().filter_map(|key| cx.configurable(&key).cloned().map(|value| (key, value))).collect()
}

/// Text and a conversation of one message are told apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    Text(String),
    Messages(Vec<Message>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Held {
    root: String,
    text: String,
}

impl Written {
    pub(super) fn new(model: &str, request: &Request, configurable: Map<String, Value>) -> Self {
        let mut options = request.options.clone();
        let mut forbidden_tokens = Vec::new();
        options.logit_bias.retain(|&(token, bias)| {
            if bias == f32::NEG_INFINITY {
                forbidden_tokens.push(token);
            }
            bias.is_finite()
        });
        Written {
            model: model.to_owned(),
            prompt: match &request.prompt {
                Prompt::Text(text) => Asked::Text(text.clone()),
                Prompt::Messages(messages) => Asked::Messages(messages.clone()),
            },
            options,
            forbidden_tokens,
            grammar: request
                .grammar
                .as_ref()
                .map(|grammar| Held { root: grammar.root().to_owned(), text: grammar.text().to_owned() }),
            configurable,
        }
    }

    pub(super) fn model(&self) -> &str {
        &self.model
    }

    pub(super) fn configurable(&self) -> &Map<String, Value> {
        &self.configurable
    }

    /// The request as JSON: equal for equal requests only.
    pub(super) fn key(&self) -> String {
        // Maps with text keys, texts and finite numbers: nothing that JSON could not hold.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// In which way the other one differs, for people, whichever models are asked; nothing where they are equal.
    pub(super) fn difference(&self, other: &Written) -> Option<String> {
        let differ = |what: &str, a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| {
            Some(format!("{what} was {}, and is {}", short(a), short(b)))
        };
        if self.prompt != other.prompt {
            return differ("the prompt", &self.prompt, &other.prompt);
        }
        if self.options != other.options {
            return differ("the options", &self.options, &other.options);
        }
        if self.forbidden_tokens != other.forbidden_tokens {
            return differ("the forbidden tokens", &self.forbidden_tokens, &other.forbidden_tokens);
        }
        if self.configurable != other.configurable {
            return differ("the configurable values", &self.configurable, &other.configurable);
        }
        (self.grammar != other.grammar).then(|| differ("the grammar", &self.grammar, &other.grammar)).flatten()
    }
}

/// The most characters of a value that a message shows.
const SHOWN: usize = 300;

fn short(value: &dyn std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
