//! Many texts on one context.
//!
//! Each step evaluates one batch: the last tokens of all texts that are being written, and parts of prompts beside them.
//! Then every text whose last token was evaluated chooses its next one. A text keeps its place in the context's memory
//! until it is over; where the memory is full, what was kept of texts that are over goes first, and then the text that
//! came last waits until another one is over, and is evaluated again.
use super::{
    around::Surroundings,
    draft::Draft,
    engine::Engine,
    lora::Adapter,
    plan::{Pace, plan},
    queue::Queue,
    sequence::Sequence,
    slots::Slots,
};
use crate::{Error, ErrorKind};
use std::time::Instant;

/// An adapter is left after so many steps, when another one waits: laying one over the model takes a while.
const STEPS_OF_ADAPTER: usize = 8;

/// The texts that are being written, and the context they are written with.
pub(super) struct Scheduler<'a, 'model> {
    pub(super) around: &'a Surroundings<'model>,
    pub(super) engine: Engine<'model>,
    pub(super) slots: Slots<'a>,
    /// A smaller model that guesses.
    draft: Option<Draft<'model>>,
    /// In the order they were begun.
    pub(super) texts: Vec<Text>,
    pub(super) pace: Pace,
    turn: usize,
    pub(super) begun: u64,
    pub(super) waiting: usize,
    /// Whether a batch of several texts failed that could not be tried again part by part: until the one at fault is
    /// found, each is evaluated by itself.
    pub(super) careful: bool,
    /// The adapter of the last step, and for how many steps it was the same.
    pub(super) adapter: Adapter,
    stayed: usize,
}

/// A text with its place in the context's memory.
pub(super) struct Text {
    pub(super) sequence: Sequence,
    pub(super) slot: Option<usize>,
    pub(super) number: u64,
    /// The text that is evaluating a head that this one begins with too, and how many tokens that is.
    pub(super) behind: Option<(u64, usize)>,
    /// Whether it lost its place, and waits for another text to be over.
    pub(super) is_parked: bool,
    pub(super) is_over: bool,
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
    pub(super) fn may_guess(&self) -> bool {
        self.engine.layout().can_cut && !self.pace.alone
    }

    /// Whether that goes for the text in this slot.
    pub(super) fn may_guess_in(&self, slot: usize) -> bool {
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
        let seated: Vec<usize> = self.texts.iter().filter_map(|text| text.slot).collect();
        draft.guess(&mut guesses, &seated, self.around);
        let drafted: Vec<_> = guesses.into_iter().map(|guess| (guess.tokens, guess.rests)).collect();
        for (at, (tokens, rests)) in places.into_iter().zip(drafted) {
            if let Some(text) = self.texts.get_mut(at) {
                text.sequence.take_draft(tokens, rests);
            }
        }
        let took = usize::try_from(started.elapsed().as_micros()).unwrap_or(0);
        self.around.counters.draft_micros.add(took);
    }

    /// The memory is full: forgets a text that is over, or makes the text that came last wait.
    pub(super) fn make_room(&mut self) {
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

    pub(super) fn fail(&mut self, at: usize, error: Error) {
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

/// What a text is told whose time is over.
pub(super) fn late() -> Error {
    Error::new(
        ErrorKind::Timeout,
        "the time allowed for the answer is over: allow more with `timeout`, or ask for less with `max_tokens`",
    )
}
