//! Which texts begin, and where in the context's memory each has its place.
use super::{
    command::{Aim, Job},
    evaluation::save,
    events::{self, Outcome, Work},
    queue::Queue,
    scheduler::{Scheduler, Text},
    sequence::Sequence,
    slots::common,
    state,
};
use crate::{Chunk, Completion, Error, ErrorKind, FinishReason, Result, Timings, Usage};
use std::path::Path;

/// A head that another text is evaluating is waited for from this many tokens on.
const WORTH_WAITING: usize = 32;

impl Scheduler<'_, '_> {
    pub(super) fn admit(&mut self, queue: &mut Queue) {
        while self.texts.len() < self.engine.layout().slots {
            let Some(job) = queue.pop() else { return };
            if let Aim::Load(path) = &job.aim {
                self.load(&job, path);
                continue;
            }
            let Some(mut sequence) = Sequence::admit(*job, self.around, self.engine.layout().n_ctx) else { continue };
            self.begun += 1;
            if self.may_guess() {
                sequence.guess_next();
            }
            let behind = self.head_being_evaluated(&sequence);
            let text = Text { sequence, slot: None, number: self.begun, behind, is_parked: false, is_over: false };
            self.texts.push(text);
        }
    }

    /// Answers a call that wants a state taken over.
    fn load(&mut self, job: &Job, path: &Path) {
        let timings = Timings { load: self.around.load_time, queue: job.arrived.elapsed(), ..Timings::default() };
        let loaded = self.restore(path);
        let (counters, mut work) = (self.around.counters, Work::default());
        match &loaded {
            Ok(count) => {
                work.prompt = *count;
                counters.completed.add(1);
                events::call(self.around, job, &timings, &work, Outcome::Completed(&FinishReason::EndOfText));
            }
            Err(error) => {
                counters.failed.add(1);
                events::call(self.around, job, &timings, &work, Outcome::Failed(error));
            }
        }
        let _ = job.reply.unbounded_send(loaded.map(|count| Chunk::Done(held(count))));
    }

    /// Takes over the state in a file.
    fn restore(&mut self, path: &Path) -> Result<usize> {
        let adapter = state::check(path, &self.around.identities)?;
        if self.pace.alone {
            let message = "a state does not tell in which batches it was evaluated, and with `deterministic` texts go on \
                           from whole ones alone: load the model without it";
            return Err(Error::new(ErrorKind::Unsupported, message).with_path(path.display().to_string()));
        }
        self.slots.restore(&mut self.engine, path, adapter)
    }

    /// A text that is evaluating the same head right now.
    fn head_being_evaluated(&self, sequence: &Sequence) -> Option<(u64, usize)> {
        if !self.engine.layout().can_cut {
            return None;
        }
        let most = sequence.tokens().len() - 1;
        let shared = |text: &Text| {
            if text.sequence.adapter() != sequence.adapter() {
                return None;
            }
            let shared = common(text.sequence.tokens(), sequence.tokens()).min(most);
            (shared >= text.sequence.evaluated() + WORTH_WAITING).then_some((text.number, shared))
        };
        self.texts
            .iter()
            .filter(|text| !text.sequence.is_writing())
            .filter_map(shared)
            .max_by_key(|&(_, shared)| shared)
    }

    /// Gives places in the context's memory to the texts that have none.
    pub(super) fn seat(&mut self) {
        for at in 0..self.texts.len() {
            let Some(text) = self.texts.get(at) else { return };
            if text.slot.is_some() || !self.slots.has_free() {
                continue;
            }
            if let Some((leader, shared)) = text.behind {
                let is_coming = |other: &Text| other.number == leader && other.sequence.evaluated() < shared;
                if self.texts.iter().any(is_coming) {
                    continue;
                }
            }
            if text.is_parked && self.texts.iter().any(|text| text.slot.is_some()) {
                continue;
            }
            let chunk = self.pace.alone.then_some(self.pace.n_batch);
            let Some(taken) = self.slots.take(&mut self.engine, text.sequence.tokens(), text.sequence.adapter(), chunk)
            else {
                return;
            };
            let may_guess = self.may_guess_in(taken.slot);
            if let Some(text) = self.texts.get_mut(at) {
                text.slot = Some(taken.slot);
                text.behind = None;
                text.is_parked = false;
                self.around.counters.cached_tokens.add(text.sequence.sit(taken.cached));
                if !may_guess {
                    text.sequence.forget_guess();
                }
                if let (Some(path), Some(_)) = (text.sequence.saves_to(), &taken.logits) {
                    let saved = save(&self.slots, &self.engine, taken.slot, path, text.sequence.adapter(), self.around);
                    text.sequence.finish_saved(saved, self.around);
                    text.is_over = true;
                } else if let Some(logits) = taken.logits {
                    text.is_over = text.sequence.read(&logits, self.around);
                    if may_guess {
                        text.sequence.guess_next();
                    }
                }
            }
        }
    }
}

/// What is told of a state of so many tokens.
fn held(count: usize) -> Completion {
    Completion::new("").with_usage(Usage::new(count, 0))
}
