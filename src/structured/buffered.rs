//! Integers of 128 bits where serde keeps what it reads until it knows the type: what it keeps has none.
use foldhash::{HashSet, HashSetExt};
use serde_json::{Map, Value};

use super::{
    document::{Document, error_at},
    pointer::child,
    tagging::{IN_PLACE, Tagging},
};
use crate::Result;

/// A schema of a type.
struct Place<'a> {
    schema: &'a Value,
    pointer: String,
    /// Whether serde keeps what it describes.
    is_kept: bool,
}

/// Refuses such integers in untagged and internally tagged enums, and in what is seen to be flattened.
pub(crate) fn check<'a>(document: &Document<'a>, root: &'a Value) -> Result<()> {
    let mut seen = HashSet::new();
    let mut waiting = vec![Place { schema: root, pointer: String::new(), is_kept: false }];
    while let Some(place) = waiting.pop() {
        let Value::Object(object) = place.schema else { continue };
        if !seen.insert((std::ptr::from_ref(object), place.is_kept)) {
            continue;
        }
        if place.is_kept && matches!(object.get("format").and_then(Value::as_str), Some("int128" | "uint128")) {
            let message = "serde keeps what it reads of untagged and internally tagged enums, and of what is flattened, until \
                           it knows the type, and can keep no integers of 128 bits: use 64 bits or a text";
            return Err(error_at(&child(&place.pointer, "format"), message));
        }
        below(document, &place, object, &mut waiting);
    }
    Ok(())
}

/// Adds the schemas that one refers to or holds.
fn below<'a>(document: &Document<'a>, place: &Place<'a>, object: &'a Map<String, Value>, waiting: &mut Vec<Place<'a>>) {
    let mut add = |pointer, schema, is_kept| waiting.push(Place { schema, pointer, is_kept });
    // What holds beside the type or the fields of an object is flattened into it.
    let is_flat = object.contains_key("type") || object.contains_key("properties");
    for (keyword, value) in object {
        let at = child(&place.pointer, keyword);
        match (keyword.as_str(), value) {
            ("$ref", Value::String(reference)) => {
                if let Some((pointer, schema)) = document.local(reference) {
                    add(pointer, schema, place.is_kept || is_flat);
                }
            }
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => {
                let is_kept = match keyword.as_str() {
                    "prefixItems" => false,
                    "allOf" => is_flat,
                    _ => is_flat || is_buffered(Tagging::of(keyword, schemas)),
                };
                for (number, schema) in schemas.iter().enumerate() {
                    add(child(&at, &number.to_string()), schema, place.is_kept || is_kept);
                }
            }
            ("properties", Value::Object(fields)) => {
                fields.iter().for_each(|(name, schema)| add(child(&at, name), schema, place.is_kept));
            }
            ("patternProperties", Value::Object(values)) => {
                for (name, schema) in values {
                    add(child(&at, name), schema, place.is_kept || is_flattened(object, schema));
                }
            }
            ("additionalProperties" | "unevaluatedProperties", schema) => {
                add(at, schema, place.is_kept || is_flattened(object, schema));
            }
            ("items", schema) => add(at, schema, place.is_kept),
            _ => {}
        }
    }
}

fn is_buffered(tagging: Tagging) -> bool {
    matches!(tagging, Tagging::Internal | Tagging::Untagged)
}

/// Whether these values of other names are those of a flattened map. In a map by itself, of which some keys are known, all
/// values are alike.
fn is_flattened(object: &Map<String, Value>, values: &Value) -> bool {
    let fields = object.get("properties").and_then(Value::as_object);
    let is_beside = fields.is_some_and(|fields| {
        let is_map = !object.contains_key("required") && fields.values().all(|field| field == values);
        !fields.is_empty() && !is_map
    });
    is_beside || IN_PLACE.iter().any(|keyword| object.contains_key(*keyword))
}
