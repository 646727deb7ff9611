//! What the owner thread is asked.
use crate::{Chunk, Completion, GenerateOptions, Grammar, Result};
use futures::channel::{mpsc, oneshot};
use std::time::Instant;

/// One request to the owner thread, with the way to answer it.
pub(super) enum Command {
    Generate(Box<Job>),
    Tokenize { text: String, special: bool, reply: oneshot::Sender<Result<Vec<u32>>> },
    Detokenize { tokens: Vec<u32>, reply: oneshot::Sender<Result<String>> },
}

/// One text to write.
pub(super) struct Job {
    pub(super) prompt: String,
    /// Whether the tokenizer adds what begins a text: not if a chat template wrote it already.
    pub(super) add_special: bool,
    pub(super) options: GenerateOptions,
    pub(super) grammar: Option<Grammar>,
    pub(super) reply: Reply,
    pub(super) arrived: Instant,
}

/// Where the text goes. A receiver that is gone is how a caller cancels.
pub(super) type Reply = mpsc::UnboundedSender<Result<Chunk<Completion>>>;
