//! Local models through llama.cpp.
//!
//! One named thread owns a model, its context and everything made from them; [`LlamaCpp`] is a handle to it that can be
//! cloned and sent anywhere. Nothing outside of this module calls llama.cpp.
mod backend;
mod builder;
mod candidates;
mod command;
mod constraints;
mod engine;
mod gguf;
mod handle;
mod load;
mod log;
mod logprobs;
mod params;
mod report;
mod sampler;
mod sequence;
mod stats;
mod text;
mod vocab;
mod worker;

pub use builder::LlamaCppBuilder;
pub use handle::LlamaCpp;
pub use params::{FlashAttention, KvType, SplitMode};
pub use report::LoadReport;
pub use stats::Stats;
