//! Counts the stacks that are live at once, and which rules they are in.
use super::{
    engine::{EMPTY, Engine, Stack},
    expand::Origin,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// So many stacks in one rule are worth a word.
pub(super) const MANY: usize = 32;
/// How much of the text before a place is kept, in characters.
const SHOWN: usize = 40;

/// The most stacks that were at the same time in one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Worst {
    pub(super) stacks: usize,
    /// How many different elements they read next.
    pub(super) places: usize,
    /// How many of the stacks are in copies that a repetition is written out to.
    pub(super) copies: usize,
    /// The end of the text before; absent where only the rule's beginning was looked at.
    pub(super) after: Option<String>,
}

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Observed {
    /// By the number of the rule.
    pub(super) rules: HashMap<u32, Worst>,
    /// How often there were so many stacks in texts that were written at random.
    pub(super) counts: BTreeMap<usize, usize>,
    /// The most stacks in any text.
    pub(super) most: usize,
    /// The end of the text before there were most.
    pub(super) after: String,
}

impl Observed {
    /// Looks at the stacks after `text`, or at the beginning of a rule.
    pub(super) fn look(&mut self, engine: &Engine<'_>, stacks: &[Stack], text: Option<&str>) {
        if let Some(text) = text.filter(|_| stacks.len() > self.most) {
            self.most = stacks.len();
            self.after = end_of(text);
        }
        if stacks.len() < MANY {
            return;
        }
        let mut here: HashMap<u32, (usize, HashSet<u32>, usize)> = HashMap::new();
        for &stack in stacks.iter().filter(|stack| **stack != EMPTY) {
            let top = engine.top(stack);
            let Some(Origin { rule, is_copy }) = engine.rules.origins.get(top as usize).copied() else { continue };
            let (count, places, copies) = here.entry(rule).or_default();
            *count += 1;
            places.insert(top);
            *copies += usize::from(is_copy);
        }
        for (rule, (count, places, copies)) in here {
            let worst = self.rules.entry(rule).or_default();
            if count > worst.stacks {
                *worst = Worst { stacks: count, places: places.len(), copies, after: text.map(end_of) };
            }
        }
    }

    /// The number of stacks that this share of the places have at most.
    pub(super) fn quantile(&self, numerator: usize, denominator: usize) -> usize {
        let total: usize = self.counts.values().sum();
        let rank = (total * numerator).div_ceil(denominator).max(1);
        let mut below = 0;
        for (stacks, times) in &self.counts {
            below += times;
            if below >= rank {
                return *stacks;
            }
        }
        0
    }
}

/// The last characters of a text.
fn end_of(text: &str) -> String {
    match text.char_indices().rev().nth(SHOWN) {
        Some((at, c)) => format!("…{}", text.get(at + c.len_utf8()..).unwrap_or_default()),
        None => text.to_owned(),
    }
}
