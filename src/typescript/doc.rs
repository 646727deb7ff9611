//! Doc comments: descriptions, and tags that restrict values.
use super::{
    ast::Place,
    fault::{Fault, Outcome},
};
use serde_json::{Map, Value, json};

/// What a tag's value is.
enum Takes {
    Number,
    Count,
    Text,
    /// Nothing.
    Flag,
}

/// The tags that are kept: the tag, the keyword, what it takes, and the JSON types it says something of.
const TAGS: [(&str, &str, Takes, &[&str]); 14] = [
    ("@minimum", "minimum", Takes::Number, &["number", "integer"]),
    ("@maximum", "maximum", Takes::Number, &["number", "integer"]),
    ("@exclusiveMinimum", "exclusiveMinimum", Takes::Number, &["number", "integer"]),
    ("@exclusiveMaximum", "exclusiveMaximum", Takes::Number, &["number", "integer"]),
    ("@multipleOf", "multipleOf", Takes::Number, &["number", "integer"]),
    ("@minLength", "minLength", Takes::Count, &["string"]),
    ("@maxLength", "maxLength", Takes::Count, &["string"]),
    ("@pattern", "pattern", Takes::Text, &["string"]),
    ("@format", "format", Takes::Text, &["string"]),
    ("@minItems", "minItems", Takes::Count, &["array"]),
    ("@maxItems", "maxItems", Takes::Count, &["array"]),
    ("@uniqueItems", "uniqueItems", Takes::Flag, &["array"]),
    ("@minProperties", "minProperties", Takes::Count, &["object"]),
    ("@maxProperties", "maxProperties", Takes::Count, &["object"]),
];

/// The schema with what the doc comment at this place of the text says.
pub(super) fn apply(text: &str, doc: Option<&Place>, schema: Value) -> Outcome<Value> {
    let Some(at) = doc else { return Ok(schema) };
    let mut schema = schema;
    let mut description: Vec<&str> = Vec::new();
    let mut in_description = true;
    let mut keywords = Map::new();
    for (line, at) in lines(text, at) {
        if !line.starts_with('@') {
            if in_description {
                description.push(line);
            }
            continue;
        }
        let (tag, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        in_description = tag == "@description";
        match tag {
            "@description" => description.push(value.trim()),
            "@deprecated" => drop(keywords.insert("deprecated".to_owned(), Value::Bool(true))),
            "@title" => drop(keywords.insert("title".to_owned(), value.trim().into())),
            // Spelled in three ways by the usual tools.
            "@integer" | "@asType" | "@TJS-type" | "@type" => {
                if tag == "@integer" || value.trim().trim_matches(['{', '}']) == "integer" {
                    schema = integer(schema)
                        .ok_or_else(|| Fault::new(&at, "`@integer` stands at what is no number: put it at one"))?;
                }
            }
            _ => {
                let Some((_, keyword, takes, types)) = TAGS.iter().find(|(known, ..)| *known == tag) else { continue };
                let value = read(takes, value.trim()).ok_or_else(|| {
                    Fault::new(&at, format!("`{tag}` has no value that it can take: write `{tag} {}`", example(takes)))
                })?;
                if !may_be(&schema, types) {
                    let why =
                        format!("`{tag}` says nothing of this type: put it at a type that is {}", types.join(" or "));
                    return Err(Fault::new(&at, why));
                }
                keywords.insert((*keyword).to_owned(), value);
            }
        }
    }
    let description = description.join("\n");
    let description = description.trim();
    if description.is_empty() && keywords.is_empty() {
        return Ok(schema);
    }
    let mut out = Map::new();
    if !description.is_empty() {
        out.insert("description".to_owned(), description.into());
    }
    match schema {
        Value::Object(schema) => {
            out.extend(schema.into_iter().filter(|(key, _)| key != "description" || !description.is_empty()));
        }
        // Nothing satisfies `not: {}`.
        Value::Bool(false) => drop(out.insert("not".to_owned(), json!({}))),
        _ => {}
    }
    if !description.is_empty() {
        out.insert("description".to_owned(), description.into());
    }
    out.extend(keywords);
    Ok(Value::Object(out))
}

/// The lines of a doc comment without its stars, and where they stand.
fn lines<'a>(text: &'a str, at: &Place) -> Vec<(&'a str, Place)> {
    let whole = text.get(at.start + 3..at.end.saturating_sub(2)).unwrap_or_default();
    let mut start = at.start + 3;
    let mut out = Vec::new();
    for raw in whole.split('\n') {
        let line = raw.trim();
        let line = line.strip_prefix('*').unwrap_or(line).trim();
        let offset = start + raw.find(line).unwrap_or_default();
        out.push((line, offset..offset + line.len()));
        start += raw.len() + 1;
    }
    out
}

fn read(takes: &Takes, value: &str) -> Option<Value> {
    match takes {
        Takes::Number => serde_json::from_str(value).ok().filter(Value::is_number),
        Takes::Count => value.parse::<u32>().ok().map(Value::from),
        Takes::Text => Some(value).filter(|value| !value.is_empty()).map(|value| value.trim_matches('`').into()),
        Takes::Flag => Some(Value::Bool(value != "false")),
    }
}

fn example(takes: &Takes) -> &'static str {
    match takes {
        Takes::Number => "1.5",
        Takes::Count => "3",
        Takes::Text => "text",
        Takes::Flag => "true",
    }
}

/// Whether a value of the schema may be of one of these types; of what is defined elsewhere it is not known.
fn may_be(schema: &Value, types: &[&str]) -> bool {
    let Value::Object(object) = schema else { return schema != &Value::Bool(false) };
    let one = |value: &Value| value.as_str().is_some_and(|name| types.contains(&name));
    if let Some(found) = object.get("type") {
        return one(found) || found.as_array().is_some_and(|all| all.iter().any(one));
    }
    if let Some(branches) = object.get("anyOf").and_then(Value::as_array) {
        return branches.iter().any(|branch| may_be(branch, types));
    }
    !object.contains_key("enum") && !object.contains_key("const")
}

/// The schema with integers for numbers.
fn integer(mut schema: Value) -> Option<Value> {
    let object = schema.as_object_mut()?;
    if let Some(found) = object.get_mut("type") {
        match found {
            Value::String(name) if name == "number" => "integer".clone_into(name),
            Value::Array(names) => *names.iter_mut().find(|name| *name == "number")? = "integer".into(),
            _ => return None,
        }
        return Some(schema);
    }
    let branches = object.get_mut("anyOf")?.as_array_mut()?;
    let number = branches.iter().position(|branch| integer(branch.clone()).is_some())?;
    let branch = branches.get_mut(number)?;
    *branch = integer(branch.take())?;
    Some(schema)
}
