//! What looks ahead demand of the rest of a text.
use super::{alphabet::Alphabet, cells::at, dfa::Dfa, nfa::Before};
use crate::gbnf::{NumberMap, number};

/// Sets of duties by number; 0 is the set without any. A duty is a state of an automaton that must accept the rest of
/// the text.
pub(super) struct Duties<'a> {
    automata: Vec<&'a Dfa>,
    /// The class of each automaton for each class of the text.
    classes: Vec<Vec<u32>>,
    numbers: NumberMap<Vec<Duty>, u32>,
    all: Vec<Vec<Duty>>,
    /// Where sets lead by a class.
    steps: NumberMap<(u32, u32), Option<u32>>,
}

/// The automaton and its state.
type Duty = (u32, u32);

impl<'a> Duties<'a> {
    pub(super) fn new(ahead: &'a [[Dfa; 3]], alphabet: &Alphabet) -> Self {
        let automata: Vec<&Dfa> = ahead.iter().flatten().collect();
        let classes = automata.iter().map(|dfa| alphabet.within(&dfa.table().alphabet)).collect();
        let mut duties =
            Duties { automata, classes, numbers: NumberMap::default(), all: Vec::new(), steps: NumberMap::default() };
        duties.number(Vec::new());
        duties
    }

    fn number(&mut self, set: Vec<Duty>) -> u32 {
        let fresh = number(self.all.len());
        let all = &mut self.all;
        *self.numbers.entry(set).or_insert_with_key(|set| {
            all.push(set.clone());
            fresh
        })
    }

    fn duties(&self, set: u32) -> &[Duty] {
        self.all.get(set as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The set with the duty of a look ahead besides. None if nothing can fulfil it.
    pub(super) fn with(&mut self, set: u32, look: u32, before: Before) -> Option<u32> {
        let automaton = 3 * look
            + match before {
                Before::Nothing => 0,
                Before::Word => 1,
                Before::Other => 2,
            };
        let dfa = self.automata.get(automaton as usize)?;
        if dfa.is_none() {
            return None;
        }
        let mut duties = self.duties(set).to_vec();
        if !dfa.is_free(0) {
            duties.push((automaton, 0));
        }
        duties.sort_unstable();
        duties.dedup();
        Some(self.number(duties))
    }

    /// What is left of a set behind a character of this class. None if nothing can fulfil it any more.
    pub(super) fn step(&mut self, set: u32, class: u32) -> Option<u32> {
        if set == 0 {
            return Some(0);
        }
        if let Some(known) = self.steps.get(&(set, class)) {
            return *known;
        }
        let next: Option<Vec<Duty>> = self
            .duties(set)
            .iter()
            .map(|(automaton, state)| {
                let dfa = self.automata.get(*automaton as usize)?;
                let class = self.classes.get(*automaton as usize).map(|classes| at(classes, class))?;
                dfa.table().step(*state, class).map(|state| (*automaton, state))
            })
            .collect();
        let next = next.map(|mut duties| {
            duties.retain(|(automaton, state)| {
                self.automata.get(*automaton as usize).is_none_or(|dfa| !dfa.is_free(*state))
            });
            duties.sort_unstable();
            duties.dedup();
            self.number(duties)
        });
        self.steps.insert((set, class), next);
        next
    }

    /// How many duties a set has.
    pub(super) fn count(&self, set: u32) -> usize {
        self.duties(set).len()
    }

    /// Whether the empty rest fulfils a set.
    pub(super) fn accepts(&self, set: u32) -> bool {
        let fulfils = |(automaton, state): &Duty| {
            self.automata.get(*automaton as usize).is_some_and(|dfa| dfa.table().accepts(*state))
        };
        self.duties(set).iter().all(fulfils)
    }

    /// Whether all duties of one set are in the other.
    pub(super) fn is_part(&self, part: u32, whole: u32) -> bool {
        let whole = self.duties(whole);
        self.duties(part).iter().all(|duty| whole.binary_search(duty).is_ok())
    }
}
