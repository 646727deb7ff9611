//! Sets of texts from sets of texts.
use super::{
    cells::{at, put},
    dfa::{Dfa, MAX_STATES, Table, TooLarge},
    raw::Raw,
};
use crate::gbnf::{NumberMap, number};

/// Where no text goes on.
const DEAD: u32 = u32::MAX;
/// The most edges of a product before it is made small.
const MAX_EDGES: usize = 400_000;

impl Dfa {
    /// The texts in both sets.
    pub(crate) fn and(&self, other: &Self) -> Result<Self, TooLarge> {
        if self.is_none() || other.is_all() || self == other {
            return Ok(self.clone());
        }
        if other.is_none() || self.is_all() {
            return Ok(other.clone());
        }
        self.product(other, |a, b| a && b, |a, b| a != DEAD && b != DEAD)
    }

    /// The texts in either set.
    pub(crate) fn or(&self, other: &Self) -> Result<Self, TooLarge> {
        if self.is_none() || other.is_all() || self == other {
            return Ok(other.clone());
        }
        if other.is_none() || self.is_all() {
            return Ok(self.clone());
        }
        self.product(other, |a, b| a || b, |a, b| a != DEAD || b != DEAD)
    }

    /// The texts in this set that are not in the other.
    pub(crate) fn minus(&self, other: &Self) -> Result<Self, TooLarge> {
        if self.is_all() {
            return Ok(other.not());
        }
        if self.is_none() || other.is_none() {
            return Ok(self.clone());
        }
        self.product(other, |a, b| a && !b, |a, _| a != DEAD)
    }

    /// The texts that are not in the set.
    pub(crate) fn not(&self) -> Self {
        if self.is_none() {
            return Dfa::all();
        }
        let table = self.table();
        let classes = table.alphabet.len();
        let sink = number(table.len());
        let accepts = table.all_accepts().iter().map(|accepts| !accepts).chain([true]).collect();
        let mut edges = Vec::with_capacity((table.len() + 1) * classes as usize);
        for state in 0..sink {
            let mut known = table.edges(state).iter().peekable();
            edges.extend((0..classes).map(|class| {
                let to = known.next_if(|edge| edge.0 == class).map_or(sink, |edge| edge.1);
                (state, class, to)
            }));
        }
        edges.extend((0..classes).map(|class| (sink, class, sink)));
        Raw { alphabet: table.alphabet.clone(), accepts, edges }.trimmed().into()
    }

    /// The texts that lead to a pair of states that `accepts`, by way of pairs that are `alive`.
    fn product(
        &self,
        other: &Self,
        accepts: impl Fn(bool, bool) -> bool,
        alive: impl Fn(u32, u32) -> bool,
    ) -> Result<Self, TooLarge> {
        let (a, b) = (self.table(), other.table());
        let (alphabet, classes) = a.alphabet.both(&b.alphabet);
        let limit = MAX_STATES.max(a.len() + b.len());
        let mut numbers: NumberMap<(u32, u32), u32> = NumberMap::default();
        let mut pairs = vec![(0, 0)];
        numbers.insert((0, 0), 0);
        let (mut row_a, mut row_b) = (Row::new(a), Row::new(b));
        let (mut all_accepts, mut edges) = (Vec::new(), Vec::new());
        let mut next = 0;
        while let Some(&(from_a, from_b)) = pairs.get(next) {
            let from = number(next);
            next += 1;
            if next > 4 * limit || edges.len() > MAX_EDGES.max(8 * limit) {
                return Err(TooLarge);
            }
            all_accepts.push(accepts(a.accepts(from_a), b.accepts(from_b)));
            row_a.fill(a, from_a);
            row_b.fill(b, from_b);
            for (class, &(class_a, class_b)) in (0..).zip(&classes) {
                let to = (at(&row_a.to, class_a), at(&row_b.to, class_b));
                if alive(to.0, to.1) {
                    let fresh = number(pairs.len());
                    let to = *numbers.entry(to).or_insert_with(|| {
                        pairs.push(to);
                        fresh
                    });
                    edges.push((from, class, to));
                }
            }
        }
        let table = Raw { alphabet, accepts: all_accepts, edges }.minimal();
        if table.len() > limit { Err(TooLarge) } else { Ok(table.into()) }
    }
}

/// Where a state leads by each class.
struct Row {
    to: Vec<u32>,
}

impl Row {
    fn new(table: &Table) -> Self {
        Row { to: vec![DEAD; table.alphabet.len() as usize] }
    }

    fn fill(&mut self, table: &Table, state: u32) {
        self.to.fill(DEAD);
        if state != DEAD {
            table.edges(state).iter().for_each(|(class, to)| put(&mut self.to, *class, *to));
        }
    }
}
