//! From state graphs to deterministic automata.
use std::{collections::HashSet, rc::Rc};

use super::{
    cells::at,
    dfa::{Dfa, MAX_STATES, TooLarge},
    duties::Duties,
    nfa::{Before, Nfa, State},
    raw::Raw,
    tracks::Tracks,
};
use crate::gbnf::{NumberMap, number};

/// The work of a class at a place, in steps from state to state.
const CLASS_WORK: usize = 24;

/// The texts that lead from the graph's start to its end.
pub(super) fn determinize(nfa: &Nfa, before: Before, work: &mut usize) -> Result<Dfa, TooLarge> {
    let (alphabet, members, is_word) = nfa.alphabet();
    let mut subset = Subset {
        nfa,
        duties: Duties::new(&nfa.ahead, &alphabet),
        tracks: Tracks::new(&nfa.behind, &alphabet),
        is_word,
        members,
        seen: vec![0; nfa.states.len()],
        stamp: 0,
        also_seen: HashSet::new(),
        work,
    };
    let track = subset.tracks.start();
    let set = subset.close(&[(nfa.start, 0)], before, track, After::Later)?;
    let mut places = Places::default();
    places.number(Place { set: set.into(), before, track });
    let (mut accepts, mut edges) = (Vec::new(), Vec::new());
    let mut kernels: NumberMap<Place, u32> = NumberMap::default();
    let mut buckets: Vec<Vec<Config>> = vec![Vec::new(); alphabet.len() as usize];
    let mut next = 0;
    while let Some(place) = places.all.get(next).cloned() {
        let from = number(next);
        next += 1;
        if next > 2 * MAX_STATES {
            return Err(TooLarge);
        }
        accepts.push(subset.accepts(&place)?);
        subset.read(&place, &mut buckets)?;
        for (class, bucket) in (0..).zip(&mut buckets) {
            if bucket.is_empty() {
                continue;
            }
            let mut set = std::mem::take(bucket);
            set.sort_unstable();
            set.dedup();
            let behind_letter = nfa.has_words && at(&subset.is_word, class);
            let before = if behind_letter { Before::Word } else { Before::Other };
            subset.spend(set.len() + CLASS_WORK)?;
            let kernel = Place { set: set.into(), before, track: subset.tracks.step(place.track, class) };
            if let Some(to) = kernels.get(&kernel) {
                edges.push((from, class, *to));
                continue;
            }
            let set = subset.close(&kernel.set, before, kernel.track, After::Later)?;
            if set.is_empty() {
                continue;
            }
            let to = places.number(Place { set: set.into(), before, track: kernel.track });
            kernels.insert(kernel, to);
            edges.push((from, class, to));
        }
    }
    let table = Raw { alphabet, accepts, edges }.minimal();
    if table.len() > MAX_STATES { Err(TooLarge) } else { Ok(table.into()) }
}

/// A state of the graph, and what must hold for the rest of the text besides (a set of duties).
pub(super) type Config = (u32, u32);

/// A state of the automaton: what can be going on at a place of the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    set: Rc<[Config]>,
    before: Before,
    /// Where the looks behind are.
    track: u32,
}

#[derive(Default)]
struct Places {
    numbers: NumberMap<Place, u32>,
    all: Vec<Place>,
}

impl Places {
    fn number(&mut self, place: Place) -> u32 {
        if let Some(number) = self.numbers.get(&place) {
            return *number;
        }
        let fresh = number(self.all.len());
        self.all.push(place.clone());
        self.numbers.insert(place, fresh);
        fresh
    }
}

/// What is known about what comes after a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// Not known yet.
    Later,
    Word,
    Other,
    Nothing,
}

struct Subset<'a> {
    nfa: &'a Nfa,
    duties: Duties<'a>,
    tracks: Tracks<'a>,
    is_word: Vec<bool>,
    members: Vec<Vec<u32>>,
    /// The last closure that came to each state without duties.
    seen: Vec<u32>,
    stamp: u32,
    also_seen: HashSet<Config>,
    work: &'a mut usize,
}

