//! Typed chains over language models that run on your own machine.
//!
//! A [`Chain`] is steps joined by `|`, checked at compile time: each step takes what the one before gives. It runs once
//! ([`invoke`](Chain::invoke)), hands out increments on the way ([`stream`](Chain::stream)), or runs on many inputs
//! ([`batch`](Chain::batch)).
//!
//! - A **step** is anything that implements [`Runnable`]: async functions and closures, tuples of steps, other chains.
//! - A **prompt** is a [`Template`] or a [`ChatPrompt`]; other template languages implement [`PromptTemplate`].
//! - A **model** is a [`Model`] of a provider, which implements [`LLM`]. `LlamaCpp` runs GGUF files in this process, with
//!   the feature `llama-cpp` (on by default).
//! - A **typed answer** comes from [`Model::structured`]: the model is held to the grammar of the JSON texts that a Rust
//!   type deserializes from. Any other [`Grammar`] does as well.
//! - A **handler** that implements [`CallbackHandler`] sees every run, as a tree, with exactly one outcome each.
//! - An [`Error`] has a kind, the step that failed, a place where there is one, and its causes.
//!
//! ```
//! use catena::{Model, Template, map, testing::FakeLlm};
//!
//! # futures::executor::block_on(async {
//! let prompt = Template::new("Name three {things}, separated by commas.")?;
//! let llm = Model::new(FakeLlm::always("oak, ash, elm")); // a stand-in; see `LlamaCpp` for the real thing
//! let split = map(|text: String| text.split(", ").map(str::to_owned).collect::<Vec<_>>());
//!
//! let chain = prompt | llm | split;
//! assert_eq!(chain.invoke([("things", "trees")]).await?, ["oak", "ash", "elm"]);
//! # Ok::<(), catena::Error>(()) }).unwrap();
//! ```
//!
//! A pipe that does not fit is one error at the `|`, which names both types:
//!
//! ```compile_fail,E0277
//! use catena::{Model, Template, map, testing::FakeLlm};
//!
//! let count = map(|words: Vec<String>| words.len());
//! let chain = Template::new("Name a tree.").unwrap() | Model::new(FakeLlm::always("oak")) | count;
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod callback;
mod chain;
mod chunk;
mod compose;
pub mod constraint;
mod context;
mod dynamic;
mod embeddings;
mod error;
pub mod gbnf;
mod graph;
mod head;
mod history;
#[cfg(feature = "langchain-rust")]
pub mod interop;
pub mod layer;
#[cfg(feature = "llama-cpp")]
mod llama_cpp;
mod llm;
pub mod parse;
mod prompt;
mod regular;
mod report;
mod runnable;
#[cfg(feature = "sqlite")]
mod sqlite;
pub mod structured;
pub mod testing;
mod tokens;
mod tools;
pub mod typescript;

/// For implementing the traits that are made with it: [`Embeddings`], [`MessageHistory`], [`ExampleSelector`],
/// [`TokenCounter`] and [`layer::Cache`].
pub use async_trait::async_trait;
pub use callback::{CallbackHandler, PanicPolicy};
pub use chain::{Chain, ChainEvent, Events, input};
pub use chunk::{Chunk, ChunkStream, Delta};
pub use compose::{
    Alternatives, Assign, AssignWith, Backoff, Branch, BranchWithoutOtherwise, Configured, Delegate, Fallback,
    Generator, Map, MapEach, Parallel, Passthrough, Pick, PickOne, Retry, Router, Seq, Start, Step, StreamPolicy,
    WithContext, alternatives, assign, assign_with, branch, delegate, fallback, generator, map, map_each, passthrough,
    pick, pick_one, retry, router, timeout, with_config, with_context,
};
pub use context::{Cancellation, RunConfig, RunContext, RunId, RunInfo, StepKind};
pub use dynamic::DynRunnable;
pub use embeddings::{Embeddings, Found, VectorIndex};
pub use error::{Error, ErrorKind, Result, Span};
pub use gbnf::Grammar;
pub use graph::{Graph, GraphBranch, Parts};
#[cfg(feature = "sqlite")]
pub use history::SqliteHistory;
pub use history::{
    InMemoryHistory, KeepLast, KeepTokens, MessageHistory, Reply, Session, SummariseOlder, WithMessageHistory,
    keep_last, keep_tokens, summarise_older, with_message_history,
};
#[cfg(feature = "llama-cpp")]
pub use llama_cpp::{
    Choices, Classified, Classify, Device, FlashAttention, KvOverride, KvType, LlamaCpp, LlamaCppBuilder,
    LlamaCppEmbeddings, LlamaCppEmbeddingsBuilder, LlamaCppReranker, LlamaCppRerankerBuilder, LoadReport, Pooling,
    Ranked, Score, SplitMode, Stats,
};
pub use llm::{
    Completion, Detailed, FinishReason, GenerateOptions, IntoRequest, LLM, Mirostat, Model, Overflow, RawAnswer,
    Request, Structured, Thinking, Timings, TokenLogprob, TokenLogprobs, Usage, WithRaw,
};
pub use parse::{JsonParser, JsonPatch, OutputParser, Partial};
pub use prompt::{
    ChatPrompt, ChatPromptBuilder, ChatTemplate, ExampleSelector, FewShotPrompt, LengthSelector, Message,
    MessagesPlaceholder, Prompt, PromptPart, PromptTemplate, Role, SimilaritySelector, Template, TemplateFormat, Vars,
};
pub use runnable::Runnable;
pub use tokens::TokenCounter;
pub use tools::{Agent, Tool, ToolAnswer, ToolCall, ToolMode, WithTools};

#[cfg(all(doctest, feature = "llama-cpp"))]
#[doc = include_str!("../README.md")]
struct Readme;
