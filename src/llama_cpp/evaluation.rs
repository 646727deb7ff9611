//! One step: parts of texts are evaluated in one batch, and each text chooses its next token.
use super::{
    around::Surroundings,
    engine::{Decoded, Engine},
    events::{self, Batch},
    lora::Adapter,
    plan::Part,
    scheduler::Scheduler,
    slots::{Slots, common},
};
use crate::Result;
use std::{
    path::Path,
    time::{Duration, Instant},
};

impl Scheduler<'_, '_> {
    /// Evaluates parts of texts in one batch.
    pub(super) fn evaluate(&mut self, mut parts: Vec<Part>) {
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
            // Asked first: of a slot that had to be cleared anything could be cut off.
            let may_guess = self.may_guess_in(part.slot);
            if part.guessed > 0 {
                self.keep_right(part, right);
            }
            let Some(text) = self.texts.get_mut(part.text).filter(|text| !text.is_over) else { continue };
            if !may_guess {
                text.sequence.forget_guess();
            } else if !part.rows.is_empty() {
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
}

/// Writes the state of a slot into a file.
pub(super) fn save(
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
