//! Sets of texts from words, lengths and tables.
use std::collections::{BTreeMap, BTreeSet};

use super::{
    alphabet::Alphabet,
    dfa::{Dfa, MAX_STATES, Table, TooLarge},
    nfa,
    node::Node,
    ranges::Ranges,
    raw::Raw,
};
use crate::gbnf::{Expr, NumberMap, number};

/// A state of a table: whether it accepts, and where it leads by ranges of code points.
pub(crate) type TableState = (bool, Vec<(u32, u32, usize)>);

impl Dfa {
    /// These texts and no others.
    pub(crate) fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let words: Vec<&str> = words.into_iter().collect();
        if words.is_empty() {
            return Dfa::none();
        }
        let chars: Vec<char> =
            words.iter().flat_map(|word| word.chars()).collect::<BTreeSet<char>>().into_iter().collect();
        let (alphabet, class_of) = Alphabet::singles(&chars);
        let mut children: NumberMap<(u32, u32), u32> = NumberMap::default();
        let (mut accepts, mut edges) = (vec![false], Vec::new());
        for word in words {
            let mut state = 0;
            for c in word.chars() {
                let class = class_of(c);
                let fresh = number(accepts.len());
                state = *children.entry((state, class)).or_insert_with(|| {
                    accepts.push(false);
                    edges.push((state, class, fresh));
                    fresh
                });
            }
            if let Some(accepts) = accepts.get_mut(state as usize) {
                *accepts = true;
            }
        }
        Raw { alphabet, accepts, edges }.minimal().into()
    }

    /// Every text of `min` to `max` characters; without `max`, of any length from `min` on.
    ///
    /// # Errors
    ///
    /// The longer of the bounds is above what an automaton may count.
    pub(crate) fn lengths(min: u64, max: Option<u64>) -> Result<Self, TooLarge> {
        if max.is_some_and(|max| max < min) {
            return Ok(Dfa::none());
        }
        let last = usize::try_from(max.unwrap_or(min)).unwrap_or(usize::MAX);
        if last >= MAX_STATES {
            return Err(TooLarge);
        }
        let mut table = Table::with_alphabet(Alphabet::whole());
        for length in 0..=number(last) {
            let next = if length < number(last) { Some(length + 1) } else { max.is_none().then_some(length) };
            table.push(u64::from(length) >= min, next.map(|next| (0, next)).into_iter());
        }
        Ok(table.into())
    }

    /// The texts that a table leads from its first state to one that accepts.
    ///
    /// A state is whether it accepts, and where it leads by which code points, both ends of a range included. Code
    /// points that are in no range of a state, and targets that are no states, lead to no text; of ranges that overlap
    /// the later counts.
    pub(crate) fn from_table(states: Vec<TableState>) -> Self {
        if states.is_empty() {
            return Dfa::none();
        }
        let mut cuts: Vec<u32> = states
            .iter()
            .flat_map(|state| &state.1)
            .flat_map(|(low, high, _)| [*low, high.saturating_add(1)])
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        // The code points between two cuts are a class; those before the first cut and after the last lead nowhere.
        let between = cuts.windows(2).filter_map(|cut| Some(Ranges::new([(*cut.first()?, cut.last()? - 1)])));
        let (alphabet, _) = Alphabet::of(&between.collect::<Vec<_>>());
        let count = states.len();
        let (mut accepts, mut edges) = (Vec::with_capacity(count), Vec::new());
        let mut row: BTreeMap<u32, usize> = BTreeMap::new();
        for (from, (accepting, ranges)) in (0..).zip(states) {
            accepts.push(accepting);
            row.clear();
            for (low, high, to) in ranges {
                let begin = alphabet.ranges().partition_point(|range| range.0 < low);
                for &(_, _, class) in alphabet.ranges().iter().skip(begin).take_while(|range| range.1 <= high) {
                    row.insert(class, to);
                }
            }
            edges.extend(row.iter().filter(|(_, to)| **to < count).map(|(class, to)| (from, *class, number(*to))));
        }
        Raw { alphabet, accepts, edges }.minimal().into()
    }

    /// The texts that an expression matches.
    ///
    /// # Errors
    ///
    /// The expression refers to a rule or names a token, or takes too large an automaton.
    pub(crate) fn from_expr(expr: &Expr) -> Result<Self, TooLarge> {
        nfa::language(&Node::from_expr(expr)?, nfa::Search::WHOLE)
    }
}
