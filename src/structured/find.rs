//! Where in a schema a keyword stands, for messages about values that several schemas describe together.
use serde_json::Value;

use super::pointer::child;

/// Keywords whose schemas hold in place of the one that they stand in.
const IN_PLACE: &[&str] =
    &["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies", "$ref"];

/// The most schemas that are looked at.
const MAX_LOOKED: usize = 1_000;

/// The pointer to the nearest place of a keyword, in a schema or in those that hold in place of it, and whether it is one
/// into the document, as it is behind a reference. `target` gives what a reference within the document means.
pub(super) fn keyword<'a>(
    schema: &'a Value,
    keyword: &str,
    target: &dyn Fn(&str) -> Option<&'a Value>,
) -> Option<(String, bool)> {
    let mut waiting = vec![(schema, String::new(), false)];
    let mut looked = 0;
    while let Some((value, pointer, absolute)) = waiting.get(looked).cloned() {
        looked += 1;
        if looked > MAX_LOOKED {
            return None;
        }
        let Value::Object(object) = value else { continue };
        if object.contains_key(keyword) {
            return Some((child(&pointer, keyword), absolute));
        }
        for (name, below) in IN_PLACE.iter().filter_map(|name| object.get_key_value(*name)) {
            let at = child(&pointer, name);
            match below {
                Value::String(reference) if name == "$ref" => {
                    let pointer = reference.strip_prefix('#').unwrap_or_default().to_owned();
                    waiting.extend(target(reference).map(|value| (value, pointer, true)));
                }
                Value::Array(items) => {
                    let items = items.iter().enumerate();
                    waiting.extend(items.map(|(number, value)| (value, child(&at, &number.to_string()), absolute)));
                }
                Value::Object(map) if name.starts_with("depend") => {
                    waiting.extend(map.iter().map(|(name, value)| (value, child(&at, name), absolute)));
                }
                value => waiting.push((value, at, absolute)),
            }
        }
    }
    None
}
