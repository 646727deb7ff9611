//! A context that cannot be driven into one of llama.cpp's asserts.
use super::log;
use crate::{Error, ErrorKind, Result};
use llama_cpp_2::{DecodeError, context::LlamaContext, llama_batch::LlamaBatch, token::LlamaToken};

/// A model's context. It evaluates tokens of one sequence, in batches that it knows to be small enough.
pub(super) struct Engine<'model> {
    context: LlamaContext<'model>,
    batch: LlamaBatch<'static>,
    n_batch: usize,
    n_ctx: u32,
    /// The row of the last batch that has logits.
    row: Option<i32>,
}

/// The one sequence there is.
const SEQUENCE: [i32; 1] = [0];

impl<'model> Engine<'model> {
    /// An engine that fills at most `n_ctx` tokens of the context.
    pub(super) fn new(n_ctx: u32, context: LlamaContext<'model>) -> Self {
        let n_batch = context.n_batch().max(1) as usize;
        Engine { context, batch: LlamaBatch::new(n_batch, 1), n_batch, n_ctx, row: None }
    }

    /// Tokens the context holds.
    pub(super) fn n_ctx(&self) -> u32 {
        self.n_ctx
    }

    /// Tokens that [`evaluate`](Engine::evaluate) takes at most.
    pub(super) fn n_batch(&self) -> usize {
        self.n_batch
    }

    /// Forgets all tokens.
    pub(super) fn clear(&mut self) {
        self.row = None;
        self.context.clear_kv_cache();
    }

    /// Evaluates tokens that stand at `position` and after it. With `logits`, those of the last token can be read
    /// afterwards.
    pub(super) fn evaluate(&mut self, tokens: &[LlamaToken], position: usize, logits: bool) -> Result<()> {
        self.row = None;
        self.batch.clear();
        let last = tokens.len().wrapping_sub(1);
        for (i, &token) in tokens.iter().enumerate() {
            let position = i32::try_from(position + i).map_err(|_| too_far())?;
            self.batch.add(token, position, &SEQUENCE, logits && i == last).map_err(|_| too_far())?;
        }
        let (outcome, log) = log::catching(|| self.context.decode(&mut self.batch));
        match outcome {
            Ok(()) => {
                self.row = (logits && !tokens.is_empty()).then(|| i32::try_from(last).unwrap_or_default());
                Ok(())
            }
            Err(DecodeError::NoKvCacheSlot) => Err(Error::new(
                ErrorKind::ContextOverflow,
                format!("the context of {} tokens has no room left: give a larger `n_ctx`", self.n_ctx),
            )),
            Err(error) => Err(Error::new(
                ErrorKind::Engine,
                format!("llama.cpp could not evaluate {} tokens: {}", tokens.len(), or_unknown(&log)),
            )
            .with_source(error)),
        }
    }

    /// The logits of the last token evaluated, one for each token of the vocabulary.
    pub(super) fn logits(&self) -> Result<&[f32]> {
        let row = self.row.ok_or_else(|| Error::new(ErrorKind::Engine, "no token was evaluated that has logits"))?;
        Ok(self.context.get_logits_ith(row))
    }
}

fn too_far() -> Error {
    Error::new(ErrorKind::Engine, "more tokens than a batch or a position holds")
}

/// What llama.cpp logged, or that it said nothing.
pub(super) fn or_unknown(log: &str) -> &str {
    if log.is_empty() { "it gave no reason" } else { log }
}
