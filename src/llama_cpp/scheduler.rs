//! Many texts on one context.
//!
//! Each step evaluates one batch: the last tokens of all texts that are being written, and parts of prompts beside them.
//! Then every text whose last token was evaluated chooses its next one. A text keeps its place in the context's memory
//! until it is over; where the memory is full, what was kept of texts that are over goes first, and then the text that
//! came last waits until another one is over, and is evaluated again.
use super::{
    around::Surroundings,
    engine::{Decoded, Engine},
    plan::{Pace, Part, plan},
    queue::Queue,
    sequence::Sequence,
    slots::{Slots, common},
};
use crate::{Error, ErrorKind, Result};
use std::time::{Duration, Instant};

/// A head that another text is evaluating is waited for from this many tokens on.
const WORTH_WAITING: usize = 32;

/// The texts that are being written, and the context they are written with.
pub(super) struct Scheduler<'a, 'model> {
    around: &'a Surroundings<'model>,
    engine: Engine<'model>,
    slots: Slots,
    /// In the order they were begun.
    texts: Vec<Text>,
    pace: Pace,
    turn: usize,
    begun: u64,
}

/// A text with its place in the context's memory.
pub(super) struct Text {
    pub(super) sequence: Sequence,
    pub(super) slot: Option<usize>,
    number: u64,
    /// The text that is evaluating a head that this one begins with too, and how many tokens that is.
    behind: Option<(u64, usize)>,
    /// Whether it lost its place, and waits for another text to be over.
    is_parked: bool,
    is_over: bool,
}

impl<'a, 'model> Scheduler<'a, 'model> {
    pub(super) fn new(around: &'a Surroundings<'model>, engine: Engine<'model>, pace: Pace, keep: usize) -> Self {
        let slots = Slots::new(engine.layout().slots, keep);
        Scheduler { around, engine, slots, texts: Vec::new(), pace, turn: 0, begun: 0 }
    }

