//! A plain validator of draft 2020-12, to judge sentences by.
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::keywords::{count, expression, object, plain};

/// The schema says what is not judged here: a reference by name, an anchor or an address, a malformed keyword, an
/// expression that is not regular, a reference to itself for the same value.
pub(super) struct Unjudged;

pub(super) type Judged<T> = Result<T, Unjudged>;

/// The properties and items that a valid schema has looked at.
#[derive(Default)]
struct Seen {
    names: BTreeSet<String>,
    items: BTreeSet<usize>,
}

/// Whether a value satisfies a document. Formats are not judged.
pub(super) fn is_valid(root: &Value, value: &Value) -> Judged<bool> {
    Ok(Validator { root, depth: 200 }.seen(root, value)?.is_some())
}

#[derive(Clone, Copy)]
struct Validator<'a> {
    root: &'a Value,
    /// How many schemas may still stand in one another.
    depth: usize,
}

impl<'a> Validator<'a> {
    /// What was looked at, if the value is valid.
    fn seen(self, schema: &'a Value, value: &Value) -> Judged<Option<Seen>> {
        let depth = self.depth.checked_sub(1).ok_or(Unjudged)?;
        let inner = Validator { depth, ..self };
        let schema = match schema {
            Value::Bool(valid) => return Ok(valid.then(Seen::default)),
            schema => schema.as_object().ok_or(Unjudged)?,
        };
        if ["$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "nullable"].iter().any(|name| schema.contains_key(*name))
        {
            return Err(Unjudged);
        }
        // What fails to be of a format counts below `not` and `oneOf`.
        if (value.is_string() || value.is_number()) && schema.contains_key("format") {
            return Err(Unjudged);
        }
        let mut seen = Seen::default();
        let valid = plain(schema, value)?
            && inner.combined(schema, value, &mut seen)?
            && match value {
                Value::Array(items) => inner.array(schema, items, &mut seen)?,
                Value::Object(members) => inner.object(schema, members, &mut seen)?,
                _ => true,
            };
        Ok(valid.then_some(seen))
    }

    fn valid(self, schema: &'a Value, value: &Value) -> Judged<bool> {
        Ok(self.seen(schema, value)?.is_some())
    }

    /// Schemas for the same value.
    fn combined(self, schema: &'a Map<String, Value>, value: &Value, seen: &mut Seen) -> Judged<bool> {
        let mut valid = true;
        if let Some(target) = schema.get("$ref") {
            let pointer = target.as_str().and_then(|target| target.strip_prefix('#')).ok_or(Unjudged)?;
            let target = self.root.pointer(pointer).filter(|_| !pointer.contains('%')).ok_or(Unjudged)?;
            valid &= seen.add(self.seen(target, value)?);
        }
        let mut list = |keyword: &str| -> Judged<Option<(usize, usize)>> {
            let Some(branches) = schema.get(keyword) else { return Ok(None) };
            let branches = branches.as_array().filter(|branches| !branches.is_empty()).ok_or(Unjudged)?;
            let mut held = 0;
            for branch in branches {
                held += usize::from(seen.add(self.seen(branch, value)?));
            }
            Ok(Some((held, branches.len())))
        };
        valid &= list("allOf")?.is_none_or(|(held, of)| held == of);
        valid &= list("anyOf")?.is_none_or(|(held, _)| held > 0);
        valid &= list("oneOf")?.is_none_or(|(held, _)| held == 1);
        if let Some(not) = schema.get("not") {
            valid &= !self.valid(not, value)?;
        }
        if let Some(condition) = schema.get("if") {
            let held = seen.add(self.seen(condition, value)?);
            if let Some(then) = schema.get(if held { "then" } else { "else" }) {
                valid &= seen.add(self.seen(then, value)?);
            }
        }
        if let (Some(dependents), Value::Object(members)) = (schema.get("dependentSchemas"), value) {
            for (_, dependent) in object(dependents)?.iter().filter(|(name, _)| members.contains_key(*name)) {
                valid &= seen.add(self.seen(dependent, value)?);
            }
        }
        Ok(valid)
    }

    fn array(self, schema: &'a Map<String, Value>, items: &[Value], seen: &mut Seen) -> Judged<bool> {
        let mut valid = true;
        let mut rest = 0;
        if let Some(prefix) = schema.get("prefixItems") {
            let prefix = prefix.as_array().filter(|prefix| !prefix.is_empty()).ok_or(Unjudged)?;
            rest = prefix.len().min(items.len());
            for (item, of) in items.iter().zip(prefix) {
                valid &= self.valid(of, item)?;
            }
            seen.items.extend(0..rest);
        }
        if let Some(of) = schema.get("items") {
            for item in &items[rest..] {
                valid &= self.valid(of, item)?;
            }
            seen.items.extend(0..items.len());
        }
        if let Some(of) = schema.get("contains") {
            let held = items.iter().map(|item| self.valid(of, item)).collect::<Judged<Vec<_>>>()?;
            let found = held.iter().filter(|held| **held).count();
            seen.items.extend(held.iter().enumerate().filter(|(_, held)| **held).map(|(at, _)| at));
            valid &= found >= schema.get("minContains").map_or(Ok(1), count)?;
            valid &= schema.get("maxContains").map(count).transpose()?.is_none_or(|max| found <= max);
        }
        if let Some(of) = schema.get("unevaluatedItems") {
            for (_, item) in items.iter().enumerate().filter(|(at, _)| !seen.items.contains(at)) {
                valid &= self.valid(of, item)?;
            }
            seen.items.extend(0..items.len());
        }
        Ok(valid)
    }

    fn object(self, schema: &'a Map<String, Value>, members: &Map<String, Value>, seen: &mut Seen) -> Judged<bool> {
        let mut valid = true;
        let none = Map::new();
        let declared = schema.get("properties").map_or(Ok(&none), object)?;
        let patterns = schema.get("patternProperties").map_or(Ok(&none), object)?;
        let mut undeclared = Vec::new();
        for (name, member) in members {
            let mut of: Vec<_> = declared.get(name).into_iter().map(|of| self.valid(of, member)).collect();
            for (pattern, schema) in patterns {
                if expression(pattern)?.is_match(name) {
                    of.push(self.valid(schema, member));
                }
            }
            if of.is_empty() {
                undeclared.push((name, member));
            } else {
                seen.names.insert(name.clone());
            }
            valid &= of.into_iter().collect::<Judged<Vec<_>>>()?.iter().all(|held| *held);
        }
        if let Some(of) = schema.get("additionalProperties") {
            for (name, member) in undeclared {
                valid &= self.valid(of, member)?;
                seen.names.insert(name.clone());
            }
        }
        if let Some(of) = schema.get("propertyNames") {
            for name in members.keys() {
                valid &= self.valid(of, &Value::String(name.clone()))?;
            }
        }
        if let Some(of) = schema.get("unevaluatedProperties") {
            for (name, member) in members {
                if seen.names.insert(name.clone()) {
                    valid &= self.valid(of, member)?;
                }
            }
        }
        Ok(valid)
    }
}

impl Seen {
    /// Adds what a valid schema has looked at; says whether it was valid.
    fn add(&mut self, other: Option<Seen>) -> bool {
        let Some(other) = other else { return false };
        self.names.extend(other.names);
        self.items.extend(other.items);
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn judges_each_keyword() {
        let cases = [
            (json!({"type": ["integer", "null"]}), json!([1, 1.0, null]), json!([1.5, "1", true])),
            (json!({"enum": [1, {"a": [1.0]}]}), json!([1.0, {"a": [1]}]), json!([2, {"a": []}, {"a": [1], "b": 1}])),
            (json!({"minimum": 1, "exclusiveMaximum": 3}), json!([1, 2.9, "0"]), json!([0.9, 3])),
            (json!({"multipleOf": 1.5}), json!([0, 3, -4.5]), json!([1, 2.5])),
            (json!({"minLength": 1, "maxLength": 2}), json!(["é", "😀a", 5]), json!(["", "abc"])),
            (json!({"pattern": "^\\d+$"}), json!(["12", 1]), json!(["1a", "٣"])),
            (json!({"uniqueItems": true, "maxItems": 2}), json!([[], [1, 2]]), json!([[1, 1.0], [1, 2, 3]])),
            (json!({"required": ["a"], "maxProperties": 1}), json!([{"a": 1}]), json!([{}, {"a": 1, "b": 1}])),
            (json!({"dependentRequired": {"a": ["b"]}}), json!([{"a": 1, "b": 1}, {}]), json!([{"a": 1}])),
            (json!({"dependentSchemas": {"a": {"maxProperties": 1}}}), json!([{"a": 1}]), json!([{"a": 1, "b": 1}])),
            (json!({"allOf": [{"minimum": 1}, {"maximum": 2}]}), json!([1]), json!([0, 3])),
            (json!({"anyOf": [{"minimum": 5}, {"maximum": 2}]}), json!([1, 5]), json!([3])),
            (json!({"oneOf": [{"minimum": 1}, {"maximum": 2}]}), json!([0, 3]), json!([1, 2])),
            (json!({"not": {"type": "string"}}), json!([1]), json!(["a"])),
            (
                json!({"if": {"minimum": 1}, "then": {"maximum": 2}, "else": {"const": 0}}),
                json!([0, 1]),
                json!([-1, 3]),
            ),
            (json!({"prefixItems": [{"const": 1}], "items": {"const": 2}}), json!([[], [1, 2]]), json!([[2], [1, 1]])),
            (json!({"contains": {"const": 1}, "maxContains": 1}), json!([[2, 1]]), json!([[], [2], [1, 1]])),
            (json!({"contains": {"const": 1}, "unevaluatedItems": {"const": 2}}), json!([[2, 1]]), json!([[3, 1]])),
            (
                json!({"properties": {"a": {"const": 1}}, "additionalProperties": false}),
                json!([{"a": 1}]),
                json!([{"a": 2}, {"b": 1}]),
            ),
            (json!({"patternProperties": {"^a": {"const": 1}}}), json!([{"ab": 1, "b": 2}]), json!([{"ab": 2}])),
            (json!({"propertyNames": {"maxLength": 1}}), json!([{"a": 1}]), json!([{"ab": 1}])),
            (
                json!({"anyOf": [{"properties": {"a": true}}], "unevaluatedProperties": false}),
                json!([{"a": 1}]),
                json!([{"b": 1}]),
            ),
            (json!({"items": {"$ref": "#"}, "maxItems": 1}), json!([[[1]]]), json!([[[1, 2]]])),
        ];
        for (schema, valid, invalid) in &cases {
            for (values, expected) in [(valid, true), (invalid, false)] {
                for value in values.as_array().unwrap() {
                    assert!(is_valid(schema, value).is_ok_and(|found| found == expected), "{schema} for {value}");
                }
            }
        }
        for schema in
            [json!({"$ref": "#"}), json!({"$ref": "#a"}), json!({"pattern": "(a)\\1"}), json!({"minItems": -1})]
        {
            let unjudged = ["a"].iter().any(|text| is_valid(&schema, &json!(text)).is_err())
                || is_valid(&schema, &json!([])).is_err();
            assert!(unjudged, "{schema}");
        }
    }
}
