//! Local models through llama.cpp.
//!
//! One named thread owns a model, its context and everything made from them; [`LlamaCpp`] is a handle to it that can be
//! cloned and sent anywhere. Nothing outside of this module calls llama.cpp.
mod around;
mod backend;
mod builder;
mod candidates;
mod canonical;
mod choice;
mod classify;
mod closing;
mod command;
mod constraints;
mod device;
mod draft;
mod embeddings;
mod engine;
mod events;
#[cfg(test)]
mod faults;
mod fitting;
mod forced;
mod gguf;
mod handle;
mod identity;
mod load;
mod log;
mod logprobs;
mod lookup;
mod lora;
mod overrides;
mod owner;
mod params;
mod plan;
mod prompt;
mod queue;
mod report;
mod rerank;
mod sampler;
mod saving;
mod scheduler;
mod scoring;
mod sequence;
mod shift;
mod slots;
mod spill;
mod state;
mod stats;
mod stride;
mod text;
mod think;
mod vectors;
mod vocab;
mod wish;
mod worker;
mod writer;

pub use builder::LlamaCppBuilder;
pub use choice::{Choices, Score};
pub use classify::{Classified, Classify};
pub use device::Device;
pub use embeddings::{LlamaCppEmbeddings, LlamaCppEmbeddingsBuilder, Pooling};
pub use handle::LlamaCpp;
pub use overrides::KvOverride;
pub use params::{FlashAttention, KvType, SplitMode};
pub use report::LoadReport;
pub use rerank::{LlamaCppReranker, LlamaCppRerankerBuilder, Ranked};
pub use stats::Stats;
