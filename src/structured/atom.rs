//! Conjunctions of constraints, one record for each JSON type.
use std::collections::HashSet;

use serde_json::Value;

use super::{
    bounds::{Bounds, Count, Types},
    decimal::Decimal,
};

/// A place in the document, by number.
pub(crate) type NodeId = usize;

/// A value that must satisfy all of these schemas; none means any value.
///
/// The order is that in which their properties are written.
pub(crate) type Slot = Vec<NodeId>;

/// Both slots at once.
pub(crate) fn both(a: &[NodeId], b: &[NodeId]) -> Slot {
    let mut slot = a.to_vec();
    for node in b {
        if !slot.contains(node) {
            slot.push(*node);
        }
    }
    slot
}

/// The constraints on arrays.
#[derive(Debug, Clone, Default)]
pub(crate) struct ArrayPart {
    pub(crate) prefix: Vec<Slot>,
    /// What follows the prefix; absent where no schema says.
    pub(crate) rest: Option<Slot>,
    pub(crate) count: Count,
    /// The schema that wants the items to differ.
    pub(crate) unique: Option<NodeId>,
}

impl ArrayPart {
    /// The schema of the item at this place.
    pub(crate) fn item(&self, at: usize) -> &[NodeId] {
        self.prefix.get(at).or(self.rest.as_ref()).map_or(&[], Vec::as_slice)
    }

    fn and(&self, other: &Self) -> Self {
        let rest = match (&self.rest, &other.rest) {
            (Some(a), Some(b)) => Some(both(a, b)),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        let length = self.prefix.len().max(other.prefix.len());
        ArrayPart {
            prefix: (0..length).map(|at| both(self.item(at), other.item(at))).collect(),
            rest,
            count: self.count.and(other.count),
            unique: self.unique.or(other.unique),
        }
    }
}

/// A pattern of property names that schemars writes for the keys of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyPattern {
    /// `^\d+$`
    Unsigned,
    /// `^-?\d+$`
    Signed,
}

impl KeyPattern {
    /// The pattern of this spelling.
    pub(crate) fn named(pattern: &str) -> Option<Self> {
        match pattern {
            r"^\d+$" => Some(KeyPattern::Unsigned),
            r"^-?\d+$" => Some(KeyPattern::Signed),
            _ => None,
        }
    }

