//! What loading a model found and decided.
use std::{path::PathBuf, time::Duration};

/// What loading a model found in the file, what was decided, and what the caller should know.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoadReport {
    /// The model file.
    pub path: PathBuf,
    /// The model's name, as the file tells it.
    pub name: Option<String>,
    /// The architecture, as the file tells it.
    pub architecture: String,
    /// Numbers (weights) in the model.
    pub n_params: u64,
    /// Bytes of all tensors.
    pub size: u64,
    /// Tokens in the vocabulary.
    pub n_vocab: usize,
    /// Tokens of the longest texts that the model was trained on.
    pub n_ctx_train: u32,
    /// Tokens of one text, prompt and answer together; 0 where only the vocabulary was loaded.
    pub n_ctx: u32,
    /// Texts written at once.
    pub n_parallel: u32,
    /// Tokens of a prompt evaluated at once at most.
    pub n_batch: u32,
    /// Threads used to decode.
    pub n_threads: u32,
    /// Whether the file has a chat template, or the caller gave one.
    pub has_chat_template: bool,
    /// What llama.cpp was built for and runs on, in its own words.
    pub system_info: String,
    /// How long loading took.
    pub load_time: Duration,
    /// What is not as the caller may think it is, and what to do about it.
    pub warnings: Vec<String>,
}
