//! A set of texts.
use std::{collections::VecDeque, fmt, sync::Arc};

use super::{
    alphabet::Alphabet,
    cells::{at, part},
    ranges::Ranges,
};
use crate::gbnf::number;

/// The most states of the smallest automaton of a set of texts.
pub(crate) const MAX_STATES: usize = 5_000;

/// The smallest automaton of a set of texts would have more than [`MAX_STATES`] states, or takes too long to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an automaton for it takes more than {MAX_STATES} states, or too long to find: make it simpler")
    }
}

impl std::error::Error for TooLarge {}

/// A set of texts that an automaton can tell from all others.
///
/// Texts are sequences of Unicode scalar values. The automaton is the smallest there is, numbered in one way, so equal
/// sets are equal values. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Dfa(Arc<Table>);

/// A minimal automaton that begins in state 0. Where an edge is missing no text goes on; every state leads to an
/// accepting one, but for the only state of the empty set.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Table {
    pub(super) alphabet: Alphabet,
    accepts: Vec<bool>,
    /// Where the edges of each state begin, and the end of the last.
    starts: Vec<u32>,
    /// Classes and targets, by class.
    edges: Vec<(u32, u32)>,
}

impl Table {
    /// An automaton without a state, for [`push`](Self::push).
    pub(super) fn with_alphabet(alphabet: Alphabet) -> Self {
        Table { alphabet, accepts: Vec::new(), starts: vec![0], edges: Vec::new() }
    }

    /// Adds a state.
    pub(super) fn push(&mut self, accepts: bool, edges: impl Iterator<Item = (u32, u32)>) {
        self.accepts.push(accepts);
        self.edges.extend(edges);
        self.starts.push(number(self.edges.len()));
    }

    /// No text.
    pub(super) fn none() -> Self {
        let mut table = Table::with_alphabet(Alphabet::whole());
        table.push(false, std::iter::empty());
        table
    }

    pub(super) fn len(&self) -> usize {
        self.accepts.len()
    }

    pub(super) fn accepts(&self, state: u32) -> bool {
        at(&self.accepts, state)
    }

    pub(super) fn all_accepts(&self) -> &[bool] {
        &self.accepts
    }

    /// Classes and targets, by class.
    pub(super) fn edges(&self, state: u32) -> &[(u32, u32)] {
        part(&self.edges, at(&self.starts, state), at(&self.starts, state + 1))
    }

    pub(super) fn step(&self, state: u32, class: u32) -> Option<u32> {
        let edges = self.edges(state);
        let place = edges.binary_search_by_key(&class, |edge| edge.0).ok()?;
        edges.get(place).map(|edge| edge.1)
    }

    /// The characters of each class.
    pub(super) fn classes(&self) -> Vec<Ranges> {
        let mut of = vec![Vec::new(); self.alphabet.len() as usize];
        for &(low, high, class) in self.alphabet.ranges() {
            if let Some(ranges) = of.get_mut(class as usize) {
                ranges.push((low, high));
            }
        }
        of.into_iter().map(Ranges::new).collect()
    }
}

impl From<Table> for Dfa {
    fn from(table: Table) -> Self {
        Dfa(Arc::new(table))
    }
}

impl Dfa {
    /// Every text.
    pub(crate) fn all() -> Self {
        let mut table = Table::with_alphabet(Alphabet::whole());
        table.push(true, std::iter::once((0, 0)));
        table.into()
    }

    /// No text.
    pub(crate) fn none() -> Self {
        Table::none().into()
    }

    pub(super) fn table(&self) -> &Table {
        &self.0
    }

    /// What tells this value, and its clones, from others as long as one of them lives.
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    /// How many states the automaton has, the one that nothing leads out of aside.
    pub(crate) fn states(&self) -> usize {
        self.0.len()
    }

    /// How many edges lead from state to state.
    pub(crate) fn edges(&self) -> usize {
        self.0.edges.len()
    }

    /// Whether there is no text in the set.
    pub(crate) fn is_none(&self) -> bool {
        self.0.len() == 1 && !self.0.accepts(0)
    }

    /// Whether every text is in the set.
    pub(crate) fn is_all(&self) -> bool {
        self.is_free(0)
    }

    /// Whether every text leads from this state to an accepting one.
    pub(super) fn is_free(&self, state: u32) -> bool {
        let table = self.table();
        let edges = table.edges(state);
        table.accepts(state) && edges.len() == table.alphabet.len() as usize && edges.iter().all(|(_, to)| *to == state)
    }

    /// Whether this text is in the set.
    pub(crate) fn contains(&self, text: &str) -> bool {
        let end = text.chars().try_fold(0, |state, c| self.0.step(state, self.0.alphabet.class(c)));
        end.is_some_and(|state| self.0.accepts(state))
    }

    /// One of the texts with the fewest characters.
    pub(crate) fn shortest(&self) -> Option<String> {
        let table = self.table();
        let mut from = vec![None; table.len()];
        let mut open = VecDeque::from([0]);
        while let Some(state) = open.pop_front() {
            if table.accepts(state) {
                let mut classes = Vec::new();
                let mut state = state;
                while let (true, Some((before, class))) = (state != 0, at(&from, state)) {
                    classes.push(class);
                    state = before;
                }
                return classes.into_iter().rev().map(|class| self.sample(class)).collect();
            }
            for &(class, to) in table.edges(state) {
                if let (true, Some(entry @ None)) = (to != 0, from.get_mut(to as usize)) {
                    *entry = Some((state, class));
                    open.push_back(to);
                }
            }
        }
        None
    }

    /// A character of a class, one that can be seen if there is one.
    fn sample(&self, class: u32) -> Option<char> {
        let ranges = || self.0.alphabet.ranges().iter().filter(move |range| range.2 == class);
        let plain = [('a', 'z'), ('0', '9'), ('A', 'Z'), ('!', '~')];
        let seen = plain.iter().find_map(|(first, last)| {
            ranges()
                .map(|range| range.0.max((*first).into())..=range.1.min((*last).into()))
                .find(|both| !both.is_empty())
        });
        let code = seen.map(|both| *both.start()).or_else(|| ranges().next().map(|range| range.0))?;
        char::from_u32(code)
    }

    /// All texts of the set, the shortest first, if there are at most `most`.
    #[cfg(test)]
    pub(crate) fn finite(&self, most: usize) -> Option<Vec<String>> {
        let table = self.table();
        // A text as long as the automaton has states goes in a circle.
        let mut level = vec![(0, String::new())];
        let mut out = Vec::new();
        if self.is_none() {
            return Some(out);
        }
        for _ in 0..table.len() {
            let mut next = Vec::new();
            for (state, text) in level {
                if table.accepts(state) {
                    out.push(text.clone());
                }
                for &(low, high, class) in table.alphabet.ranges() {
                    let Some(to) = table.step(state, class) else {
                        continue;
                    };
                    // Every state leads to a text, so each of these is the beginning of another one.
                    if (high - low) as usize > most || out.len() + next.len() > most {
                        return None;
                    }
                    next.extend((low..=high).filter_map(char::from_u32).map(|c| (to, format!("{text}{c}"))));
                }
            }
            if out.len() + next.len() > most {
                return None;
            }
            level = next;
        }
        level.is_empty().then_some(out)
    }
}

impl fmt::Debug for Dfa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dfa({} states, {} classes, {:?})", self.states(), self.0.alphabet.len(), self.shortest())
    }
}
