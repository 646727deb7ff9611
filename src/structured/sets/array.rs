//! Sets of arrays.
use super::super::{
    bounds::Count,
    term::{NodeId, Term, Terms},
};

/// What an item or property must be, and whether the schemas in force speak of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) value: Term,
    pub(crate) spoken: Spoken,
}

/// Whether schemas speak of an item or property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Spoken {
    No,
    /// One that is listed or required: closing leaves it, but it is not evaluated.
    Named,
    /// One that `unevaluatedItems` and `unevaluatedProperties` leave alone.
    Evaluated,
}

impl Item {
    /// Any item, of which no schema speaks.
    pub(crate) const ANY: Item = Item::unspoken(Term::ANY);

    pub(crate) const fn unspoken(value: Term) -> Self {
        Item { value, spoken: Spoken::No }
    }

    pub(crate) fn named(value: Term) -> Self {
        Item { value, spoken: Spoken::Named }
    }

    pub(crate) fn evaluated(value: Term) -> Self {
        Item { value, spoken: Spoken::Evaluated }
    }

    pub(crate) fn and(self, other: Self, terms: &mut Terms) -> Self {
        Item { value: terms.and(self.value, other.value), spoken: self.spoken.max(other.spoken) }
    }
}

/// How many of the items from a place on are of a sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contains {
    pub(crate) from: usize,
    pub(crate) value: Term,
    pub(crate) count: Count,
    /// Whether what it finds is evaluated, as by the keyword, and not only there, as where a schema fails.
    pub(crate) evaluates: bool,
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
