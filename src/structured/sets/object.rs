//! Sets of objects.
use std::rc::Rc;

use foldhash::HashMap;

use crate::regular::{Dfa, TooLarge};

use super::super::{
    bounds::Count,
    term::{Term, Terms},
};
use super::Item;

/// A property that is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Property<'a> {
    pub(crate) name: &'a str,
    /// [`Term::NEVER`] where it may not be there.
    pub(crate) item: Item,
    pub(crate) required: bool,
    /// Whether it is the tag of an enum, which serde takes away before it reads the content: what the content says of
    /// undeclared properties does not bind it.
    pub(crate) is_tag: bool,
}

impl Property<'_> {
    /// The same property where it is not named, too.
    fn beside(&self, other: &ObjectSet<'_>, terms: &mut Terms) -> Self {
        let item = if self.is_tag { self.item } else { other.unnamed(self.name).and(self.item, terms) };
        Property { item, ..*self }
    }
}

/// The properties whose names are of a language and not named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Absent means all names.
    pub(crate) names: Option<Dfa>,
    pub(crate) item: Item,
}

/// At least one property has such a name and such a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Witness<'a> {
    /// Absent means all names.
    pub(crate) names: Option<Dfa>,
    /// Names that do not count.
    pub(crate) except: Rc<Vec<&'a str>>,
    pub(crate) value: Term,
}

impl Witness<'_> {
    pub(crate) fn may_be(&self, name: &str) -> bool {
        self.names.as_ref().is_none_or(|names| names.contains(name)) && !self.except.contains(&name)
    }
}

/// The objects that satisfy all of this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectSet<'a> {
    pub(crate) properties: Vec<Property<'a>>,
    /// A partition of all names; those of `properties` are looked up there first.
    pub(crate) rest: Vec<Cell>,
    pub(crate) count: Count,
    pub(crate) witnesses: Vec<Witness<'a>>,
    /// Whether the properties are known to come in any order, as those of a map.
    pub(crate) is_map: bool,
}

/// The most parts that the names of one object may fall into.
const MAX_CELLS: usize = 64;
/// The number of properties from which an index pays.
const INDEXED: usize = 12;

impl<'a> ObjectSet<'a> {
    /// Any object.
    pub(crate) fn any() -> Self {
        ObjectSet {
            properties: Vec::new(),
            rest: vec![Cell { names: None, item: Item::ANY }],
            count: Count::default(),
            witnesses: Vec::new(),
            is_map: false,
        }
    }

    /// Objects of which the property of this name is so.
    pub(crate) fn with(name: &'a str, value: Term, required: bool) -> Self {
        let item = Item::unspoken(value);
        ObjectSet { properties: vec![Property { name, item, required, is_tag: false }], ..ObjectSet::any() }
    }

    /// The property of this name, if it is named.
    pub(crate) fn property(&self, name: &str) -> Option<&Property<'a>> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// What the property of this name must be.
    pub(crate) fn item(&self, name: &str) -> Item {
        self.property(name).map_or_else(|| self.unnamed(name), |property| property.item)
    }

    /// What the property of this name must be, which is not named.
    pub(crate) fn unnamed(&self, name: &str) -> Item {
        let cell = self.rest.iter().find(|cell| cell.names.as_ref().is_none_or(|names| names.contains(name)));
        cell.map_or(Item::ANY, |cell| cell.item)
    }

    /// Both at once. The properties of `self` come first.
    pub(crate) fn and(&self, other: &Self, terms: &mut Terms) -> Result<Self, TooLarge> {
        let theirs = Index::new(other);
        let ours = Index::new(self);
        let mut properties = Vec::with_capacity(self.properties.len() + other.properties.len());
        for property in &self.properties {
            properties.push(match theirs.find(property.name) {
                Some(same) => Property {
                    item: property.item.and(same.item, terms),
                    required: property.required || same.required,
                    is_tag: property.is_tag || same.is_tag,
                    ..*property
                },
                None => property.beside(other, terms),
            });
        }
        for property in &other.properties {
            if ours.find(property.name).is_none() {
                properties.push(property.beside(self, terms));
            }
        }
        let mut witnesses = self.witnesses.clone();
        witnesses.extend(other.witnesses.iter().filter(|w| !self.witnesses.contains(w)).cloned());
        let rest = cells(&self.rest, &other.rest, terms)?;
        let is_map = self.is_map || other.is_map;
        Ok(ObjectSet { properties, rest, count: self.count.and(other.count), witnesses, is_map })
    }
}

/// The common refinement of two partitions.
fn cells(left: &[Cell], right: &[Cell], terms: &mut Terms) -> Result<Vec<Cell>, TooLarge> {
    let mut cells: Vec<Cell> = Vec::new();
    for a in left {
        for b in right {
            let names = match (&a.names, &b.names) {
                (Some(a), Some(b)) => Some(terms.languages.and(a, b)?),
                (a, b) => a.clone().or_else(|| b.clone()),
            };
            if names.as_ref().is_some_and(Dfa::is_none) {
                continue;
            }
            let item = a.item.and(b.item, terms);
            match (cells.iter_mut().find(|cell| cell.item == item), names) {
                (Some(Cell { names: Some(known), .. }), Some(names)) => *known = known.or(&names)?,
                (_, names) => cells.push(Cell { names, item }),
            }
        }
    }
    if cells.len() > MAX_CELLS { Err(TooLarge) } else { Ok(cells) }
}

/// Properties by name, where they are many.
struct Index<'b, 'a> {
    properties: &'b [Property<'a>],
    names: Option<HashMap<&'a str, usize>>,
}

impl<'b, 'a> Index<'b, 'a> {
    fn new(object: &'b ObjectSet<'a>) -> Self {
        let properties = object.properties.as_slice();
        let names = (properties.len() > INDEXED)
            .then(|| properties.iter().enumerate().map(|(at, property)| (property.name, at)).collect());
        Index { properties, names }
    }

    fn find(&self, name: &str) -> Option<&'b Property<'a>> {
        match &self.names {
            Some(names) => names.get(name).and_then(|at| self.properties.get(*at)),
            None => self.properties.iter().find(|property| property.name == name),
        }
    }
}
