//! A context that cannot be driven into one of llama.cpp's asserts.
use super::{
    log,
    lora::{Adapter, Adapters},
};
use crate::{Error, ErrorKind, Result};
use llama_cpp_2::{
    DecodeError,
    context::{LlamaContext, session::LlamaStateSeqFlags},
    llama_batch::LlamaBatch,
    token::LlamaToken,
};
use std::path::Path;

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
    /// Sequences that were copied, and whose keys and values llama.cpp copies with the next batch: those that share their
    /// cells need no copy.
    uncopied: Vec<usize>,
    adapters: Adapters,
    #[cfg(test)]
    pub(super) faults: super::faults::Faults,
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
    pub(super) fn new(layout: Layout, context: LlamaContext<'model>, adapters: Adapters) -> Self {
        let n_batch = context.n_batch().max(1) as usize;
        Engine {
            context,
            batch: LlamaBatch::new(n_batch, 1),
            n_batch,
            layout,
            wanted: Vec::new(),
            decoded: false,
            uncopied: Vec::new(),
            adapters,
            #[cfg(test)]
            faults: super::faults::Faults::default(),
        }
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
        self.pass(0, LlamaToken(token.0.max(0)));
    }

    /// Evaluates a token in an empty sequence and forgets it.
    fn pass(&mut self, slot: usize, token: LlamaToken) {
        self.begin();
        if self.add(slot, 0, token, true).is_ok() {
            let _ = self.decode();
        }
        self.forget(slot);
        self.begin();
    }

    /// Lays this adapter over the model, for the batches that follow.
    pub(super) fn lay(&mut self, adapter: Adapter) -> Result<()> {
        self.adapters.lay(adapter, &mut self.context)
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
        #[cfg(test)]
        let token = self.faults.of(token);
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
                self.uncopied.clear();
                Ok(Decoded::Done)
            }
            Err(DecodeError::NoKvCacheSlot) => {
                self.uncopied.clear();
                Ok(Decoded::Full)
            }
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
        if source == target || length == 0 || !self.can_cut(from) {
            return false;
        }
        // Sequences with cells of their own can only be copied as a whole.
        let (start, end) = if self.layout.shared { (Some(0), Some(end)) } else { (None, None) };
        if self.context.copy_kv_cache_seq(source, target, start, end).is_err() {
            return false;
        }
        if !self.layout.shared {
            self.uncopied.push(to);
        }
        self.try_cut(to, length)
    }

    /// Whether the end of a sequence can be cut off, and its beginning be copied. Models that look back a limited way have
    /// forgotten what is further back, once it was overwritten, or read from a file, which holds no more than they look at.
    pub(super) fn can_cut(&self, slot: usize) -> bool {
        let begins = |sequence| self.context.kv_cache_seq_pos_min(sequence) <= 0;
        self.layout.can_cut && self.sequence(slot).is_ok_and(begins)
    }

    /// Bytes of a sequence's state.
    pub(super) fn state_size(&self, slot: usize) -> u64 {
        let size = |sequence| self.context.state_seq_get_size_ext(sequence, LlamaStateSeqFlags::empty());
        self.sequence(slot).map_or(0, |sequence| size(sequence) as u64)
    }

    /// Whether the memory has the state of a sequence of so many tokens.
    pub(super) fn can_save(&self, slot: usize, length: usize) -> bool {
        !self.uncopied.contains(&slot) && self.sequence(slot).is_ok_and(|sequence| self.ends_at(sequence, length))
    }

    /// Writes a sequence's state into a file, and says how many bytes that are.
    pub(super) fn save(&self, slot: usize, tokens: &[LlamaToken], path: &Path) -> Result<u64> {
        let sequence = self.sequence(slot)?;
        if !self.can_save(slot, tokens.len()) {
            return Err(Error::new(ErrorKind::Engine, "the memory has another state than that of these tokens"));
        }
        let (written, log) = log::catching(|| self.context.state_seq_save_file(path, sequence, tokens));
        written.map(|bytes| bytes as u64).map_err(|error| {
            let message = format!("llama.cpp could not write the state: {}", or_unknown(&log));
            Error::new(ErrorKind::Io, message).with_path(path.display().to_string()).with_source(error)
        })
    }

    /// Puts the state in a file, which was checked, into an empty sequence, and gives its tokens.
    pub(super) fn load(&mut self, slot: usize, path: &Path) -> Result<Vec<LlamaToken>> {
        let sequence = self.sequence(slot)?;
        if !self.uncopied.is_empty() {
            // A copy that waits would be one of what is read, or put in its place.
            self.pass(slot, LlamaToken(0));
        }
        if !self.uncopied.is_empty() {
            return Err(Error::new(
                ErrorKind::Engine,
                "llama.cpp could not copy a sequence, and so takes no state over",
            ));
        }
        let most = self.layout.n_ctx as usize;
        let (read, log) = log::catching(|| self.context.state_seq_load_file(path, sequence, most));
        let loaded = match read {
            // Of models that look back a limited way no more is written than they look at: they can go on from there.
            Ok((tokens, _)) if self.ends_at(sequence, tokens.len()) => Ok(tokens),
            Ok(_) => Err(Error::new(ErrorKind::Load, "the state is not the one of its tokens")),
            Err(error) => {
                let message = format!("llama.cpp could not take the state over: {}", or_unknown(&log));
                Err(Error::new(ErrorKind::Load, message).with_source(error))
            }
        };
        if loaded.is_err() {
            self.forget(slot);
        }
        loaded.map_err(|error| error.with_path(path.display().to_string()))
    }

    /// Whether the sequence holds exactly the positions below `length`: models that look back a limited way may have
    /// forgotten the first ones.
    fn is_whole(&self, sequence: i32, length: usize) -> bool {
        self.context.kv_cache_seq_pos_min(sequence) == 0 && self.ends_at(sequence, length)
    }

    /// Whether the last token that the sequence holds is the last of so many.
    fn ends_at(&self, sequence: i32, length: usize) -> bool {
        let last = i32::try_from(length).ok().and_then(|length| length.checked_sub(1));
        last == Some(self.context.kv_cache_seq_pos_max(sequence))
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
