//! What the engine does, as events of the `tracing` crate. They are described at [`Stats`](super::Stats).
use super::{around::Surroundings, command::Job};
use crate::{Error, FinishReason, Timings};
use std::time::Duration;
use tracing::{Level, debug, enabled, trace};

/// A batch that was evaluated.
pub(super) struct Batch {
    pub(super) texts: usize,
    pub(super) tokens: usize,
    pub(super) guessed: usize,
    pub(super) capacity: usize,
    pub(super) waiting: usize,
    pub(super) active: usize,
    pub(super) kept: usize,
    pub(super) took: Duration,
}

/// What was done for a call.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) prompt: usize,
    pub(super) cached: usize,
    pub(super) written: usize,
    pub(super) forced: usize,
    pub(super) right: usize,
    pub(super) constraint: Duration,
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome<'a> {
    Completed(&'a FinishReason),
    Failed(&'a Error),
    Cancelled,
}

pub(super) fn batch(around: &Surroundings<'_>, batch: &Batch) {
    trace!(
        target: "catena::engine",
        model = around.name,
        texts = batch.texts,
        tokens = batch.tokens,
        guessed = batch.guessed,
        n_batch = batch.capacity,
        waiting = batch.waiting,
        active = batch.active,
        kept_tokens = batch.kept,
        took_us = micros(batch.took),
        "batch"
    );
}

pub(super) fn call(around: &Surroundings<'_>, job: &Job, timings: &Timings, work: &Work, outcome: Outcome<'_>) {
    if !enabled!(target: "catena::engine", Level::DEBUG) {
        return;
    }
    let (outcome, finish_reason, error) = match outcome {
        Outcome::Completed(reason) => ("completed", Some(format!("{reason:?}")), None),
        Outcome::Failed(error) => ("failed", None, Some(format!("{:?}", error.kind()))),
        Outcome::Cancelled => ("cancelled", None, None),
    };
    debug!(
        target: "catena::engine",
        model = around.name,
        outcome,
        finish_reason,
        error,
        prompt_tokens = work.prompt,
        cached_tokens = work.cached,
        completion_tokens = work.written,
        forced_tokens = work.forced,
        right_tokens = work.right,
        queue_us = micros(timings.queue),
        prompt_us = micros(timings.prompt_eval),
        eval_us = micros(timings.eval),
        sample_us = micros(timings.sample),
        constraint_us = micros(work.constraint),
        total_us = micros(job.arrived.elapsed()),
        "call"
    );
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
