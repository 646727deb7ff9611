//! A plain validator of the keywords that random schemas use, to judge grammars by.
use serde_json::{Map, Value};

/// Whether a value satisfies the schema at `schema` of the document `root`.
pub(crate) fn is_valid(root: &Value, schema: &Value, value: &Value) -> bool {
    satisfies(root, schema, value, 0)
}

fn satisfies(root: &Value, schema: &Value, value: &Value, depth: usize) -> bool {
    // What a schema means that refers to itself for the same value is not defined.
    if depth > 400 {
        return true;
    }
    let Some(schema) = schema.as_object() else { return schema == &Value::Bool(true) };
    let valid = |sub: &Value, value: &Value| satisfies(root, sub, value, depth + 1);
    let branches = |keyword: &str| schema.get(keyword).map(|list| list.as_array().unwrap());
    let own = [
        schema.get("type").is_none_or(|types| match types {
            Value::Array(types) => types.iter().any(|name| has_type(name, value)),
            name => has_type(name, value),
        }),
        schema.get("enum").is_none_or(|list| list.as_array().unwrap().contains(value)),
        schema.get("const").is_none_or(|constant| constant == value),
        schema.get("not").is_none_or(|not| !valid(not, value)),
        schema.get("$ref").is_none_or(|target| {
            let pointer = target.as_str().unwrap().strip_prefix('#').unwrap();
            valid(root.pointer(pointer).unwrap(), value)
        }),
        branches("allOf").is_none_or(|list| list.iter().all(|sub| valid(sub, value))),
        branches("anyOf").is_none_or(|list| list.iter().any(|sub| valid(sub, value))),
        branches("oneOf").is_none_or(|list| list.iter().filter(|sub| valid(sub, value)).count() == 1),
    ];
    let of_type = match value {
        Value::Number(number) => {
            let number = number.as_f64().unwrap();
            let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
            bound("minimum").is_none_or(|min| number >= min)
                && bound("maximum").is_none_or(|max| number <= max)
                && bound("exclusiveMinimum").is_none_or(|min| number > min)
                && bound("exclusiveMaximum").is_none_or(|max| number < max)
        }
        Value::String(text) => counted(schema, "minLength", "maxLength", text.chars().count()),
        Value::Array(items) => {
            let prefix: &[Value] = branches("prefixItems").map_or(&[], Vec::as_slice);
            counted(schema, "minItems", "maxItems", items.len())
                && items.iter().zip(prefix).all(|(item, sub)| valid(sub, item))
                && schema.get("items").is_none_or(|sub| items.iter().skip(prefix.len()).all(|item| valid(sub, item)))
        }
        Value::Object(members) => {
            let none = Map::new();
            let declared = schema.get("properties").map_or(&none, |properties| properties.as_object().unwrap());
            let required = branches("required").map_or(&[][..], Vec::as_slice);
            counted(schema, "minProperties", "maxProperties", members.len())
                && required.iter().all(|name| members.contains_key(name.as_str().unwrap()))
                && members.iter().all(|(name, member)| match (declared.get(name), schema.get("additionalProperties")) {
                    (Some(sub), _) | (None, Some(sub)) => valid(sub, member),
                    (None, None) => true,
                })
        }
        Value::Null | Value::Bool(_) => true,
    };
    of_type && own.into_iter().all(|holds| holds)
}

fn counted(schema: &Map<String, Value>, min: &str, max: &str, count: usize) -> bool {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
    bound(min).is_none_or(|min| count as u64 >= min) && bound(max).is_none_or(|max| count as u64 <= max)
}

fn has_type(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => value.is_null(),
    }
}
