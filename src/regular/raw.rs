//! Deterministic automata as they are built, before they are brought into their one form.
use super::{
    alphabet::Alphabet,
    cells::{at, part, put},
    dfa::Table,
    minimize,
};
use crate::gbnf::{NumberMap, number};

/// An edge: the state it leaves, its class, the state it leads to.
pub(super) type Edge = (u32, u32, u32);

/// A deterministic automaton that begins in state 0. Where an edge is missing no text goes on.
pub(super) struct Raw {
    pub(super) alphabet: Alphabet,
    pub(super) accepts: Vec<bool>,
    /// Edges with classes for labels, in the order of the states they leave.
    pub(super) edges: Vec<Edge>,
}

impl Raw {
    /// The one smallest automaton for the same texts.
    pub(super) fn minimal(mut self) -> Table {
        if !self.trim() {
            return Table::none();
        }
        if self.accepts.len() > 1 {
            self.merge_states();
        }
        self.merge_classes();
        self.numbered()
    }

    /// The same automaton, known to be the smallest but for states that no text leads through.
    pub(super) fn trimmed(mut self) -> Table {
        if self.trim() { self.numbered() } else { Table::none() }
    }

    /// Drops the states that no text leads through from the start to an accepting one. False if none is left.
    fn trim(&mut self) -> bool {
        let count = self.accepts.len();
        let reached = self.reach(std::iter::once(0), |edge| edge.0, |edge| edge.2);
        let accepting = (0..).zip(&self.accepts).filter(|(_, accepts)| **accepts).map(|(state, _)| state);
        let useful = self.reach(accepting, |edge| edge.2, |edge| edge.0);
        let mut fresh = vec![u32::MAX; count];
        let mut accepts = Vec::with_capacity(count);
        for (state, old) in self.accepts.iter().enumerate() {
            if at(&reached, state) && at(&useful, state) {
                put(&mut fresh, state, number(accepts.len()));
                accepts.push(*old);
            }
        }
        if fresh.first() != Some(&0) {
            return false;
        }
        if accepts.len() < count {
            self.accepts = accepts;
            self.edges.retain_mut(|(from, _, to)| {
                (*from, *to) = (at(&fresh, *from), at(&fresh, *to));
                *from != u32::MAX && *to != u32::MAX
            });
        }
        true
    }

    /// The states that can be reached from these along edges.
    fn reach(
        &self,
        from: impl Iterator<Item = u32>,
        near: impl Fn(&Edge) -> u32,
        far: impl Fn(&Edge) -> u32,
    ) -> Vec<bool> {
        let neighbours = Neighbours::new(self.accepts.len(), &self.edges, near);
        let mut seen = vec![false; self.accepts.len()];
        let mut open: Vec<u32> = from.collect();
        for state in &open {
            put(&mut seen, *state, true);
        }
        while let Some(state) = open.pop() {
            for edge in neighbours.of(state) {
                let next = far(&at(&self.edges, *edge));
                if !at(&seen, next) {
                    put(&mut seen, next, true);
                    open.push(next);
                }
            }
        }
        seen
    }

    /// Makes one state of those that accept the same texts; the start stays first.
    fn merge_states(&mut self) {
        let blocks = minimize::blocks(&self.accepts, &self.edges);
        let mut fresh: NumberMap<u32, u32> = NumberMap::default();
        let mut first = Vec::with_capacity(blocks.len());
        let mut accepts = Vec::new();
        let names: Vec<u32> = (0_u32..)
            .zip(&blocks)
            .map(|(state, block)| {
                let next = number(accepts.len());
                let name = *fresh.entry(*block).or_insert(next);
                first.push(name == next);
                if name == next {
                    accepts.push(at(&self.accepts, state));
                }
                name
            })
            .collect();
        if accepts.len() == self.accepts.len() {
            return;
        }
        self.accepts = accepts;
        self.edges.retain_mut(|(from, _, to)| {
            let keep = at(&first, *from);
            (*from, *to) = (at(&names, *from), at(&names, *to));
            keep
        });
    }

    /// Makes one class of those that lead everywhere to the same.
    fn merge_classes(&mut self) {
        let mut columns = vec![Vec::new(); self.alphabet.len() as usize];
        for &(from, class, to) in &self.edges {
            if let Some(column) = columns.get_mut(class as usize) {
                column.push((from, to));
            }
        }
        let mut known: NumberMap<&[(u32, u32)], u32> = NumberMap::default();
        let mut first = Vec::with_capacity(columns.len());
        let mut to = Vec::with_capacity(columns.len());
        for column in &columns {
            let next = number(known.len());
            let name = *known.entry(column).or_insert(next);
            first.push(name == next);
            to.push(name);
        }
        let (alphabet, renamed) = self.alphabet.coarser(&to);
        self.edges.retain_mut(|(_, class, _)| {
            let keep = at(&first, *class);
            *class = at(&renamed, *class);
            keep
        });
        self.alphabet = alphabet;
    }

    /// The table with states in the order in which they are reached.
    fn numbered(mut self) -> Table {
        self.edges.sort_unstable();
        let leaving = Neighbours::new(self.accepts.len(), &self.edges, |edge| edge.0);
        let mut fresh = vec![u32::MAX; self.accepts.len()];
        let mut order = vec![0_u32];
        put(&mut fresh, 0_u32, 0);
        let mut table = Table::with_alphabet(self.alphabet);
        let mut next = 0;
        while let Some(&state) = order.get(next) {
            next += 1;
            let row = leaving.of(state).iter().map(|edge| {
                let (_, class, to) = at(&self.edges, *edge);
                if at(&fresh, to) == u32::MAX {
                    put(&mut fresh, to, number(order.len()));
                    order.push(to);
                }
                (class, at(&fresh, to))
            });
            table.push(at(&self.accepts, state), row);
        }
        table
    }
}

/// The edges at each state.
pub(super) struct Neighbours {
    starts: Vec<u32>,
    edges: Vec<u32>,
}

impl Neighbours {
    /// The edges that have each state for a `key`, in their order.
    pub(super) fn new(states: usize, edges: &[Edge], key: impl Fn(&Edge) -> u32) -> Self {
        let mut starts = vec![0_u32; states + 1];
        for edge in edges {
            let count = at(&starts, key(edge));
            put(&mut starts, key(edge), count + 1);
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut sorted = vec![0; edges.len()];
        for (number, edge) in (0..number(edges.len())).zip(edges).rev() {
            let place = at(&starts, key(edge)).saturating_sub(1);
            put(&mut starts, key(edge), place);
            put(&mut sorted, place, number);
        }
        Neighbours { starts, edges: sorted }
    }

    /// The places of the edges.
    pub(super) fn of(&self, state: u32) -> &[u32] {
        part(&self.edges, at(&self.starts, state), at(&self.starts, state + 1))
    }
}
