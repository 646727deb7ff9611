//! From state graphs to places at which, as far as possible, each byte and each rule leads to one place only.
use super::{
    nfa::{Body, Nfa, State, number},
    pos::{MAX_COUNTERS, Pos},
    program::{ByteEdge, Call, Counter, Place, Program, Rule, next_number},
    readers::Readers,
    weights::{NEVER, Weights},
};
use crate::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// A grammar may have this many places.
const MAX_PLACES: usize = 4_000_000;

/// The places of all rules that the root needs.
///
/// Alternatives that begin alike share a place until they differ. Where that would multiply the places of a rule, its
/// places keep several ways for one byte instead.
pub(super) fn determinize(nfa: &Nfa, weights: &Weights) -> Result<Program> {
    let unused = |rule: &super::nfa::Rule| Rule { name: rule.name.clone(), start: None, rank: 0 };
    let mut work = Determinizer {
        nfa,
        weights,
        readers: Readers::new(nfa, weights),
        program: Program { root: nfa.root, rules: nfa.rules.iter().map(unused).collect(), ..Program::default() },
        open: VecDeque::from([nfa.root]),
        seen: vec![0; nfa.states.len()],
        stamp: 0,
    };
    let mut queued = vec![false; nfa.rules.len()];
    while let Some(rule) = work.open.pop_front() {
        let (Some(queued), Some(source)) = (queued.get_mut(rule as usize), nfa.rules.get(rule as usize)) else {
            continue;
        };
        if std::mem::replace(queued, true) {
            continue;
        }
        let start = match source.body {
            Body::States(start) => work.states(start)?,
            Body::Counted { of, min, max } => work.counted(of, min, max)?,
        };
        if let Some(rule) = work.program.rules.get_mut(rule as usize) {
            rule.start = Some(start);
        }
    }
    work.program.set_widest();
    Ok(work.program)
}

struct Determinizer<'a> {
    nfa: &'a Nfa,
    weights: &'a Weights,
    readers: Readers,
    program: Program,
    /// Rules still to be looked at.
    open: VecDeque<u32>,
    /// The last closure in which each state was seen.
    seen: Vec<u32>,
    stamp: u32,
}

/// The places of the rule that is being worked on: each stands for a set of states.
#[derive(Default)]
struct Places {
    numbers: HashMap<Box<[u32]>, u32>,
    sets: Vec<Box<[u32]>>,
}

