//! Sets of values of all types.
use super::{ArraySet, NumberSet, ObjectSet, Spoken, TextSet};

/// A set of booleans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Booleans {
    pub(crate) yes: bool,
    pub(crate) no: bool,
}

/// A set of JSON values: for each type, a union.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Values<'a> {
    pub(crate) null: bool,
    pub(crate) booleans: Booleans,
    pub(crate) numbers: Vec<NumberSet>,
    pub(crate) texts: Vec<TextSet<'a>>,
    pub(crate) arrays: Vec<ArraySet>,
    pub(crate) objects: Vec<ObjectSet<'a>>,
}

impl<'a> Values<'a> {
    /// No value.
    pub(crate) fn none() -> Self {
        Values {
            null: false,
            booleans: Booleans { yes: false, no: false },
            numbers: Vec::new(),
            texts: Vec::new(),
            arrays: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// Any value.
    pub(crate) fn any() -> Self {
        Values {
            null: true,
            booleans: Booleans { yes: true, no: true },
            numbers: vec![NumberSet::ANY],
            texts: vec![TextSet::ANY],
            arrays: vec![ArraySet::ANY],
            objects: vec![ObjectSet::any()],
        }
    }

    /// Whether it is any value, as its form shows, and nothing is told apart in it.
    pub(crate) fn is_any(&self) -> bool {
        self.len() == 4 && *self == Values::any()
    }

    /// Whether nothing is in it, as its form shows.
    pub(crate) fn is_none(&self) -> bool {
        !self.null && !self.booleans.yes && !self.booleans.no && self.len() == 0
    }

    /// How many records it is made of.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len() + self.texts.len() + self.arrays.len() + self.objects.len()
    }

    /// Any value that is no object.
    pub(crate) fn any_but_objects() -> Self {
        Values { objects: Vec::new(), ..Values::any() }
    }

    /// These objects.
    pub(crate) fn of_objects(objects: Vec<ObjectSet<'a>>) -> Self {
        Values { objects, ..Values::none() }
    }

    /// Adds the values of another set. Records that other ones hold stay apart, for what they evaluate.
    pub(crate) fn add_apart(&mut self, other: &Self) {
        self.null |= other.null;
        self.booleans.yes |= other.booleans.yes;
        self.booleans.no |= other.booleans.no;
        unite(&mut self.numbers, &other.numbers, |set| *set == NumberSet::ANY);
        unite(&mut self.texts, &other.texts, |set| *set == TextSet::ANY);
        unite(&mut self.arrays, &other.arrays, |_| false);
        unite(&mut self.objects, &other.objects, |_| false);
    }

    /// Lets no schema evaluate anything: what fails a schema, or fails to fail it, is not evaluated by it.
    pub(crate) fn forget(&mut self) {
        for array in &mut self.arrays {
            array.contains.iter_mut().for_each(|contains| contains.evaluates = false);
            array.rest.spoken = Spoken::No;
            array.prefix.iter_mut().for_each(|item| item.spoken = Spoken::No);
        }
        for object in &mut self.objects {
            object.rest.iter_mut().for_each(|cell| cell.item.spoken = Spoken::No);
            object.properties.iter_mut().for_each(|property| property.item.spoken = Spoken::No);
        }
    }

    /// Adds the values of another set.
    pub(crate) fn add(&mut self, other: &Self) {
        self.null |= other.null;
        self.booleans.yes |= other.booleans.yes;
        self.booleans.no |= other.booleans.no;
        unite(&mut self.numbers, &other.numbers, |set| *set == NumberSet::ANY);
        unite(&mut self.texts, &other.texts, |set| *set == TextSet::ANY);
        unite(&mut self.arrays, &other.arrays, |set| *set == ArraySet::ANY);
        unite(&mut self.objects, &other.objects, |set| set.properties.is_empty() && *set == ObjectSet::any());
    }
}

/// Adds the records of another union. One that holds everything stands alone.
fn unite<T: Clone + PartialEq>(union: &mut Vec<T>, other: &[T], is_all: impl Fn(&T) -> bool) {
    for record in other {
        if union.iter().any(&is_all) {
            union.truncate(1);
            return;
        }
        if is_all(record) {
            union.clear();
        }
        if is_new(union, record) {
            union.push(record.clone());
        }
    }
}

/// How many records of a union are compared with another one.
const COMPARED: usize = 32;

/// Whether a record is not known to be in a union. In a long union it may be there all the same: that costs less than to
/// look.
pub(crate) fn is_new<T: PartialEq>(union: &[T], record: &T) -> bool {
    union.len() > COMPARED || !union.contains(record)
}
