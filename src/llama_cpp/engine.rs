//! A context that cannot be driven into one of llama.cpp's asserts.
use super::log;
use crate::{Error, ErrorKind, Result};
use llama_cpp_2::{DecodeError, context::LlamaContext, llama_batch::LlamaBatch, token::LlamaToken};

/// How the context's memory is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Sequences that it can hold.
    pub(super) slots: usize,
    /// Tokens of one text, at most.
    pub(super) n_ctx: u32,
    /// Whether sequences share their cells.
    pub(super) shared: bool,
    /// Whether the end of a sequence can be cut off: recurrent models cannot.
    pub(super) can_cut: bool,
}

/// A model's context. It evaluates tokens of several sequences, in batches that it knows to be small enough.
pub(super) struct Engine<'model> {
    context: LlamaContext<'model>,
    batch: LlamaBatch<'static>,
    n_batch: usize,
    layout: Layout,
    /// For each token of the batch, whether its logits are wanted.
    wanted: Vec<bool>,
    decoded: bool,
}

/// A place in the last batch whose logits can be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row(usize);

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoded {
    Done,
    /// The memory has no room for it, and all is as it was.
    Full,
}

impl<'model> Engine<'model> {
    pub(super) fn new(layout: Layout, context: LlamaContext<'model>) -> Self {
        let n_batch = context.n_batch().max(1) as usize;
        Engine { context, batch: LlamaBatch::new(n_batch, 1), n_batch, layout, wanted: Vec::new(), decoded: false }
    }

    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    /// Tokens that a batch holds.
    pub(super) fn n_batch(&self) -> usize {
        self.n_batch
    }

    /// Evaluates a token and forgets it. What is wrong shows when it matters.
    pub(super) fn warm_up(&mut self, token: LlamaToken) {
        self.begin();
        if self.add(0, 0, LlamaToken(token.0.max(0)), true).is_ok() {
            let _ = self.decode();
        }
        self.forget(0);
        self.begin();
    }

    /// Begins a batch.
    pub(super) fn begin(&mut self) {
        self.batch.clear();
        self.wanted.clear();
        self.decoded = false;
    }

    /// Tokens that fit into the batch still.
    pub(super) fn room(&self) -> usize {
        self.n_batch.saturating_sub(self.wanted.len())
    }

    /// Adds a token to the batch, and says where its logits will be, if they are wanted.
    pub(super) fn add(&mut self, slot: usize, position: usize, token: LlamaToken, logits: bool) -> Result<Option<Row>> {
        let sequence = self.sequence(slot)?;
        let at = i32::try_from(position).map_err(|_| too_far())?;
        if self.room() == 0 || self.decoded {
            return Err(too_far());
        }
        self.batch.add(token, at, &[sequence], logits).map_err(|_| too_far())?;
        self.wanted.push(logits);
        Ok(logits.then(|| Row(self.wanted.len() - 1)))
    }

    /// Evaluates the batch.
    pub(super) fn decode(&mut self) -> Result<Decoded> {
        let count = self.wanted.len();
        if count == 0 || self.decoded {
            return Err(Error::new(ErrorKind::Engine, "there is no batch to evaluate"));
        }
        let (outcome, log) = log::catching(|| self.context.decode(&mut self.batch));
        match outcome {
            Ok(()) => {
                self.decoded = true;
                Ok(Decoded::Done)
            }
            Err(DecodeError::NoKvCacheSlot) => Ok(Decoded::Full),
            Err(error) => Err(Error::new(
                ErrorKind::Engine,
                format!("llama.cpp could not evaluate {count} tokens: {}", or_unknown(&log)),
            )
            .with_source(error)),
        }
    }

    /// The logits at a place of the last batch, one for each token of the vocabulary.
    pub(super) fn logits(&self, row: Row) -> Result<&[f32]> {
        if !self.decoded || self.wanted.get(row.0) != Some(&true) {
            return Err(Error::new(ErrorKind::Engine, "no token was evaluated that has logits"));
        }
        Ok(self.context.get_logits_ith(i32::try_from(row.0).map_err(|_| too_far())?))
    }

    /// Forgets all tokens of a sequence.
    pub(super) fn forget(&mut self, slot: usize) {
        if let Ok(slot) = u32::try_from(slot) {
            if (slot as usize) < self.layout.slots {
                let _ = self.context.clear_kv_cache_seq(Some(slot), None, None);
            }
        }
    }

    /// Keeps the first `length` tokens of a sequence that has more. If that cannot be done, it says so and forgets all.
    pub(super) fn cut(&mut self, slot: usize, length: usize) -> bool {
        let kept = self.try_cut(slot, length);
        if !kept {
            self.forget(slot);
        }
        kept
    }

    fn try_cut(&mut self, slot: usize, length: usize) -> bool {
        let (Ok(sequence), Ok(from)) = (self.sequence(slot), u32::try_from(length)) else { return false };
        if length == 0 || !self.layout.can_cut {
            return false;
        }
        let removed = self.context.clear_kv_cache_seq(u32::try_from(slot).ok(), Some(from), None);
        removed.is_ok_and(|removed| removed) && self.is_whole(sequence, length)
    }

    /// Gives `to`, which is empty afterwards if it cannot be done, the first `length` tokens of `from`.
    pub(super) fn copy(&mut self, from: usize, to: usize, length: usize) -> bool {
        self.forget(to);
        let copied = self.try_copy(from, to, length);
        if !copied {
            self.forget(to);
        }
        copied
    }

    fn try_copy(&mut self, from: usize, to: usize, length: usize) -> bool {
        let (Ok(source), Ok(target), Ok(end)) = (self.sequence(from), self.sequence(to), u32::try_from(length)) else {
            return false;
        };
        if source == target || length == 0 || !self.layout.can_cut {
            return false;
        }
        // Sequences with cells of their own can only be copied as a whole.
        let (start, end) = if self.layout.shared { (Some(0), Some(end)) } else { (None, None) };
        self.context.copy_kv_cache_seq(source, target, start, end).is_ok() && self.try_cut(to, length)
    }

    /// Whether the sequence holds exactly the positions below `length`: models that look back a limited way may have
    /// forgotten the first ones.
    fn is_whole(&self, sequence: i32, length: usize) -> bool {
        let last = i32::try_from(length).ok().and_then(|length| length.checked_sub(1));
        self.context.kv_cache_seq_pos_min(sequence) == 0 && last == Some(self.context.kv_cache_seq_pos_max(sequence))
    }

    fn sequence(&self, slot: usize) -> Result<i32> {
        let sequence = i32::try_from(slot).ok().filter(|_| slot < self.layout.slots);
        sequence.ok_or_else(|| Error::new(ErrorKind::Engine, format!("there is no sequence {slot}")))
    }
}

fn too_far() -> Error {
    Error::new(ErrorKind::Engine, "more tokens than a batch or a position holds")
}

/// What llama.cpp logged, or that it said nothing.
pub(super) fn or_unknown(log: &str) -> &str {
    if log.is_empty() { "it gave no reason" } else { log }
}
