//! What the owner thread is asked.
use crate::{Chunk, Completion, Error, ErrorKind, GenerateOptions, Grammar, Result};
use futures::channel::{mpsc, oneshot};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// One request to the owner thread, with the way to answer it.
pub(super) enum Command {
    Generate(Box<Job>),
    FewestTokens { grammar: Grammar, reply: oneshot::Sender<Result<usize>> },
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
    pub(super) aim: Aim,
    pub(super) reply: Reply,
    pub(super) arrived: Instant,
    /// When nobody wants the text any more.
    pub(super) deadline: Option<Instant>,
    /// The place in the queue, until the text is begun.
    pub(super) ticket: Option<Ticket>,
}

/// What is known of the answer.
pub(super) enum Aim {
    Open,
    /// All of it: only its probability is asked for.
    Score(String),
    /// Nothing: the state of the prompt is written into this file.
    Save(PathBuf),
    /// Nothing: the state in this file is taken over.
    Load(PathBuf),
    /// What the model is made to want, as far as it may.
    Wish(String),
}

/// Where the text goes. A receiver that is gone is how a caller cancels.
pub(super) type Reply = mpsc::UnboundedSender<Result<Chunk<Completion>>>;

/// The places of the queue.
#[derive(Debug, Clone, Default)]
pub(super) struct Tickets(Arc<AtomicUsize>);

/// A place in the queue; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Ticket(Arc<AtomicUsize>);

impl Tickets {
    /// A place, if fewer than `most` are taken.
    pub(super) fn take(&self, most: usize) -> Result<Ticket> {
        let one_more = |taken: usize| (taken < most).then_some(taken + 1);
        match self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more) {
            Ok(_) => Ok(Ticket(Arc::clone(&self.0))),
            Err(taken) => Err(Error::new(
                ErrorKind::Busy,
                format!("{taken} calls wait for the engine already: ask again later, or allow a longer `queue`"),
            )),
        }
    }

    /// How many places are taken.
    pub(super) fn taken(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
