//! The intermediate form: what each value may be, with everything decided that is not notation.
use serde_json::Value;

use super::{bounds::Bounds, decimal::Decimal};

/// A value of the table, by number.
pub(crate) type ValueId = usize;

/// All values that a schema speaks of. The first is the root.
#[derive(Debug, Clone)]
pub(crate) struct Ir {
    pub(crate) values: Vec<ValueIr>,
}

/// What one value may be.
#[derive(Debug, Clone)]
pub(crate) struct ValueIr {
    /// The pointer to the schema that describes it.
    pub(crate) pointer: String,
    /// The alternatives; none means that there is no such value.
    pub(crate) shapes: Vec<Shape>,
}

/// One alternative.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Any JSON value.
    Anything,
    Null,
    Boolean,
    /// One of these values.
    Literals(Vec<Value>),
    /// An integer in one of these ranges, both ends included.
    Integer(Vec<(Decimal, Decimal)>),
    /// A number of this width in this range.
    Number(NumberShape),
    /// A string of so many characters.
    Text {
        min: u64,
        max: Option<u64>,
    },
    /// A string in a known format.
    Format(&'static str),
    Array(ArrayShape),
    Object(ObjectShape),
}

/// A number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NumberShape {
    pub(crate) width: Width,
    pub(crate) bounds: Bounds,
}

/// The floating-point type that must hold a number without overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Width {
    Single,
    Double,
}

/// An array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArrayShape {
    pub(crate) prefix: Vec<ValueId>,
    /// What follows the prefix, if anything may.
    pub(crate) rest: Option<ValueId>,
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
}

/// An object, written in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectShape {
    pub(crate) fields: Vec<Field>,
    /// Declared names that have no possible value, so they are not written, and no undeclared property has them.
    pub(crate) absent: Vec<String>,
    pub(crate) extra: Option<Extra>,
}

/// A declared property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: ValueId,
    pub(crate) required: bool,
}

/// Properties that are not declared by name; they follow those that are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extra {
    pub(crate) keys: Keys,
    pub(crate) value: ValueId,
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
}

/// The names of undeclared properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Every name but the declared ones.
    Free,
    /// The decimal spelling of an unsigned integer of 32 bits.
    Unsigned,
    /// The decimal spelling of a signed integer of 32 bits.
    Signed,
}

impl Ir {
    /// What the value may be.
    pub(crate) fn shapes(&self, id: ValueId) -> &[Shape] {
        self.values.get(id).map_or(&[], |value| &value.shapes)
    }

    /// The pointer to the schema of the value.
    pub(crate) fn pointer(&self, id: ValueId) -> &str {
        self.values.get(id).map_or("", |value| &value.pointer)
    }
}

impl Shape {
    /// The literals, unless there are none.
    pub(crate) fn literals(values: Vec<Value>) -> Option<Self> {
        (!values.is_empty()).then_some(Shape::Literals(values))
    }

    /// The integers of these ranges, unless all are empty. Ranges that end before they begin are left out.
    pub(crate) fn integer(ranges: Vec<(Decimal, Decimal)>) -> Option<Self> {
        let ranges: Vec<_> = ranges.into_iter().filter(|(min, max)| min <= max).collect();
        (!ranges.is_empty()).then_some(Shape::Integer(ranges))
    }

    /// The values that must be possible for the alternative to be possible.
    pub(crate) fn needs(&self) -> Vec<ValueId> {
        match self {
            Shape::Array(array) => {
                let min = usize::try_from(array.min).unwrap_or(usize::MAX);
                let mut needs: Vec<ValueId> = array.prefix.iter().take(min).copied().collect();
                if min > array.prefix.len() {
                    needs.extend(array.rest);
                }
                needs
            }
            Shape::Object(object) => {
                let required = object.fields.iter().filter(|field| field.required).map(|field| field.value);
                let extra = object.extra.iter().filter(|extra| extra.min > 0).map(|extra| extra.value);
                required.chain(extra).collect()
            }
            _ => Vec::new(),
        }
    }
}
