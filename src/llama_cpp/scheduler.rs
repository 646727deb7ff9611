//! Many texts on one context.
//!
//! Each step evaluates one batch: the last tokens of all texts that are being written, and parts of prompts beside them.
//! Then every text whose last token was evaluated chooses its next one. A text keeps its place in the context's memory
//! until it is over; where the memory is full, what was kept of texts that are over goes first, and then the text that
//! came last waits until another one is over, and is evaluated again.
use super::{
    around::Surroundings,
    command::{Aim, Job},
    draft::Draft,
    engine::{Decoded, Engine},
    events::{self, Batch, Outcome, Work},
    lora::Adapter,
    plan::{Pace, Part, plan},
    queue::Queue,
    sequence::Sequence,
    slots::{Slots, common},
    state,
};
use crate::{Chunk, Completion, Error, ErrorKind, FinishReason, Result, Timings, Usage};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// A head that another text is evaluating is waited for from this many tokens on.
const WORTH_WAITING: usize = 32;

/// An adapter is left after so many steps, when another one waits: laying one over the model takes a while.
const STEPS_OF_ADAPTER: usize = 8;

/// The texts that are being written, and the context they are written with.
pub(super) struct Scheduler<'a, 'model> {
    around: &'a Surroundings<'model>,
    engine: Engine<'model>,
    slots: Slots<'a>,
    /// A smaller model that guesses.
    draft: Option<Draft<'model>>,
    /// In the order they were begun.
    texts: Vec<Text>,
    pace: Pace,
    turn: usize,
    begun: u64,
    waiting: usize,
    /// Whether a batch of several texts failed that could not be tried again part by part: until the one at fault is
    /// found, each is evaluated by itself.
    careful: bool,
    /// The adapter of the last step, and for how many steps it was the same.
    adapter: Adapter,
    stayed: usize,
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
    pub(super) fn new(
        around: &'a Surroundings<'model>,
        engine: Engine<'model>,
        draft: Option<Draft<'model>>,
        pace: Pace,
        slots: Slots<'a>,
    ) -> Self {
        Scheduler {
            around,
            engine,
            slots,
            draft,
            texts: Vec::new(),
            pace,
            turn: 0,
            begun: 0,
            waiting: 0,
            careful: false,
            adapter: Adapter::default(),
            stayed: 0,
        }
    }

