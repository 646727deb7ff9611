//! A grammar ready to be matched byte by byte.
use super::{
    determinize::determinize,
    left::ranks,
    nfa::{Nfa, number},
    pos::{Endless, Pos, View},
    weights::{NEVER, Weights},
};
use crate::{Error, ErrorKind, Result, gbnf::Ast};
use std::{collections::HashMap, ops::Range};

/// Places with what can be read at each, for every rule that the root needs.
#[derive(Debug, Default)]
pub(crate) struct Program {
    pub(super) places: Vec<Place>,
    pub(super) bytes: Vec<ByteEdge>,
    pub(super) calls: Vec<Call>,
    pub(super) rules: Vec<Rule>,
    pub(super) counters: Vec<Counter>,
    /// For places at which counted rules can be read the same without those.
    pub(super) uncounted: HashMap<u32, u32>,
    pub(super) root: u32,
    /// Which class of bytes each byte is in: all bytes of a class lead to the same places everywhere.
    pub(super) class_of: Vec<u8>,
    /// The lowest byte of each class, in order.
    pub(super) classes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// Where this place's edges end in `bytes` and `calls`; they begin where those of the place before end.
    pub(super) bytes_end: u32,
    pub(super) calls_end: u32,
    /// Whether the rule may end here.
    pub(super) accepts: bool,
    /// The fewest bytes to the end of the rule.
    pub(super) weight: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByteEdge {
    pub(super) low: u8,
    pub(super) high: u8,
    pub(super) to: Pos,
}

/// Reads a rule, then goes on at `to`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(super) rule: u32,
    pub(super) to: Pos,
}

#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) name: String,
    /// Where the rule begins; absent in a rule that the root does not need.
    pub(super) start: Option<Pos>,
    /// Higher than that of every rule that can call this one before it has read a byte.
    pub(super) rank: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Counter {
    pub(super) of: u32,
    /// How many of the repetitions may be left out.
    pub(super) optional: u32,
    /// The shortest text of one repetition.
    pub(super) weight: u64,
    /// Of the counters over the same rule the one with the most optional repetitions.
    pub(super) widest: u32,
}

impl Program {
    /// The program of a grammar, beginning with the rule named `root`.
    ///
    /// Fails with [`ErrorKind::Grammar`] if no text matches, if rules are missing, defined twice or left-recursive, or
    /// if the grammar is too large; with [`ErrorKind::Unsupported`] if the root needs tokens.
    pub(crate) fn new(ast: &Ast, root: &str) -> Result<Self> {
        let nfa = Nfa::new(ast, root)?;
        let weights = Weights::new(&nfa);
        if weights.rule(nfa.root) == NEVER {
            let message = format!("no text matches rule `{root}`; give its recursion an end");
            return Err(Error::new(ErrorKind::Grammar, message));
        }
        let mut program = determinize(&nfa, &weights)?;
        ranks(&mut program)?;
        program.set_uncounted();
        program.set_classes();
        Ok(program)
    }

    /// Where the root begins.
    pub(super) fn start(&self) -> Option<Pos> {
        self.rule_start(self.root)
    }

    pub(super) fn rule_start(&self, rule: u32) -> Option<Pos> {
        self.rules.get(rule as usize)?.start
    }

    pub(super) fn rank(&self, rule: u32) -> u32 {
        self.rules.get(rule as usize).map_or(0, |rule| rule.rank)
    }

    pub(super) fn byte_edges(&self, pos: Pos) -> &[ByteEdge] {
        let View::Plain(place) = pos.view() else { return &[] };
        self.bytes.get(self.byte_range(place)).unwrap_or_default()
    }

    fn byte_range(&self, place: u32) -> Range<usize> {
        let start = place.checked_sub(1).map_or(0, |before| self.place(before).bytes_end as usize);
        start..self.place(place).bytes_end as usize
    }

    fn place_calls(&self, place: u32) -> &[Call] {
        let start = place.checked_sub(1).map_or(0, |before| self.place(before).calls_end as usize);
        self.calls.get(start..self.place(place).calls_end as usize).unwrap_or_default()
    }

    /// Does `visit` for each rule that can be read at `pos`, with the place after it.
    pub(super) fn each_call(&self, pos: Pos, mut visit: impl FnMut(Call) -> Result<()>) -> Result<()> {
        match pos.view() {
            View::Plain(place) => self.place_calls(place).iter().try_for_each(|&call| visit(call)),
            View::Counted(counter, left) => match (self.counters.get(counter as usize), left.checked_sub(1)) {
                (Some(rule), Some(left)) => visit(Call { rule: rule.of, to: Pos::counted(counter, left) }),
                _ => Ok(()),
            },
            View::Endless(counter, _) => {
                let of = self.counters.get(counter as usize).map(|counter| counter.of);
                of.map_or(Ok(()), |rule| visit(Call { rule, to: pos }))
            }
        }
    }

