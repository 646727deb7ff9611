//! What looks behind know of the text so far.
use super::{alphabet::Alphabet, cells::at, dfa::Dfa};
use crate::gbnf::{NumberMap, number};

/// Where the automata of the looks behind are, for each of the places they have been at together.
pub(super) struct Tracks<'a> {
    behind: &'a [Dfa],
    /// The class of each automaton for each class here.
    classes: Vec<Vec<u32>>,
    numbers: NumberMap<Vec<Option<u32>>, u32>,
    all: Vec<Vec<Option<u32>>>,
}

impl<'a> Tracks<'a> {
    pub(super) fn new(behind: &'a [Dfa], alphabet: &Alphabet) -> Self {
        let classes = behind.iter().map(|dfa| alphabet.within(&dfa.table().alphabet)).collect();
        Tracks { behind, classes, numbers: NumberMap::default(), all: Vec::new() }
    }

    pub(super) fn start(&mut self) -> u32 {
        self.number(vec![Some(0); self.behind.len()])
    }

    fn number(&mut self, track: Vec<Option<u32>>) -> u32 {
        let fresh = number(self.all.len());
        let all = &mut self.all;
        *self.numbers.entry(track).or_insert_with_key(|track| {
            all.push(track.clone());
            fresh
        })
    }

    pub(super) fn step(&mut self, track: u32, class: u32) -> u32 {
        if self.behind.is_empty() {
            return track;
        }
        let states = self.all.get(track as usize).into_iter().flatten();
        let next = self
            .behind
            .iter()
            .zip(&self.classes)
            .zip(states)
            .map(|((dfa, classes), state)| state.and_then(|state| dfa.table().step(state, at(classes, class))));
        let next = next.collect();
        self.number(next)
    }

    pub(super) fn accepts(&self, track: u32, look: u32) -> bool {
        let state = self.all.get(track as usize).and_then(|track| at(track, look));
        let dfa = self.behind.get(look as usize);
        dfa.zip(state).is_some_and(|(dfa, state)| dfa.table().accepts(state))
    }
}
