//! Language models.
mod completion;
mod model;
mod options;
mod provider;
mod request;
mod typed;

pub use completion::{Completion, FinishReason, Timings, Usage};
pub use model::{Detailed, Model};
#[cfg(feature = "llama-cpp")]
pub(crate) use options::invalid;
pub use options::{GenerateOptions, Mirostat};
pub use provider::LLM;
pub use request::{IntoRequest, Request};
pub use typed::Structured;