    /// Whether anything can be read at `pos`.
    pub(super) fn continues(&self, pos: Pos) -> bool {
        match pos.view() {
            View::Plain(place) => !self.byte_range(place).is_empty() || !self.place_calls(place).is_empty(),
            View::Counted(counter, left) => left > 0 && (counter as usize) < self.counters.len(),
            View::Endless(counter, _) => (counter as usize) < self.counters.len(),
        }
    }

    /// Whether the rule of `pos` may end there.
    pub(super) fn accepts(&self, pos: Pos) -> bool {
        match pos.view() {
            View::Plain(place) => self.place(place).accepts,
            View::Counted(counter, left) => self.counters.get(counter as usize).is_some_and(|c| left <= c.optional),
            View::Endless(counter, optional) => optional && (counter as usize) < self.counters.len(),
        }
    }

    /// The fewest bytes from `pos` to the end of its rule.
    pub(super) fn weight(&self, pos: Pos) -> u64 {
        match pos.view() {
            View::Plain(place) => self.place(place).weight,
            View::Counted(counter, left) => self
                .counters
                .get(counter as usize)
                .map_or(0, |c| u64::from(left.saturating_sub(c.optional)).saturating_mul(c.weight)),
            View::Endless(..) => 0,
        }
    }

    /// The place itself, or one like it for all counters over the same rule; and, for a counter, one without end that
    /// is as good for short texts.
    pub(crate) fn canonical(&self, pos: Pos) -> (Pos, Option<Endless>) {
        let View::Counted(number, left) = pos.view() else { return (pos, None) };
        let Some(counter) = self.counters.get(number as usize) else { return (pos, None) };
        // Each repetition reads at least a byte. After as many bytes as repetitions may be left out, all may have been
        // read; after fewer bytes than repetitions are required, one is still to come.
        match left.saturating_sub(counter.optional) {
            0 => (
                Pos::counted(counter.widest, left),
                Some(Endless { pos: Pos::endless(counter.widest, true), reach: left }),
            ),
            required => (pos, Some(Endless { pos: Pos::endless(counter.widest, false), reach: required - 1 })),
        }
    }

    /// If counted rules can be read at `pos`: the place without them, and them.
    pub(crate) fn counted_calls(&self, pos: Pos) -> Option<(Pos, Vec<Call>)> {
        let View::Plain(place) = pos.view() else { return None };
        let uncounted = Pos::plain(*self.uncounted.get(&place)?);
        let calls = self.place_calls(place).iter().copied().filter(|call| self.is_counted(call.rule));
        Some((uncounted, calls.collect()))
    }

    /// Adds the places without counted rules.
    pub(super) fn set_uncounted(&mut self) {
        for place in 0..next_number(&self.places) {
            let (counted, others): (Vec<Call>, Vec<Call>) =
                self.place_calls(place).iter().partition(|call| self.is_counted(call.rule));
            if counted.is_empty() {
                continue;
            }
            self.uncounted.insert(place, next_number(&self.places));
            self.bytes.extend_from_within(self.byte_range(place));
            self.calls.extend(others);
            let (bytes_end, calls_end) = (next_number(&self.bytes), next_number(&self.calls));
            self.places.push(Place { bytes_end, calls_end, ..self.place(place) });
        }
    }

    fn is_counted(&self, rule: u32) -> bool {
        matches!(self.rule_start(rule).map(Pos::view), Some(View::Counted(..)))
    }

    /// How many classes of bytes there are.
    pub(crate) fn class_count(&self) -> usize {
        self.classes.len()
    }

    /// The class of a byte.
    pub(crate) fn class(&self, byte: u8) -> u8 {
        self.class_of.get(usize::from(byte)).copied().unwrap_or_default()
    }

    /// The bytes of each class, one class after the other.
    pub(crate) fn class_ranges(&self) -> impl Iterator<Item = std::ops::RangeInclusive<u8>> + '_ {
        let highs = self.classes.iter().skip(1).map(|next| next - 1).chain([u8::MAX]);
        self.classes.iter().zip(highs).map(|(&low, high)| low..=high)
    }

    /// How many places there are, counted ones left out.
    #[cfg(test)]
    pub(crate) fn place_count(&self) -> usize {
        self.places.len()
    }

    fn place(&self, place: u32) -> Place {
        self.places.get(place as usize).copied().unwrap_or_default()
    }

    fn set_classes(&mut self) {
        let mut begins = vec![false; 256];
        let mut mark = |byte: usize| {
            if let Some(begin) = begins.get_mut(byte) {
                *begin = true;
            }
        };
        mark(0);
        for edge in &self.bytes {
            mark(usize::from(edge.low));
            mark(usize::from(edge.high) + 1);
        }
        for byte in 0..=u8::MAX {
            if begins.get(usize::from(byte)).copied().unwrap_or_default() {
                self.classes.push(byte);
            }
            self.class_of.push(u8::try_from(self.classes.len() - 1).unwrap_or(u8::MAX));
        }
    }
}

/// A number for the next entry of a table.
pub(super) fn next_number<T>(table: &[T]) -> u32 {
    number(table.len())
}