    /// Whether there is nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        self.texts.is_empty()
    }

    /// Begins waiting texts as far as there is room, and goes one step further with all that are begun.
    pub(super) fn step(&mut self, queue: &mut Queue) {
        self.drop_unwanted();
        self.admit(queue);
        self.around.counters.active.set(self.texts.len());
        self.waiting = queue.len();
        self.seat();
        // A prompt that was seen before may be answered already.
        self.sweep();
        self.shift();
        self.choose_adapter();
        self.draft();
        let parts = plan(&self.texts, self.adapter, self.pace, self.turn);
        self.turn = self.turn.wrapping_add(1);
        if self.pace.alone || self.careful {
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

    /// Goes on with the adapter of the last step, unless another one waits for its turn.
    fn choose_adapter(&mut self) {
        let mut waiting: Vec<Adapter> = Vec::new();
        for text in self.texts.iter().filter(|text| text.slot.is_some()) {
            if !waiting.contains(&text.sequence.adapter()) {
                waiting.push(text.sequence.adapter());
            }
        }
        let now = waiting.iter().position(|&adapter| adapter == self.adapter);
        self.stayed += 1;
        if waiting.is_empty() || (now.is_some() && (waiting.len() == 1 || self.stayed < STEPS_OF_ADAPTER)) {
            return;
        }
        // In a circle, so that each gets its turn.
        let next = waiting.iter().cycle().nth(now.map_or(0, |now| now + 1));
        self.adapter = next.copied().unwrap_or_default();
        self.stayed = 0;
    }

    /// Whether tokens may be evaluated that are taken back if they are wrong.
    fn may_guess(&self) -> bool {
        self.engine.layout().can_cut && !self.pace.alone
    }

    /// Whether that goes for the text in this slot.
    fn may_guess_in(&self, slot: usize) -> bool {
        self.may_guess() && self.engine.can_cut(slot)
    }

    fn drop_unwanted(&mut self) {
        let now = Instant::now();
        for text in &mut self.texts {
            if text.sequence.is_cancelled() {
                text.is_over = true;
                text.sequence.cancel(self.around);
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
            let Some(taken) = self.slots.take(&mut self.engine, text.sequence.tokens(), text.sequence.adapter(), chunk)
            else {
                return;
            };
            let may_guess = self.may_guess_in(taken.slot);
            self.around.counters.cached_tokens.add(taken.cached);
            if let Some(text) = self.texts.get_mut(at) {
                text.slot = Some(taken.slot);
                text.behind = None;
                text.is_parked = false;
                text.sequence.resume(taken.cached);
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

    /// Lets texts that have outgrown the context forget something.
    fn shift(&mut self) {
        for text in &mut self.texts {
            let Some(unchanged) = text.sequence.make_room() else { continue };
            let held = text.slot.map_or(0, |slot| self.slots.shorten(&mut self.engine, slot, unchanged));
            text.sequence.resume(held);
        }
    }

    /// Lets the smaller model guess at texts that nothing else guesses at.
    fn draft(&mut self) {
        let Some(draft) = &mut self.draft else { return };
        let started = Instant::now();
        let adapter = self.adapter;
        let engine = &self.engine;
        let undrafted =
            |text: &'_ Text| text.slot.filter(|&at| text.sequence.adapter() == adapter && engine.can_cut(at));
        let texts = self.texts.iter().enumerate();
        let (places, mut guesses): (Vec<usize>, Vec<_>) =
            texts.filter_map(|(at, text)| Some((at, text.sequence.undrafted(undrafted(text)?)?))).unzip();
        if guesses.is_empty() {
            return;
        }
        draft.guess(&mut guesses, self.around);
        let drafted: Vec<_> = guesses.into_iter().map(|guess| guess.tokens).collect();
        for (at, tokens) in places.into_iter().zip(drafted) {
            if let Some(text) = self.texts.get_mut(at) {
                text.sequence.take_draft(tokens);
            }
        }
        let took = usize::try_from(started.elapsed().as_micros()).unwrap_or(0);
        self.around.counters.draft_micros.add(took);
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
            Ok(Decoded::Done) => {
                let took = started.elapsed();
                self.tell(&parts, took);
                self.read(&parts, took);
            }
            Ok(Decoded::Full) => self.make_room(),
            Err(error) if parts.len() == 1 => {
                self.careful = false;
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
                    } else {
                        self.careful = true;
                    }
                }
            }
        }
    }

    fn decode(&mut self, parts: &mut [Part]) -> Result<Decoded> {
        self.engine.lay(self.adapter)?;
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
        self.engine.decode()
    }

    fn tell(&self, parts: &[Part], took: Duration) {
        let batch = Batch {
            texts: parts.len(),
            tokens: parts.iter().map(Part::size).sum(),
            guessed: parts.iter().map(|part| part.guessed).sum(),
            capacity: self.pace.n_batch,
            waiting: self.waiting,
            active: self.texts.len(),
            kept: self.slots.kept(),
            took,
        };
        let Batch { tokens, guessed, .. } = batch;
        let counters = self.around.counters;
        counters.decodes.add(1);
        counters.evaluated_tokens.add(tokens);
        counters.guessed_tokens.add(guessed);
        events::batch(self.around, &batch);
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
                if let Some(path) = text.sequence.saves_to() {
                    let saved = save(&self.slots, &self.engine, part.slot, path, text.sequence.adapter(), self.around);
                    text.sequence.finish_saved(saved, self.around);
                    text.is_over = true;
                    break;
                }
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
            let may_guess = self.may_guess_in(part.slot) && !part.rows.is_empty();
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
        // What texts leave that are over may go, as soon as they are let go of.
        if self.slots.evict(&mut self.engine) || self.texts.iter().any(|text| text.is_over && text.slot.is_some()) {
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
        self.careful &= !self.texts.is_empty();
        for slot in freed {
            self.slots.release(&mut self.engine, slot);
        }
        // Those that lost their places try again, now that there may be room.
        for text in &mut self.texts {
            text.is_parked = false;
        }
    }
}

/// Writes the state of a slot into a file.
fn save(
    slots: &Slots<'_>,
    engine: &Engine<'_>,
    slot: usize,
    path: &Path,
    adapter: Adapter,
    around: &Surroundings<'_>,
) -> Result<usize> {
    let sealed = around.identities.iter().find(|(known, _)| *known == adapter);
    slots.save(engine, slot, path, sealed.map_or("", |(_, identity)| identity))
}

/// What is told of a state of so many tokens.
fn held(count: usize) -> Completion {
    Completion::new("").with_usage(Usage::new(count, 0))
}

/// What a text is told whose time is over.
pub(super) fn late() -> Error {
    Error::new(
        ErrorKind::Timeout,
        "the time allowed for the answer is over: allow more with `timeout`, or ask for less with `max_tokens`",
    )
}
