//! What serde can never read of a type, as far as its schema shows it.
use serde_json::Value;

use super::{fields::Fields, own::Own};
use crate::{
    Result, regular,
    structured::{bounds::Types, format::integer_range},
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
    check_keys(fields)
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
