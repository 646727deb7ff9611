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
mod closing;
mod command;
mod constraints;
mod device;
mod embeddings;
mod engine;
mod fitting;
mod gguf;
mod handle;
mod identity;
mod load;
mod log;
mod logprobs;
mod lookup;
mod params;
mod plan;
mod prompt;
mod queue;
mod report;
mod sampler;
mod scheduler;
mod scoring;
mod sequence;
mod slots;
mod stats;
mod text;
mod think;
mod vocab;
mod worker;
mod writer;

pub use builder::LlamaCppBuilder;
pub use choice::{Choices, Score};
pub use device::Device;
pub use embeddings::{LlamaCppEmbeddings, LlamaCppEmbeddingsBuilder, Pooling};
pub use handle::LlamaCpp;
pub use params::{FlashAttention, KvType, SplitMode, WhenFull};
pub use report::LoadReport;
pub use stats::Stats;
