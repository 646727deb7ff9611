//! What the engine has done so far.
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What the engine has done since the model was loaded, and what it has to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[non_exhaustive]
        pub struct Stats {
            $($(#[$doc])* pub $name: u64,)*
        }

        /// The counters behind [`Stats`]; the owner thread alone writes them.
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(pub(super) $name: Counter,)*
        }

        impl Counters {
            pub(super) fn read(&self) -> Stats {
                Stats { $($name: self.$name.0.load(Ordering::Acquire),)* }
            }
        }
    };
}

counters! {
    /// Tokens evaluated, of prompts and of answers.
    evaluated_tokens,
    /// Tokens of prompts that were held already, and not evaluated again.
    cached_tokens,
    /// Tokens that a grammar forced, appended without asking the model.
    forced_tokens,
    /// Tokens guessed from what came before, and evaluated.
    guessed_tokens,
    /// Guessed tokens that were right.
    right_tokens,
    /// Microseconds spent on looking ahead in grammars.
    constraint_micros,
    /// Batches evaluated: with `evaluated_tokens`, how well they were filled.
    decodes,
    /// Calls answered with a completion.
    completed,
    /// Calls answered with an error.
    failed,
    /// Calls that nobody waited for any more.
    cancelled,
    /// How often a text had to wait for memory, and was evaluated again.
    parked,
    /// Calls that wait for the engine now.
    waiting,
    /// Texts that are being written now.
    active,
    /// Tokens of texts that are over, held now for prompts that begin like them.
    kept_tokens,
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, amount: usize) {
        self.0.fetch_add(amount as u64, Ordering::Release);
    }

    pub(super) fn set(&self, amount: usize) {
        self.0.store(amount as u64, Ordering::Release);
    }
}
