//! Sets of arrays.
use super::super::{
    bounds::Count,
    term::{NodeId, Term, Terms},
};

/// What an item must be, and whether a schema in force evaluates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) value: Term,
    pub(crate) evaluated: bool,
}

impl Item {
    /// Any item, of which no schema speaks.
    pub(crate) const ANY: Item = Item { value: Term::ANY, evaluated: false };

    pub(crate) fn and(self, other: Self, terms: &mut Terms) -> Self {
        Item { value: terms.and(self.value, other.value), evaluated: self.evaluated || other.evaluated }
    }
}

/// How many of the items from a place on are of a sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contains {
    pub(crate) from: usize,
    pub(crate) value: Term,
    pub(crate) count: Count,
}

/// The arrays that satisfy all of this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArraySet {
    pub(crate) prefix: Vec<Item>,
    /// The items behind the prefix.
    pub(crate) rest: Item,
    pub(crate) count: Count,
    pub(crate) contains: Vec<Contains>,
    /// The schema that wants the items to differ.
    pub(crate) unique: Option<NodeId>,
}

impl ArraySet {
    pub(crate) const ANY: ArraySet = ArraySet {
        prefix: Vec::new(),
        rest: Item::ANY,
        count: Count { min: 0, max: None },
        contains: Vec::new(),
        unique: None,
    };

    /// What the item at this place must be.
    pub(crate) fn item(&self, at: usize) -> Item {
        self.prefix.get(at).copied().unwrap_or(self.rest)
    }

    /// Both at once.
    pub(crate) fn and(&self, other: &Self, terms: &mut Terms) -> Self {
        let length = self.prefix.len().max(other.prefix.len());
        let mut contains = self.contains.clone();
        contains.extend(other.contains.iter().filter(|c| !self.contains.contains(c)));
        ArraySet {
            prefix: (0..length).map(|at| self.item(at).and(other.item(at), terms)).collect(),
            rest: self.rest.and(other.rest, terms),
            count: self.count.and(other.count),
            contains,
            unique: self.unique.or(other.unique),
        }
    }
}
