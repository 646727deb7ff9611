//! What the engine has done so far.
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What the engine has done since the model was loaded, and what it has to do.
        ///
        /// The same is told as it happens, by events of the `tracing` crate with the target `catena::engine`, which cost
        /// nothing where nobody listens:
        ///
        /// - `batch`, at `TRACE`, after each batch: `model` (the name of its file), `texts` (how many it held tokens of),
        ///   `tokens` and `n_batch` (how full it was), `guessed` (tokens that were only guessed), `waiting` and `active`
        ///   (calls), `kept_tokens`, and `took_us`;
        /// - `call`, at `DEBUG`, at the end of each call: `model`, `outcome` (`completed`, `failed` or `cancelled`),
        ///   `finish_reason` or `error` (its kind), `prompt_tokens`, of which `cached_tokens` were held already,
        ///   `completion_tokens`, of which `forced_tokens` were forced by a grammar and `right_tokens` guessed, and what it
        ///   took: `queue_us` (waiting), `prompt_us`, `eval_us`, `sample_us` (masks included), `constraint_us` (looking ahead
        ///   in the grammar), and `total_us`.
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
    /// Tokens guessed, from what came before or by a draft model, and evaluated.
    guessed_tokens,
    /// Guessed tokens that were right.
    right_tokens,
    /// Microseconds spent on looking ahead in grammars.
    constraint_micros,
    /// Tokens that the draft model evaluated, to guess.
    draft_tokens,
    /// Microseconds that it took for that.
    draft_micros,
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
    /// Tokens whose state was written to disk; see [`LlamaCppBuilder::spill`](crate::LlamaCppBuilder::spill).
    spilled_tokens,
    /// Tokens whose state was read from there.
    recalled_tokens,
    /// States that could not be written or read.
    spill_failures,
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

    /// One less, if there are any.
    pub(super) fn take_one(&self) {
        let _ = self.0.fetch_update(Ordering::Release, Ordering::Relaxed, |amount| amount.checked_sub(1));
    }

    pub(super) fn set(&self, amount: usize) {
        self.0.store(amount as u64, Ordering::Release);
    }
}
