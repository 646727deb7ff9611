//! Typed chains over local language models.
pub mod callback;
mod chain;
mod chunk;
mod compose;
pub mod constraint;
mod context;
mod dynamic;
mod error;
pub mod gbnf;
mod head;
#[cfg(feature = "llama-cpp")]
mod llama_cpp;
mod llm;
mod prompt;
mod report;
mod runnable;
pub mod structured;
pub mod testing;

pub use callback::{CallbackHandler, PanicPolicy};
pub use chain::{Chain, input};
pub use chunk::{Chunk, ChunkStream, Delta};
pub use compose::{Map, Passthrough, Seq, Start, Step, WithContext, map, passthrough, with_context};
pub use context::{RunContext, RunId, RunInfo};
pub use dynamic::DynRunnable;
pub use error::{Error, ErrorKind, Result, Span};
pub use gbnf::Grammar;
#[cfg(feature = "llama-cpp")]
pub use llama_cpp::{FlashAttention, KvType, LlamaCpp, LlamaCppBuilder, LoadReport, SplitMode, Stats};
pub use llm::{
    Completion, Detailed, FinishReason, GenerateOptions, IntoRequest, LLM, Mirostat, Model, Request, Structured,
    Timings, Usage,
};
pub use prompt::{
    ChatPrompt, ChatPromptBuilder, ChatTemplate, Message, MessagesPlaceholder, Prompt, PromptTemplate, Role, Template,
    Vars,
};
pub use runnable::Runnable;
