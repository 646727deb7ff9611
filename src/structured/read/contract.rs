//! What serde can never read of a type, as far as its schema shows it.
use foldhash::{HashSet, HashSetExt};
use serde_json::{Map, Value};

use super::{fields::Fields, own::Own};
use crate::{
    Result, regular,
    structured::{
        bounds::Types,
        document::{Document, error_at},
        format::integer_range,
        keywords::is_annotation,
        pointer::child,
        tagging::{IN_PLACE, Tagging},
    },
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

/// The most references that are followed from one to the next.
const MAX_ALIASES: usize = 100;

/// Refuses what serde does not read, whatever is written.
pub(super) fn check(fields: &Fields<'_, '_>, own: &Own<'_>) -> Result<()> {
    check_content(fields, own)?;
    check_keys(fields)?;
    check_names(fields)?;
    check_rest(fields)
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
    let is_flat = fields.get("properties").is_some() || IN_PLACE.iter().any(|keyword| fields.get(keyword).is_some());
    if is_flat && patterns.keys().any(is_integer) {
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

/// Refuses a flattened enum beside a flattened map that cannot hold its entries, or where unknown fields are denied: serde
/// leaves them there when it has read the enum.
fn check_rest(fields: &Fields<'_, '_>) -> Result<()> {
    let Some((keyword, rest)) = fields.get("unevaluatedProperties") else { return Ok(()) };
    for inner in inner(fields).into_iter().filter(|inner| inner.is_left) {
        let declared = inner.object.get("properties").and_then(Value::as_object);
        let unread = declared.into_iter().flatten().find(|(_, value)| !fits(fields.document, value, rest));
        if let Some((name, _)) = unread {
            let message = format!(
                "serde gives `{name}` of a flattened enum also to a flattened map, which cannot hold it here, and takes it \
                 for unknown where unknown fields are denied: flatten one of the two only"
            );
            return Err(fields.error(keyword, message));
        }
    }
    Ok(())
}

/// Whether a value of the first schema is one of the second, as far as their forms show.
fn fits<'a>(document: &Document<'a>, value: &'a Value, rest: &'a Value) -> bool {
    let (value, rest) = (constraints(document, value), constraints(document, rest));
    match (value.iter().find(|(keyword, _)| *keyword == "type"), rest.as_slice()) {
        (_, []) => true,
        (Some(&(_, types)), &[("type", wide)]) => names(types).iter().all(|name| names(wide).contains(name)),
        _ => value == rest,
    }
}

/// The types that `type` names.
fn names(types: &Value) -> Vec<&str> {
    match types {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    }
}

/// The keywords of a schema that restrict values, or those of the schema that it refers to.
fn constraints<'a>(document: &Document<'a>, mut schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
    for _ in 0..MAX_ALIASES {
        let Value::Object(object) = schema else { break };
        let keywords = object.iter().map(|(keyword, value)| (keyword.as_str(), value));
        let keywords: Vec<(&str, &Value)> = keywords.filter(|(keyword, _)| !is_annotation(keyword)).collect();
        let target = match keywords.as_slice() {
            [("$ref", Value::String(reference))] => document.local(reference),
            _ => None,
        };
        match target {
            Some((_, target)) => schema = target,
            None => return keywords,
        }
    }
    if *schema == Value::Bool(true) { Vec::new() } else { vec![("", schema)] }
}

/// A schema that holds in place of another one.
#[derive(Clone)]
struct Inner<'a> {
    /// Where it stands, or where a reference leads out to it.
    pointer: String,
    is_referred: bool,
    object: &'a Map<String, Value>,
    /// Whether it is of an enum whose entries serde leaves to others, too.
    is_left: bool,
}

/// The schemas that hold in place of one.
fn inner<'a>(fields: &Fields<'_, 'a>) -> Vec<Inner<'a>> {
    let pointer = fields.document.pointer(fields.node);
    let mut found = vec![Inner { pointer, is_referred: false, object: fields.object, is_left: false }];
    let mut seen = HashSet::new();
    let mut looked = 0;
    while let Some(Inner { pointer, is_referred, object, is_left }) = found.get(looked).cloned() {
        looked += 1;
        if !seen.insert((std::ptr::from_ref(object), is_left)) {
            continue;
        }
        let below = |step: &str| if is_referred { pointer.clone() } else { child(&pointer, step) };
        if let Some(Value::String(reference)) = object.get("$ref") {
            if let Some((_, Value::Object(object))) = fields.document.local(reference) {
                found.push(Inner { pointer: below("$ref"), is_referred: true, object, is_left });
            }
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(Value::Array(branches)) = object.get(keyword) else { continue };
            let is_left = is_left
                || keyword != "allOf"
                    && matches!(Tagging::of(keyword, branches), Tagging::Internal | Tagging::Untagged);
            for (at, branch) in branches.iter().enumerate() {
                if let Value::Object(object) = branch {
                    let pointer = if is_referred { pointer.clone() } else { child(&below(keyword), &at.to_string()) };
                    found.push(Inner { pointer, is_referred, object, is_left });
                }
            }
        }
    }
    found.split_off(1)
}
