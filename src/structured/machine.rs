//! Arrays of which some items are of a sort, or all differ: automata over items.
use foldhash::HashMap;

use super::{
    build::{Builder, Wanted},
    ir::{ItemMachine, ItemState, ValueId},
    report::Standing,
    sets::{ArraySet, Contains},
    term::Term,
};
use crate::Result;

/// The most states.
const MAX_STATES: usize = 2_000;
/// The most values that differ in every order.
const MAX_UNIQUE: usize = 8;

/// How far an array is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    /// How many items there were, up to where it no longer matters.
    length: u64,
    /// How many items of each sort there were, up to where it no longer matters.
    found: Vec<u64>,
    /// Which of the values that must differ were there.
    used: u32,
}

impl<'a> Builder<'a> {
    /// The automaton of an array; none if it is one without.
    pub(super) fn machine(&mut self, array: &ArraySet, term: Term) -> Result<Option<ItemMachine>> {
        let unique = match array.unique {
            Some(_) if array.count.max.is_some_and(|max| max <= 1) => None,
            Some(node) => {
                let values = self.listed(array)?;
                if values.is_none() {
                    if self.expander.settings.unique_is_left() {
                        self.note(term, "uniqueItems", Standing::CheckedAfter);
                    } else {
                        let message = format!(
                            "`uniqueItems` cannot be kept by a grammar for more than {MAX_UNIQUE} possible items: \
                             remove it, list the items with `enum`, or check the finished value"
                        );
                        return Err(self.expander.document.error(node, "uniqueItems", message));
                    }
                }
                values
            }
            None => None,
        };
        if array.contains.is_empty() && unique.is_none() {
            return Ok(None);
        }
        let start = State { length: 0, found: vec![0; array.contains.len()], used: 0 };
        let mut ids = HashMap::from_iter([(start.clone(), 0)]);
        let mut waiting = vec![start];
        let mut states: Vec<ItemState> = Vec::new();
        while let Some(state) = waiting.get(states.len()).cloned() {
            let mut next = Vec::new();
            let full = array.count.max.is_some_and(|max| state.length >= max);
            let edges = match (&unique, full) {
                (_, true) => Vec::new(),
                (Some(values), _) => self.unused(array, values, &state, term)?,
                (None, _) => self.sorted(array, &state)?,
            };
            for (value, to) in edges {
                let id = *ids.entry(to.clone()).or_insert_with(|| {
                    waiting.push(to);
                    waiting.len() - 1
                });
                next.push((value, id));
            }
            if waiting.len() > MAX_STATES {
                let message = format!("`contains` with these counts takes more than {MAX_STATES} states: lower them");
                return Err(self.error(term, "contains", message));
            }
            let found = array.contains.iter().zip(&state.found).all(|(contains, found)| contains.count.admits(*found));
            states.push(ItemState { ends: found && array.count.admits(state.length), next });
        }
        Ok(Some(ItemMachine { states }))
    }

    /// The values that all items are from, if they are few and listed, each with the term that admits it.
    fn listed(&mut self, array: &ArraySet) -> Result<Option<Vec<Wanted<'a>>>> {
        if !array.contains.is_empty() {
            return Ok(None);
        }
        let mut all = Vec::new();
        for item in array.prefix.iter().chain(std::iter::once(&array.rest)) {
            let values = self.expander.term(item.value)?;
            let is_listed = values.arrays.is_empty()
                && values.objects.is_empty()
                && values.numbers.iter().all(|number| number.as_point().is_some())
                && values.texts.iter().all(|text| text.words.is_some());
            if !is_listed {
                return Ok(None);
            }
            let words = values.texts.iter().filter_map(|text| text.words.as_ref()).flat_map(|words| words.iter());
            let numbers = values.numbers.iter().filter_map(|number| number.as_point());
            let scalars = [
                (values.null, Wanted::Null),
                (values.booleans.yes, Wanted::Boolean(true)),
                (values.booleans.no, Wanted::Boolean(false)),
            ];
            let scalars = scalars.into_iter().filter(|(is, _)| *is).map(|(_, wanted)| wanted);
            let listed = words.map(|word| Wanted::Word(word)).chain(numbers.map(|n| Wanted::Number(n.clone())));
            for wanted in listed.chain(scalars) {
                if !all.contains(&wanted) {
                    all.push(wanted);
                }
            }
            if all.len() > MAX_UNIQUE {
                return Ok(None);
            }
        }
        Ok(Some(all))
    }

    fn unused(
        &mut self,
        array: &ArraySet,
        values: &[Wanted<'a>],
        state: &State,
        near: Term,
    ) -> Result<Vec<(ValueId, State)>> {
        let at = usize::try_from(state.length).unwrap_or(usize::MAX);
        let item = array.item(at).value;
        let here = self.listed(&ArraySet { rest: super::sets::Item::evaluated(item), ..ArraySet::ANY })?;
        let mut edges = Vec::new();
        for (number, wanted) in values.iter().enumerate() {
            let bit = 1_u32 << number;
            if state.used & bit == 0 && here.as_ref().is_some_and(|here| here.contains(wanted)) {
                let to = State { length: state.length + 1, used: state.used | bit, found: Vec::new() };
                edges.push((self.part(wanted.clone(), near)?, to));
            }
        }
        Ok(edges)
    }

    /// The edges of a state, by the sorts that the item is of.
    fn sorted(&mut self, array: &ArraySet, state: &State) -> Result<Vec<(ValueId, State)>> {
        let from = array.contains.iter().map(|contains| contains.from).max().unwrap_or(0);
        let far = array.prefix.len().max(from) as u64;
        let far = far.max(array.count.min).max(array.count.max.unwrap_or(0)).max(1);
        let at = usize::try_from(state.length).unwrap_or(usize::MAX);
        let next = State { length: (state.length + 1).min(far), ..state.clone() };
        let mut parts = vec![(array.item(at).value, next)];
        for (number, contains) in array.contains.iter().enumerate() {
            let found = state.found.get(number).copied().unwrap_or(0);
            let enough = contains.count.max.is_none() && found >= contains.count.min;
            if at < contains.from || enough {
                continue;
            }
            let mut split = Vec::new();
            for (value, to) in parts {
                let is = self.expander.terms.and(value, contains.value);
                if contains.count.max.is_none_or(|max| found < max) && !self.expander.is_empty_term(is, 2)? {
                    let mut to = to.clone();
                    to.found.iter_mut().skip(number).take(1).for_each(|found| *found += 1);
                    split.push((is, to));
                }
                for value in self.without(value, contains)? {
                    split.push((value, to.clone()));
                }
            }
            parts = split;
        }
        parts.into_iter().map(|(value, to)| Ok((self.below(value)?, to))).collect()
    }

    /// What is in a term and not of a sort. Where that cannot be said and does no harm, the whole term.
    fn without(&mut self, term: Term, contains: &Contains) -> Result<Vec<Term>> {
        if contains.value == Term::ANY {
            return Ok(Vec::new());
        }
        let literals = self.expander.terms.literals(contains.value);
        let mut parts = Vec::new();
        for literal in literals.iter() {
            let other = self.expander.terms.literal(literal.not());
            let rest = self.expander.terms.and(term, other);
            match self.expander.is_empty_term(rest, 2) {
                Ok(true) => {}
                Ok(false) => parts.push(rest),
                Err(_) if contains.count.max.is_none() => return Ok(vec![term]),
                Err(error) => return Err(error),
            }
        }
        Ok(parts)
    }
}
