//! What serde can never read of a type, as far as its schema shows it.
use foldhash::{HashSet, HashSetExt};
use serde_json::{Map, Value};

use super::{fields::Fields, own::Own};
use crate::{
    Result, regular,
    structured::{bounds::Types, document::error_at, format::integer_range, pointer::child},
};

/// Keywords that schemars gives to lists, numbers and strings.
const OF_OTHERS: &[&str] = &[
    "exclusiveMaximum",
    "exclusiveMinimum",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "prefixItems",
    "uniqueItems",
];

/// Refuses what serde does not read, whatever is written.
pub(super) fn check(fields: &Fields<'_, '_>, own: &Own<'_>) -> Result<()> {
    check_content(fields, own)?;
    check_keys(fields)?;
    check_names(fields)
}

/// Refuses contents beside a tag that are no objects. schemars leaves their keywords where they are, and makes the type
/// that of an object.
fn check_content(fields: &Fields<'_, '_>, own: &Own<'_>) -> Result<()> {
    if own.types != Types::OBJECT {
        return Ok(());
    }
    let is_format = |name: &str| {
        integer_range(name).is_some() || matches!(name, "float" | "double") || regular::format(name).is_some()
    };
    let found = fields.object.iter().find(|(keyword, value)| match keyword.as_str() {
        "format" => value.as_str().is_some_and(is_format),
        "enum" => value.as_array().is_some_and(|values| !values.iter().any(Value::is_object)),
        "$ref" => {
            let target = value.as_str().and_then(|reference| fields.document.local(reference));
            target.is_some_and(|(_, target)| is_no_object(target))
        }
        keyword => OF_OTHERS.contains(&keyword),
    });
    let Some((keyword, _)) = found else { return Ok(()) };
    let message = format!(
        "what `{keyword}` speaks of is no object, and serde reads nothing else beside the tag of an enum: make it a struct \
         variant, or give the content a name with `content`"
    );
    Err(fields.error(keyword, message))
}

/// Whether the schema that schemars gives to a type is that of lists, numbers or strings only.
fn is_no_object(schema: &Value) -> bool {
    let is_other = |name: &Value| name.as_str().is_some_and(|name| name != "object");
    match schema.get("type") {
        Some(Value::Array(names)) => names.iter().all(is_other),
        Some(name) => is_other(name),
        None => ["anyOf", "oneOf"].iter().any(|keyword| {
            let branches = schema.get(*keyword).and_then(Value::as_array);
            branches.is_some_and(|branches| branches.iter().all(is_no_object))
        }),
    }
}

/// Refuses integer keys beside named fields: serde hands the keys of a flattened map on as texts, and makes no integers of
/// them there.
fn check_keys(fields: &Fields<'_, '_>) -> Result<()> {
    let Some((_, Value::Object(patterns))) = fields.get("patternProperties") else { return Ok(()) };
    let is_integer = |pattern: &String| matches!(pattern.as_str(), r"^\d+$" | r"^-?\d+$");
    if fields.get("properties").is_some() && patterns.keys().any(is_integer) {
        let message = "serde reads no integer keys of a flattened map: make the keys texts, or do not flatten it";
        return Err(fields.error("patternProperties", message));
    }
    Ok(())
}

/// Refuses a field of what is flattened or tagged here that has the name of a field, or of the tag: serde gives what is
/// written to one of the two.
fn check_names(fields: &Fields<'_, '_>) -> Result<()> {
    let Some((_, Value::Object(own))) = fields.get("properties") else { return Ok(()) };
    for inner in inner(fields) {
        if let Some(name) = needed(inner.object).find(|name| own.contains_key(*name)) {
            let message = format!(
                "`{name}` is a field here and of what is flattened or tagged here, and serde gives it to one of the two: \
                 rename one"
            );
            return Err(error_at(&inner.pointer, message));
        }
    }
    Ok(())
}

/// The fields that an object must have.
fn needed(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let is_object = object.get("type").and_then(Value::as_str) == Some("object");
    let declared = object.get("properties").and_then(Value::as_object).filter(|_| is_object);
    let required = object.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    required.filter(move |name| declared.is_some_and(|declared| declared.contains_key(*name)))
}

/// A schema that holds in place of another one.
#[derive(Clone)]
struct Inner<'a> {
    /// Where it stands, or where a reference leads out to it.
    pointer: String,
    is_referred: bool,
    object: &'a Map<String, Value>,
}

/// The schemas that hold in place of one.
fn inner<'a>(fields: &Fields<'_, 'a>) -> Vec<Inner<'a>> {
    let pointer = fields.document.pointer(fields.node);
    let mut found = vec![Inner { pointer, is_referred: false, object: fields.object }];
    let mut seen = HashSet::new();
    let mut looked = 0;
    while let Some(Inner { pointer, is_referred, object }) = found.get(looked).cloned() {
        looked += 1;
        if !seen.insert(std::ptr::from_ref(object)) {
            continue;
        }
        let below = |step: &str| if is_referred { pointer.clone() } else { child(&pointer, step) };
        if let Some(Value::String(reference)) = object.get("$ref") {
            if let Some((_, Value::Object(object))) = fields.document.local(reference) {
                found.push(Inner { pointer: below("$ref"), is_referred: true, object });
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(branches)) = object.get(keyword) else { continue };
            for (at, branch) in branches.iter().enumerate() {
                if let Value::Object(object) = branch {
                    let pointer = if is_referred { pointer.clone() } else { child(&below(keyword), &at.to_string()) };
                    found.push(Inner { pointer, is_referred, object });
                }
            }
        }
    }
    found.split_off(1)
}