impl Subset<'_> {
    fn spend(&mut self, steps: usize) -> Result<(), TooLarge> {
        *self.work = self.work.checked_sub(steps).ok_or(TooLarge)?;
        Ok(())
    }

    /// The states that can be reached without reading, those that only lead on aside; sorted.
    fn close(&mut self, from: &[Config], before: Before, track: u32, after: After) -> Result<Vec<Config>, TooLarge> {
        self.stamp += 1;
        self.also_seen.clear();
        let mut open = from.to_vec();
        let mut out = Vec::new();
        let nfa = self.nfa;
        while let Some((number, duty)) = open.pop() {
            if duty == 0 {
                match self.seen.get_mut(number as usize) {
                    Some(seen) if *seen != self.stamp => *seen = self.stamp,
                    _ => continue,
                }
            } else if !self.also_seen.insert((number, duty)) {
                continue;
            }
            self.spend(1)?;
            let Some(state) = nfa.states.get(number as usize) else {
                continue;
            };
            match state {
                State::Set { .. } | State::Accept | State::All => out.push((number, duty)),
                State::Split(to) => open.extend(to.iter().map(|to| (*to, duty))),
                State::Start { next } if before == Before::Nothing => open.push((*next, duty)),
                State::Start { .. } => {}
                State::End { next } => match after {
                    After::Later => out.push((number, duty)),
                    After::Nothing => open.push((*next, duty)),
                    After::Word | After::Other => {}
                },
                State::Word { negated, next } => match after {
                    After::Later => out.push((number, duty)),
                    _ if ((before == Before::Word) != (after == After::Word)) != *negated => open.push((*next, duty)),
                    _ => {}
                },
                State::Ahead { look, next } => {
                    self.spend(self.duties.count(duty))?;
                    open.extend(self.duties.with(duty, *look, before).map(|duty| (*next, duty)));
                }
                State::Behind { look, negated, next } => {
                    if self.tracks.accepts(track, *look) != *negated {
                        open.push((*next, duty));
                    }
                }
            }
        }
        out.sort_unstable();
        self.simplified(out)
    }

    /// Drops what says no more than the rest.
    fn simplified(&mut self, mut set: Vec<Config>) -> Result<Vec<Config>, TooLarge> {
        let is_all = |config: &Config| matches!(self.nfa.states.get(config.0 as usize), Some(State::All));
        if let Some(all) = set.iter().find(|config| config.1 == 0 && is_all(config)) {
            return Ok(vec![*all]);
        }
        if set.iter().any(|config| config.1 != 0) {
            // Of two ways to one state, the one with fewer duties is enough.
            self.spend(set.len() * set.len())?;
            let ways = set.clone();
            set.retain(|way| {
                !ways.iter().any(|other| other.0 == way.0 && other.1 != way.1 && self.duties.is_part(other.1, way.1))
            });
        }
        Ok(set)
    }

    fn is_pending(&self, config: Config) -> bool {
        matches!(self.nfa.states.get(config.0 as usize), Some(State::End { .. } | State::Word { .. }))
    }

    fn accepts(&mut self, place: &Place) -> Result<bool, TooLarge> {
        let end = |subset: &Self, set: &[Config]| {
            set.iter().any(|(state, duty)| {
                matches!(subset.nfa.states.get(*state as usize), Some(State::Accept | State::All))
                    && subset.duties.accepts(*duty)
            })
        };
        if !place.set.iter().any(|config| self.is_pending(*config)) {
            return Ok(end(self, &place.set));
        }
        let set = self.close(&place.set, place.before, place.track, After::Nothing)?;
        Ok(end(self, &set))
    }

    /// Fills the bucket of each class with what a character of it leads to.
    fn read(&mut self, place: &Place, buckets: &mut [Vec<Config>]) -> Result<(), TooLarge> {
        let has_word = |config: &Config| matches!(self.nfa.states.get(config.0 as usize), Some(State::Word { .. }));
        if !place.set.iter().any(has_word) {
            return self.read_all(&place.set, None, buckets);
        }
        for (after, is_word) in [(After::Word, true), (After::Other, false)] {
            let set = self.close(&place.set, place.before, place.track, after)?;
            self.read_all(&set, Some(is_word), buckets)?;
        }
        Ok(())
    }

    /// Reads classes that are of words, or are not, if that is asked for.
    fn read_all(&mut self, set: &[Config], word: Option<bool>, buckets: &mut [Vec<Config>]) -> Result<(), TooLarge> {
        let nfa = self.nfa;
        for &(number, duty) in set {
            let (classes, next) = match nfa.states.get(number as usize) {
                Some(State::Set { set, next }) => (self.members.get(*set as usize).map(Vec::as_slice), *next),
                Some(State::All) => (None, number),
                _ => continue,
            };
            let all: Vec<u32>;
            let classes = match classes {
                Some(classes) => classes,
                None => {
                    all = (0..).take(buckets.len()).collect();
                    &all
                }
            };
            let cost = classes.len() * (1 + self.duties.count(duty));
            *self.work = self.work.checked_sub(cost).ok_or(TooLarge)?;
            for class in classes {
                if word.is_some_and(|word| at(&self.is_word, *class) != word) {
                    continue;
                }
                if let (Some(bucket), Some(duty)) = (buckets.get_mut(*class as usize), self.duties.step(duty, *class)) {
                    bucket.push((next, duty));
                }
            }
        }
        Ok(())
    }
}