impl Determinizer<'_> {
    fn counted(&mut self, of: u32, min: u32, max: u32) -> Result<Pos> {
        if self.program.counters.len() >= MAX_COUNTERS {
            return Err(Error::new(ErrorKind::Grammar, "the grammar is too large; make it smaller"));
        }
        let weight = self.weights.rule(of);
        let max = if self.readers.reads(of) { max } else { 0 };
        if max > 0 {
            self.open.push_back(of);
        }
        // Empty repetitions count too, so all may be left out.
        let optional = if weight == 0 { max } else { max.saturating_sub(min) };
        let counter = next_number(&self.program.counters);
        self.program.counters.push(Counter { of, optional, weight, widest: counter });
        Ok(Pos::counted(counter, max))
    }

    fn states(&mut self, start: u32) -> Result<Pos> {
        let (places, bytes, calls) = (self.program.places.len(), self.program.bytes.len(), self.program.calls.len());
        let limit = 10_000 + 64 * self.readers.size(start);
        let number = number(places);
        if !self.places(start, true, limit)? {
            self.program.places.truncate(places);
            self.program.bytes.truncate(bytes);
            self.program.calls.truncate(calls);
            self.places(start, false, usize::MAX)?;
        }
        Ok(Pos::plain(number))
    }

    /// Adds the places of the rule beginning at `start`, the first of them for `start`; false if that took more than
    /// `limit`.
    fn places(&mut self, start: u32, merge: bool, limit: usize) -> Result<bool> {
        let base = next_number(&self.program.places);
        let mut places = Places::default();
        self.place(&mut places, base, &[start]);
        let (mut done, mut cost) = (0, 0);
        while let Some(set) = places.sets.get(done).cloned() {
            done += 1;
            cost += set.len();
            if cost > limit {
                return Ok(false);
            }
            if self.program.places.len() >= MAX_PLACES || self.program.bytes.len() >= 4 * MAX_PLACES {
                return Err(Error::new(ErrorKind::Grammar, "the grammar is too large; make it smaller"));
            }
            let (mut bytes, mut calls) = (Vec::new(), BTreeMap::<u32, Vec<u32>>::new());
            let (mut accepts, mut weight) = (false, NEVER);
            for &state in &set {
                weight = weight.min(self.weights.state(state));
                match self.nfa.states.get(state as usize) {
                    Some(State::Byte { low, high, next }) => bytes.push((*low, *high, *next)),
                    Some(State::Call { rule, next }) if self.readers.reads(*rule) => {
                        calls.entry(*rule).or_default().push(*next);
                    }
                    Some(State::Accept) => accepts = true,
                    Some(State::Call { .. } | State::Split(_)) | None => {}
                }
            }
            for (rule, nexts) in calls {
                self.open.push_back(rule);
                for next in nexts.chunks(if merge { nexts.len() } else { 1 }) {
                    let to = self.place(&mut places, base, next);
                    self.program.calls.push(Call { rule, to });
                }
            }
            if merge {
                self.merged_bytes(&mut places, base, &bytes);
            } else {
                for (low, high, next) in bytes {
                    let to = self.place(&mut places, base, &[next]);
                    self.program.bytes.push(ByteEdge { low, high, to });
                }
            }
            let (bytes_end, calls_end) = (next_number(&self.program.bytes), next_number(&self.program.calls));
            self.program.places.push(Place { bytes_end, calls_end, accepts, weight });
        }
        Ok(true)
    }

    fn merged_bytes(&mut self, places: &mut Places, base: u32, edges: &[(u8, u8, u32)]) {
        let mut begins: Vec<u16> = Vec::new();
        for &(low, high, _) in edges {
            begins.extend([u16::from(low), u16::from(high) + 1]);
        }
        begins.sort_unstable();
        begins.dedup();
        let mut last: Option<ByteEdge> = None;
        for pair in begins.windows(2) {
            let &[low, after] = pair else { continue };
            let (Ok(low), Ok(high)) = (u8::try_from(low), u8::try_from(after - 1)) else { continue };
            let covering = edges.iter().filter(|edge| edge.0 <= low && high <= edge.1);
            let nexts: Vec<u32> = covering.map(|edge| edge.2).collect();
            if nexts.is_empty() {
                continue;
            }
            let edge = ByteEdge { low, high, to: self.place(places, base, &nexts) };
            match &mut last {
                Some(last) if last.to == edge.to && last.high.checked_add(1) == Some(edge.low) => last.high = edge.high,
                _ => self.program.bytes.extend(last.replace(edge)),
            }
        }
        self.program.bytes.extend(last);
    }

    /// The place for being in any of `states`.
    fn place(&mut self, places: &mut Places, base: u32, states: &[u32]) -> Pos {
        let set = self.closure(states);
        if let Some(&number) = places.numbers.get(&set) {
            return Pos::plain(number);
        }
        let number = base.saturating_add(next_number(&places.sets));
        places.sets.push(set.clone());
        places.numbers.insert(set, number);
        Pos::plain(number)
    }

    /// The states that read something, or end the rule, after any of `states` and without reading in between.
    fn closure(&mut self, states: &[u32]) -> Box<[u32]> {
        self.stamp += 1;
        let mut open = states.to_vec();
        let mut found = Vec::new();
        while let Some(state) = open.pop() {
            match self.seen.get_mut(state as usize) {
                Some(seen) if *seen != self.stamp && self.weights.state(state) != NEVER => *seen = self.stamp,
                _ => continue,
            }
            match self.nfa.states.get(state as usize) {
                Some(State::Split(nexts)) => open.extend(nexts),
                Some(State::Call { rule, next }) => {
                    found.push(state);
                    if self.weights.rule(*rule) == 0 {
                        open.push(*next);
                    }
                }
                Some(State::Byte { .. } | State::Accept) => found.push(state),
                None => {}
            }
        }
        found.sort_unstable();
        found.into_boxed_slice()
    }
}

impl Program {
    fn set_widest(&mut self) {
        let mut widest: HashMap<u32, (u32, u32)> = HashMap::new();
        for (number, counter) in self.counters.iter().enumerate() {
            let entry = widest.entry(counter.of).or_default();
            *entry = (*entry).max((counter.optional, super::nfa::number(number)));
        }
        for counter in &mut self.counters {
            counter.widest = widest.get(&counter.of).map_or(counter.widest, |widest| widest.1);
        }
    }
}
