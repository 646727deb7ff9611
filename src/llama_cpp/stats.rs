//! What the engine has done so far.
use std::sync::atomic::{AtomicU64, Ordering};

/// What the engine has done since the model was loaded, and what it has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// Tokens evaluated, of prompts and of answers.
    pub evaluated_tokens: u64,
    /// Calls answered with a completion.
    pub completed: u64,
    /// Calls answered with an error.
    pub failed: u64,
    /// Calls that nobody waited for any more.
    pub cancelled: u64,
}

/// The counters behind [`Stats`]; the owner thread alone writes them.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) evaluated_tokens: Counter,
    pub(super) completed: Counter,
    pub(super) failed: Counter,
    pub(super) cancelled: Counter,
}

impl Counters {
    pub(super) fn read(&self) -> Stats {
        Stats {
            evaluated_tokens: self.evaluated_tokens.0.load(Ordering::Acquire),
            completed: self.completed.0.load(Ordering::Acquire),
            failed: self.failed.0.load(Ordering::Acquire),
            cancelled: self.cancelled.0.load(Ordering::Acquire),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, amount: usize) {
        self.0.fetch_add(amount as u64, Ordering::Release);
    }
}
