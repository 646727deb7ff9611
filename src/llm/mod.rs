//! Language models.
mod completion;
mod logprobs;
mod model;
mod options;
mod provider;
mod raw;
mod request;
mod thinking;
mod typed;

pub use completion::{Completion, FinishReason, Timings, Usage};
pub use logprobs::{TokenLogprob, TokenLogprobs};
pub use model::{Detailed, Model};
pub(crate) use options::invalid;
pub use options::{GenerateOptions, Mirostat, Overflow};
pub use provider::LLM;
pub use raw::{RawAnswer, WithRaw};
pub use request::{IntoRequest, Request};
pub use thinking::Thinking;
pub use typed::Structured;
pub(crate) use typed::{parse as read_json, second_grammar};
