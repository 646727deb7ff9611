//! The intermediate form: what each value may be, with everything decided that is not notation.
use crate::regular::Dfa;

use super::{
    bounds::Count,
    document::Document,
    sets::{NumberSet, TextSet},
    term::NodeId,
};

/// A value of the table, by number.
pub(crate) type ValueId = usize;

/// All values that a schema speaks of. The first is the root.
#[derive(Debug)]
pub(crate) struct Ir<'a> {
    pub(crate) values: Vec<ValueIr<'a>>,
    /// Whether `1.0` is no integer, as in draft 4.
    pub(crate) plain_integers: bool,
    pub(crate) document: Document<'a>,
}

/// What one value may be.
#[derive(Debug)]
pub(crate) struct ValueIr<'a> {
    /// The schema that describes it.
    pub(crate) node: NodeId,
    /// The alternatives; none means that there is no such value.
    pub(crate) shapes: Vec<Shape<'a>>,
}

/// One alternative.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape<'a> {
    /// Any JSON value.
    Anything,
    Null,
    Boolean(bool),
    Number(NumberSet),
    /// Numbers that are spelled in one of these ways.
    Numerals(Dfa),
    Text(TextSet<'a>),
    Array(ArrayShape),
    /// An array that is read item by item.
    Items(ItemMachine),
    /// Objects of any of these forms.
    Objects(Vec<ObjectShape<'a>>),
}

/// An array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArrayShape {
    pub(crate) prefix: Vec<ValueId>,
    /// What follows the prefix, if anything may.
    pub(crate) rest: Option<ValueId>,
    pub(crate) count: Count,
}

/// The states of an automaton over items; the first is the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemMachine {
    pub(crate) states: Vec<ItemState>,
}

/// A state: whether the array may end here, and where each item leads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ItemState {
    pub(crate) ends: bool,
    pub(crate) next: Vec<(ValueId, usize)>,
}

/// An object, written in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectShape<'a> {
    pub(crate) fields: Vec<Field<'a>>,
    /// Declared names that have no possible value, so they are not written, and no undeclared property has them.
    pub(crate) absent: Vec<&'a str>,
    /// Undeclared properties, one of each of these, before the others.
    pub(crate) needs: Vec<Extra>,
    /// Undeclared properties; they follow those that are declared.
    pub(crate) extras: Vec<Extra>,
    pub(crate) count: Count,
    /// The most undeclared properties, where the options set it and the schema sets none.
    pub(crate) most_undeclared: Option<u64>,
    /// Whether the fields come in any order.
    pub(crate) is_map: bool,
}

/// A declared property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: ValueId,
    pub(crate) required: bool,
}

/// Properties that are not declared by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extra {
    /// Absent means every name but the declared ones.
    pub(crate) names: Option<Dfa>,
    pub(crate) value: ValueId,
}

impl<'a> Ir<'a> {
    /// What the value may be.
    pub(crate) fn shapes(&self, id: ValueId) -> &[Shape<'a>] {
        self.values.get(id).map_or(&[], |value| &value.shapes)
    }

    /// The pointer to the schema of the value.
    pub(crate) fn pointer(&self, id: ValueId) -> String {
        self.values.get(id).map(|value| self.document.pointer(value.node)).unwrap_or_default()
    }
}

impl Shape<'_> {
    /// The values that it is made of.
    pub(crate) fn children(&self) -> Vec<ValueId> {
        match self {
            Shape::Array(array) => array.prefix.iter().copied().chain(array.rest).collect(),
            Shape::Items(machine) => {
                machine.states.iter().flat_map(|state| state.next.iter().map(|(value, _)| *value)).collect()
            }
            Shape::Objects(objects) => objects
                .iter()
                .flat_map(|object| {
                    let fields = object.fields.iter().map(|field| field.value);
                    fields.chain(object.needs.iter().chain(&object.extras).map(|extra| extra.value))
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Whether some finite text has this shape, where `finite` tells it of the values that it is made of.
    pub(crate) fn is_finite(&self, finite: &dyn Fn(ValueId) -> bool) -> bool {
        match self {
            Shape::Array(array) => {
                let least = usize::try_from(array.count.min).unwrap_or(usize::MAX);
                let rest = least <= array.prefix.len() || array.rest.is_some_and(finite);
                rest && array.prefix.iter().take(least).all(|id| finite(*id))
            }
            Shape::Items(machine) => machine.is_finite(finite),
            Shape::Objects(objects) => objects.iter().any(|object| object.is_finite(finite)),
            _ => true,
        }
    }
}

impl ItemMachine {
    /// For each state, whether the end can be reached by values that are finite.
    pub(crate) fn ending(&self, finite: &dyn Fn(ValueId) -> bool) -> Vec<bool> {
        let mut ending: Vec<bool> = self.states.iter().map(|state| state.ends).collect();
        loop {
            let reaches = |state: &ItemState| {
                state.next.iter().any(|(value, to)| ending.get(*to) == Some(&true) && finite(*value))
            };
            let next: Vec<bool> =
                self.states.iter().zip(&ending).map(|(state, ends)| *ends || reaches(state)).collect();
            if next == ending {
                return ending;
            }
            ending = next;
        }
    }

    fn is_finite(&self, finite: &dyn Fn(ValueId) -> bool) -> bool {
        self.ending(finite).first() == Some(&true)
    }
}

impl ObjectShape<'_> {
    pub(crate) fn is_finite(&self, finite: &dyn Fn(ValueId) -> bool) -> bool {
        let mut most = self.needs.len() as u64;
        for field in &self.fields {
            let possible = finite(field.value);
            if field.required && !possible {
                return false;
            }
            most += u64::from(possible);
        }
        self.needs.iter().all(|need| finite(need.value))
            && (most >= self.count.min || self.extras.iter().any(|extra| finite(extra.value)))
    }
}
