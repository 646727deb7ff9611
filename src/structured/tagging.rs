//! How serde tells the variants of an enum apart, as far as the schema that schemars derives shows it.
use serde_json::{Map, Value};

/// Keywords whose schemas hold in place of the one that they stand in, as schemars writes them.
pub(crate) const IN_PLACE: [&str; 4] = ["$ref", "allOf", "anyOf", "oneOf"];

/// How the variants of an enum are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagging {
    /// By the key of the content, or as a string.
    External,
    /// By a tag, beside which the content stands under a name of its own.
    Adjacent,
    /// By a tag among the fields.
    Internal,
    /// By what they hold.
    Untagged,
    /// The branches are those of no enum, but of an `Option`, or written by hand.
    Other,
}

impl Tagging {
    /// Of the branches of `oneOf` or `anyOf`.
    pub(crate) fn of(keyword: &str, branches: &[Value]) -> Self {
        if keyword == "anyOf" {
            return if is_option(branches) { Tagging::Other } else { Tagging::Untagged };
        }
        if branches.iter().all(is_external) {
            return Tagging::External;
        }
        let tags: Option<Vec<&str>> = branches.iter().map(tag).collect();
        match tags.as_deref() {
            Some([first, rest @ ..]) if rest.iter().all(|tag| tag == first) => {
                if is_adjacent(branches, first) {
                    Tagging::Adjacent
                } else {
                    Tagging::Internal
                }
            }
            _ => Tagging::Other,
        }
    }
}

/// Whether the branches are a type and its absence: `null`, or nothing where an enum is flattened.
fn is_option(branches: &[Value]) -> bool {
    let [present, Value::Object(absent)] = branches else { return false };
    match absent.len() {
        0 => present.get("oneOf").is_some(),
        1 => absent.get("type").and_then(Value::as_str) == Some("null"),
        _ => false,
    }
}

fn is_external(branch: &Value) -> bool {
    let Some(properties) = branch.get("properties").and_then(Value::as_object) else {
        return branch.get("type").and_then(Value::as_str) == Some("string");
    };
    let has_const = properties.values().any(|content| content.get("const").is_some());
    properties.len() == 1 && properties.keys().all(|name| is_required(branch, name)) && !has_const
}

/// The name of the tag: a string that is given.
fn tag(branch: &Value) -> Option<&str> {
    let properties = branch.get("properties")?.as_object()?;
    let tag = properties
        .iter()
        .find(|(name, schema)| schema.get("const").is_some_and(Value::is_string) && is_required(branch, name));
    tag.map(|(name, _)| name.as_str())
}

/// Whether what stands beside the tag is one property, of one name in several variants. Where the tag is among the fields
/// and the variants have one field each, of the same name, that looks the same.
fn is_adjacent(branches: &[Value], tag: &str) -> bool {
    let mut contents: Vec<&str> = Vec::new();
    for branch in branches {
        let properties = branch.get("properties").and_then(Value::as_object);
        let others: Vec<&str> =
            properties.into_iter().flat_map(Map::keys).map(String::as_str).filter(|name| *name != tag).collect();
        if IN_PLACE.iter().any(|keyword| branch.get(*keyword).is_some()) {
            return false;
        }
        match others.as_slice() {
            [] => {}
            [content] if is_required(branch, content) => contents.push(*content),
            _ => return false,
        }
    }
    contents.len() > 1 && contents.iter().all(|content| Some(content) == contents.first())
}

fn is_required(branch: &Value, name: &str) -> bool {
    let required = branch.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|required| required.as_str() == Some(name)))
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;

    use super::*;
    use crate::structured::schema_for_type;

    macro_rules! of {
        ($($(#[$attribute:meta])* { $($variants:tt)* })*) => {
            [$({
                #[derive(JsonSchema)]
                $(#[$attribute])*
                #[allow(dead_code, reason = "only its schema is of interest")]
                enum Subject { $($variants)* }
                (tagging::<Subject>(), tagging::<Option<Subject>>())
            }),*]
        };
    }

    fn tagging<T: JsonSchema>() -> Tagging {
        let schema = schema_for_type::<T>();
        let of = |keyword: &str| Some(Tagging::of(keyword, schema.get(keyword)?.as_array()?));
        of("oneOf").or_else(|| of("anyOf")).unwrap()
    }

    #[test]
    fn schemas_show_how_variants_are_told_apart() {
        let found = of! {
            { A, B(u8), C { x: u8 } }
            #[serde(tag = "t", content = "c")] { A, B(u8), C { x: u8 } }
            #[serde(tag = "t")] { A, B { x: u8 }, C { x: Option<u8> } }
            #[serde(tag = "t")] { A { c: u8 } }
            #[serde(untagged)] { A, B(u8), C { x: u8 } }
        };
        let known = [Tagging::External, Tagging::Adjacent, Tagging::Internal, Tagging::Internal, Tagging::Untagged];
        assert_eq!(found.map(|(is, _)| is), known);
        assert!(found.iter().all(|(_, optional)| *optional == Tagging::Other));
    }
}