    pub(crate) fn matches(self, name: &str) -> bool {
        let digits = match self {
            KeyPattern::Unsigned => name,
            KeyPattern::Signed => name.strip_prefix('-').unwrap_or(name),
        };
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// The constraints on objects.
#[derive(Debug, Clone, Default)]
pub(crate) struct ObjectPart {
    pub(crate) properties: Vec<(String, Slot)>,
    pub(crate) required: Vec<String>,
    pub(crate) patterns: Vec<(KeyPattern, Slot)>,
    /// The schema of all other properties; absent where no schema says.
    pub(crate) additional: Option<Slot>,
    pub(crate) count: Count,
}

impl ObjectPart {
    /// The schema of a property, where one speaks of it.
    pub(crate) fn property(&self, name: &str) -> Option<Slot> {
        if let Some((_, slot)) = self.properties.iter().find(|(declared, _)| declared == name) {
            return Some(slot.clone());
        }
        let mut matching = self.patterns.iter().filter(|(pattern, _)| pattern.matches(name)).map(|(_, slot)| slot);
        match matching.next() {
            Some(first) => Some(matching.fold(first.clone(), |slot, next| both(&slot, next))),
            None => self.additional.clone(),
        }
    }

    pub(crate) fn is_required(&self, name: &str) -> bool {
        self.required.iter().any(|required| required == name)
    }

    fn and(&self, other: &Self) -> Self {
        let with = |slot: &Slot, more: Option<Slot>| more.map_or_else(|| slot.clone(), |more| both(slot, &more));
        let mut properties: Vec<(String, Slot)> =
            self.properties.iter().map(|(name, slot)| (name.clone(), with(slot, other.property(name)))).collect();
        for (name, slot) in &other.properties {
            if !properties.iter().any(|(declared, _)| declared == name) {
                let first = self.property(name).unwrap_or_default();
                properties.push((name.clone(), both(&first, slot)));
            }
        }
        let of = |part: &Self, pattern: KeyPattern| {
            part.patterns
                .iter()
                .find(|(p, _)| *p == pattern)
                .map(|(_, slot)| slot.clone())
                .or_else(|| part.additional.clone())
        };
        let mut patterns: Vec<(KeyPattern, Slot)> = Vec::new();
        for (pattern, _) in self.patterns.iter().chain(&other.patterns) {
            if !patterns.iter().any(|(p, _)| p == pattern) {
                let slot = of(self, *pattern).unwrap_or_default();
                patterns.push((*pattern, with(&slot, of(other, *pattern))));
            }
        }
        let mut required = self.required.clone();
        required.extend(other.required.iter().filter(|name| !self.is_required(name)).cloned());
        ObjectPart {
            properties,
            required,
            patterns,
            additional: match (&self.additional, &other.additional) {
                (Some(a), Some(b)) => Some(both(a, b)),
                (a, b) => a.clone().or_else(|| b.clone()),
            },
            count: self.count.and(other.count),
        }
    }
}

/// A conjunction of constraints without alternatives.
///
/// Each part binds only values of its type; `literals` binds all.
#[derive(Debug, Clone)]
pub(crate) struct Atom {
    pub(crate) types: Types,
    /// The only values possible.
    pub(crate) literals: Option<Vec<Value>>,
    /// Values that are not possible, and the schema that says so.
    pub(crate) excluded: Vec<(Value, NodeId)>,
    pub(crate) formats: Vec<(String, NodeId)>,
    pub(crate) bounds: Bounds,
    pub(crate) length: Count,
    pub(crate) array: ArrayPart,
    pub(crate) object: ObjectPart,
    /// The branches of `oneOf` taken: the schema and the number of the branch.
    pub(crate) branches: Vec<(NodeId, usize)>,
}

impl Atom {
    /// Any value.
    pub(crate) fn any() -> Self {
        Atom {
            types: Types::ALL,
            literals: None,
            excluded: Vec::new(),
            formats: Vec::new(),
            bounds: Bounds::default(),
            length: Count::default(),
            array: ArrayPart::default(),
            object: ObjectPart::default(),
            branches: Vec::new(),
        }
    }

    /// Both at once. The properties of `self` come first.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let literals = match (&self.literals, &other.literals) {
            (Some(a), Some(b)) => {
                let listed: HashSet<String> = b.iter().map(canonical).collect();
                Some(a.iter().filter(|value| listed.contains(&canonical(value))).cloned().collect())
            }
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        let mut formats = self.formats.clone();
        formats.extend(other.formats.iter().filter(|(name, _)| !self.formats.iter().any(|(n, _)| n == name)).cloned());
        Atom {
            types: self.types.and(other.types),
            literals,
            excluded: self.excluded.iter().chain(&other.excluded).cloned().collect(),
            formats,
            bounds: self.bounds.clone().and(&other.bounds),
            length: self.length.and(other.length),
            array: self.array.and(&other.array),
            object: self.object.and(&other.object),
            branches: self.branches.iter().chain(&other.branches).copied().collect(),
        }
    }
}

/// A text that [the same](same) values, and no others, have in common.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => match Decimal::from_number(number) {
            Some(number) => format!("{number:?}"),
            None => number.to_string(),
        },
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            members.sort_unstable();
            format!("{{{}}}", members.join(","))
        }
        _ => value.to_string(),
    }
}

/// Whether two values are the same to JSON Schema: numbers by value, objects in any order.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => {
            x == y || Decimal::from_number(x).is_some_and(|x| Some(x) == Decimal::from_number(y))
        }
        (Value::Array(x), Value::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y)),
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(key, value)| y.get(key).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_the_same_by_value() {
        assert!(same(&json!(1), &json!(1.0)));
        assert!(same(&json!({"a": [1], "b": null}), &json!({"b": null, "a": [1.0]})));
        assert!(!same(&json!(1), &json!(true)));
        assert_eq!(canonical(&json!({"a": [1], "b": null})), canonical(&json!({"b": null, "a": [1.0]})));
        assert_ne!(canonical(&json!("1")), canonical(&json!(1)));
    }

    #[test]
    fn a_closed_part_forbids_the_properties_of_the_other() {
        let closed =
            ObjectPart { properties: vec![("a".into(), vec![1])], additional: Some(vec![9]), ..ObjectPart::default() };
        let open =
            ObjectPart { properties: vec![("b".into(), vec![2]), ("a".into(), vec![3])], ..ObjectPart::default() };
        let merged = closed.and(&open);
        assert_eq!(merged.properties, [("a".to_owned(), vec![1, 3]), ("b".to_owned(), vec![9, 2])]);
        assert_eq!(merged.additional, Some(vec![9]));
    }
}
