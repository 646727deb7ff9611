//! What is evaluated together in one step.
use super::{engine::Row, lora::Adapter, scheduler::Text};

/// How much is evaluated in one step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Tokens of one batch.
    pub(super) n_batch: usize,
    /// Tokens of prompts in one step while other texts are being written.
    pub(super) beside: usize,
    /// Whether each text is evaluated by itself, in parts that depend on it alone.
    pub(super) alone: bool,
}

/// What of one text is evaluated in a step.
#[derive(Debug)]
pub(super) struct Part {
    /// Which of the texts.
    pub(super) text: usize,
    pub(super) slot: usize,
    /// Where its tokens begin.
    pub(super) from: usize,
    pub(super) count: usize,
    /// Whether the text waits for the logits of the last one.
    pub(super) is_last: bool,
    /// Tokens evaluated behind them that are only guessed.
    pub(super) guessed: usize,
    /// Where the logits of the last token are, and those of the guessed ones.
    pub(super) rows: Vec<Row>,
}

/// The parts of the next step, of the texts that are written with this adapter: texts that are being written first, in turn,
/// then prompts in the order they came, and what is only guessed in the room that is left.
///
/// So a long prompt never keeps the others from writing, where a batch has no room for all, each gets its turn, and guesses
/// keep no prompt waiting.
pub(super) fn plan(texts: &[Text], adapter: Adapter, pace: Pace, turn: usize) -> Vec<Part> {
    let is_of = |text: &Text| text.slot.is_some() && text.sequence.adapter() == adapter;
    let seated = |&at: &usize| texts.get(at).is_some_and(is_of);
    let (writing, reading): (Vec<usize>, Vec<usize>) =
        (0..texts.len()).filter(seated).partition(|&at| texts.get(at).is_some_and(|text| text.sequence.is_writing()));
    let mut parts: Vec<Part> = Vec::new();
    let mut room = pace.n_batch;
    let first = turn.checked_rem(writing.len()).unwrap_or(0);
    for &at in writing.iter().cycle().skip(first).take(writing.len()) {
        let part = part(texts, at, if pace.alone { pace.n_batch } else { room });
        room -= part.as_ref().map_or(0, |part| part.count.min(room));
        parts.extend(part);
    }
    let mut budget = if writing.is_empty() { room } else { room.min(pace.beside) };
    for at in reading {
        if pace.alone {
            // One part of one prompt a step.
            parts.extend(part(texts, at, pace.n_batch));
            break;
        }
        let part = part(texts, at, budget);
        let count = part.as_ref().map_or(0, |part| part.count);
        budget -= count;
        room -= count;
        parts.extend(part);
    }
    for part in parts.iter_mut().filter(|part| part.is_last) {
        let guess = texts.get(part.text).map_or(0, |text| text.sequence.guess().len());
        part.guessed = guess.min(room);
        room -= part.guessed;
    }
    // Neighbours in memory are evaluated in one go.
    parts.sort_by_key(|part| part.slot);
    parts
}

fn part(texts: &[Text], at: usize, most: usize) -> Option<Part> {
    let text = texts.get(at)?;
    let pending = text.sequence.pending().len();
    let count = pending.min(most);
    let (slot, from, is_last) = (text.slot?, text.sequence.evaluated(), count == pending);
    (count > 0).then_some(Part { text: at, slot, from, count, is_last, guessed: 0, rows: Vec::new() })
}

impl Part {
    /// Tokens of the batch that it takes.
    pub(super) fn size(&self) -> usize {
        self.count + self.guessed
    }
}
