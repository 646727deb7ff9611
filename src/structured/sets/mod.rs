//! Sets of JSON values, by type. Each set is a union of conjunctive records; the types are apart from one another, so
//! intersections and complements are taken for each type by itself.
mod array;
mod number;
mod object;
mod text;
mod values;

pub(crate) use array::{ArraySet, Contains, Item, Spoken};
pub(crate) use number::{Kind, NumberSet, Width};
pub(crate) use object::{Cell, ObjectSet, Property, Witness};
pub(crate) use text::{Language, TextSet};
pub(crate) use values::{Booleans, Values, is_new};