    /// Whether there is nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        self.texts.is_empty()
    }

    /// Begins waiting texts as far as there is room, and goes one step further with all that are begun.
    pub(super) fn step(&mut self, queue: &mut Queue) {
        self.drop_unwanted();
        self.admit(queue);
        self.seat();
        // A prompt that was seen before may be answered already.
        self.sweep();
        let parts = plan(&self.texts, self.pace, self.turn);
        self.turn = self.turn.wrapping_add(1);
        if self.pace.alone {
            for part in parts {
                self.evaluate(vec![part]);
            }
        } else if !parts.is_empty() {
            self.evaluate(parts);
        }
        self.sweep();
        let counters = self.around.counters;
        counters.active.set(self.texts.len());
        counters.kept_tokens.set(self.slots.kept());
    }

    /// Whether tokens may be evaluated that are taken back if they are wrong.
    fn may_guess(&self) -> bool {
        self.engine.layout().can_cut && !self.pace.alone
    }

    fn drop_unwanted(&mut self) {
        let now = Instant::now();
        for text in &mut self.texts {
            if text.sequence.is_cancelled() {
                text.is_over = true;
                self.around.counters.cancelled.add(1);
            } else if text.sequence.is_late(now) {
                text.is_over = true;
                text.sequence.fail(late(), self.around);
            }
        }
        self.sweep();
    }

    fn admit(&mut self, queue: &mut Queue) {
        while self.texts.len() < self.engine.layout().slots {
            let Some(job) = queue.pop() else { return };
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

    /// A text that is evaluating the same head right now.
    fn head_being_evaluated(&self, sequence: &Sequence) -> Option<(u64, usize)> {
        if !self.engine.layout().can_cut {
            return None;
        }
        let most = sequence.tokens().len() - 1;
        let shared = |text: &Text| {
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
    fn seat(&mut self) {
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
            let may_guess = self.may_guess();
            let Some(taken) = self.slots.take(&mut self.engine, text.sequence.tokens(), chunk) else { return };
            self.around.counters.cached_tokens.add(taken.cached);
            if let Some(text) = self.texts.get_mut(at) {
                text.slot = Some(taken.slot);
                text.behind = None;
                text.is_parked = false;
                text.sequence.resume(taken.cached);
                if let Some(logits) = taken.logits {
                    text.is_over = text.sequence.read(&logits, self.around);
                    if may_guess {
                        text.sequence.guess_next();
                    }
                }
            }
        }
    }

    /// Evaluates parts of texts in one batch.
    fn evaluate(&mut self, mut parts: Vec<Part>) {
        // One that was evaluated before may have cost another its place.
        let holds = |part: &Part| {
            self.texts
                .get(part.text)
                .is_some_and(|text| text.slot == Some(part.slot) && text.sequence.evaluated() == part.from)
        };
        parts.retain(holds);
        if parts.is_empty() {
            return;
        }
        let started = Instant::now();
        match self.decode(&mut parts) {
            Ok(Decoded::Done) => self.read(&parts, started.elapsed()),
            Ok(Decoded::Full) => self.make_room(),
            Err(error) if parts.len() == 1 => {
                for part in parts {
                    self.undo(&part);
                    self.fail(part.text, error.clone());
                }
            }
            // One of them is at fault, or none: each by itself tells.
            Err(_) => {
                for part in parts {
                    if self.undo(&part) {
                        self.evaluate(vec![part]);
                    }
                }
            }
        }
    }

    fn decode(&mut self, parts: &mut [Part]) -> Result<Decoded> {
        self.engine.begin();
        for part in parts.iter_mut() {
            let Some(text) = self.texts.get(part.text) else { continue };
            let sure = text.sequence.pending().iter().take(part.count);
            let tokens = sure.chain(text.sequence.guess().iter().take(part.guessed));
            part.rows.clear();
            for (i, &token) in tokens.enumerate() {
                let wanted = part.is_last && i + 1 >= part.count;
                part.rows.extend(self.engine.add(part.slot, part.from + i, token, wanted)?);
            }
        }
        let decoded = self.engine.decode()?;
        if decoded == Decoded::Done {
            let counters = self.around.counters;
            counters.decodes.add(1);
            counters.evaluated_tokens.add(parts.iter().map(Part::size).sum());
            counters.guessed_tokens.add(parts.iter().map(|part| part.guessed).sum());
        }
        Ok(decoded)
    }

    /// Takes note of a batch, and lets the texts choose.
    fn read(&mut self, parts: &[Part], took: Duration) {
        for part in parts {
            let Some(text) = self.texts.get_mut(part.text) else { continue };
            let tokens = text.sequence.pending().get(..part.count).unwrap_or_default();
            let steady = self.pace.alone && part.count == self.pace.n_batch && !text.sequence.is_writing();
            self.slots.extend(part.slot, tokens, steady);
            let ends_prompt = !text.sequence.is_writing();
            text.sequence.advance(part.count, took);
            let mut row = part.rows.first();
            let mut right = 0;
            while let Some(&at) = row {
                text.is_over = match self.engine.logits(at) {
                    Ok(logits) => {
                        if ends_prompt && right == 0 && self.slots.keeps() {
                            self.slots.remember(part.slot, logits);
                        }
                        text.sequence.read(logits, self.around)
                    }
                    Err(error) => {
                        text.sequence.fail(error, self.around);
                        true
                    }
                };
                // The logits behind a guess hold as long as the text goes on like it.
                let written = text.sequence.pending();
                let before = std::mem::replace(&mut right, common(written, text.sequence.guess()).min(part.guessed));
                let as_guessed = right == written.len() && !text.is_over;
                row = if as_guessed { part.rows.get(right) } else { None };
                text.sequence.count_right(right - before);
            }
            if part.guessed > 0 {
                self.keep_right(part, right);
            }
            let may_guess = self.may_guess() && !part.rows.is_empty();
            if let Some(text) = self.texts.get_mut(part.text).filter(|text| may_guess && !text.is_over) {
                text.sequence.guess_next();
            }
        }
    }

    /// Keeps the first `right` guessed tokens, and takes the others out of memory.
    fn keep_right(&mut self, part: &Part, right: usize) {
        let Some(text) = self.texts.get_mut(part.text) else { return };
        self.around.counters.right_tokens.add(right);
        let tokens = text.sequence.guess().get(..right).unwrap_or_default();
        self.slots.extend(part.slot, tokens, false);
        text.sequence.advance_guessed(part.guessed, right);
        if right < part.guessed && !self.engine.cut(part.slot, part.from + part.count + right) {
            self.slots.clear(&mut self.engine, part.slot);
            text.sequence.resume(0);
        }
    }

    /// After a failure: leaves in memory what was there before. Says whether that could be done.
    fn undo(&mut self, part: &Part) -> bool {
        let kept = self.engine.cut(part.slot, part.from);
        let length = self.slots.length(part.slot);
        if kept && length == part.from {
            return true;
        }
        self.slots.clear(&mut self.engine, part.slot);
        if let Some(text) = self.texts.get_mut(part.text) {
            text.sequence.resume(0);
        }
        part.from == 0
    }

    /// The memory is full: forgets a text that is over, or makes the text that came last wait.
    fn make_room(&mut self) {
        if self.slots.evict(&mut self.engine) {
            return;
        }
        let seated = self.texts.iter().enumerate().filter(|(_, text)| text.slot.is_some() && !text.is_over);
        let last = seated.clone().max_by_key(|(_, text)| (std::cmp::Reverse(text.sequence.priority()), text.number));
        let Some((at, slot)) = last.and_then(|(at, text)| Some((at, text.slot?))) else { return };
        if seated.count() == 1 {
            let n_ctx = self.engine.layout().n_ctx;
            let message = format!("the context of {n_ctx} tokens has no room left: give a larger `n_ctx`");
            self.fail(at, Error::new(ErrorKind::ContextOverflow, message));
            return;
        }
        self.slots.clear(&mut self.engine, slot);
        self.slots.release(&mut self.engine, slot);
        self.around.counters.parked.add(1);
        if let Some(text) = self.texts.get_mut(at) {
            text.slot = None;
            text.is_parked = true;
            text.sequence.resume(0);
        }
    }

    fn fail(&mut self, at: usize, error: Error) {
        if let Some(text) = self.texts.get_mut(at) {
            text.is_over = true;
            text.sequence.fail(error, self.around);
        }
    }

    /// Lets go of the texts that are over; what was evaluated for them is kept in their slots.
    fn sweep(&mut self) {
        if !self.texts.iter().any(|text| text.is_over) {
            return;
        }
        let freed: Vec<usize> = self.texts.iter().filter(|text| text.is_over).filter_map(|text| text.slot).collect();
        self.texts.retain(|text| !text.is_over);
        for slot in freed {
            self.slots.release(&mut self.engine, slot);
        }
        // Those that lost their places try again, now that there may be room.
        for text in &mut self.texts {
            text.is_parked = false;
        }
    }
}

/// What a text is told whose time is over.
pub(super) fn late() -> Error {
    Error::new(
        ErrorKind::Timeout,
        "the time allowed for the answer is over: allow more with `timeout`, or ask for less with `max_tokens`",
    )
}
