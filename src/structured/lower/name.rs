//! Names of rules: letters, digits and dashes, each once.
use foldhash::{HashMap, HashMapExt};
use smol_str::{SmolStr, SmolStrBuilder, format_smolstr};

use crate::structured::pointer::segments;

/// The names of the rules that grammars share; no other rule may have them.
const SHARED: &[&str] = &[
    "root",
    "value",
    "object",
    "array",
    "member",
    "string",
    "string-rest",
    "char",
    "escape",
    "key",
    "key-rest",
    "key-escape",
    "hex",
    "integer",
    "number",
    "number-magnitude",
    "float",
    "float-magnitude",
    "int8",
    "int16",
    "int32",
    "int64",
    "int128",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uint128",
    "space",
];

/// The longest name.
const MAX_LENGTH: usize = 48;

/// Whether this is the name of a rule that grammars share.
pub(super) fn is_shared(name: &str) -> bool {
    SHARED.contains(&name)
}

/// The names taken, with the number to try next for those that are wanted again.
#[derive(Debug)]
pub(super) struct Names(HashMap<SmolStr, u32>);

impl Names {
    pub(super) fn new() -> Self {
        Names(HashMap::with_capacity(50))
    }

    /// A name near this one that was not given before.
    pub(super) fn unique(&mut self, near: &str) -> SmolStr {
        let base = mangle(near);
        let mut number = match self.0.get(&base) {
            Some(number) => *number,
            None if is_shared(&base) => 2,
            None => {
                self.0.insert(base.clone(), 2);
                return base;
            }
        };
        let mut name = numbered(&base, number);
        while self.0.contains_key(&name) {
            number += 1;
            name = numbered(&base, number);
        }
        self.0.insert(base, number + 1);
        self.0.insert(name.clone(), 2);
        name
    }
}

fn numbered(base: &str, number: u32) -> SmolStr {
    let mut name = SmolStrBuilder::new();
    name.push_str(base);
    name.push('-');
    name.push_str(itoa::Buffer::new().format(number));
    name.finish()
}

/// A name for the value that the schema at this place describes: the definition, then the properties below it.
pub(super) fn of_pointer(pointer: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut segments = segments(pointer);
    while let Some(segment) = segments.next() {
        match segment.as_str() {
            "$defs" | "definitions" | "properties" | "patternProperties" => words.extend(segments.next()),
            "items" => words.push("item".to_owned()),
            "prefixItems" => words.extend(segments.next().map(|number| format!("item-{number}"))),
            "additionalProperties" | "unevaluatedProperties" => words.push("value".to_owned()),
            "anyOf" | "oneOf" | "allOf" => drop(segments.next()),
            _ => words.push(segment),
        }
    }
    words.join("-")
}

/// The words of a text in lower case, with dashes between.
fn mangle(text: &str) -> SmolStr {
    let is_name = |text: &str| text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
    if text.len() <= MAX_LENGTH
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.split('-').all(|word| !word.is_empty() && is_name(word))
    {
        return text.into();
    }
    let mut name = String::new();
    let mut previous = None;
    for c in text.chars() {
        let begins_word =
            c.is_ascii_uppercase() && previous.is_some_and(|p: char| p.is_ascii_lowercase() || p.is_ascii_digit());
        if (begins_word || !c.is_ascii_alphanumeric()) && !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        }
        previous = Some(c);
    }
    name.truncate(MAX_LENGTH);
    let name = name.trim_end_matches('-');
    if name.is_empty() {
        return SmolStr::new_static("part");
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) { format_smolstr!("part-{name}") } else { name.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_pointer() {
        assert_eq!(of_pointer("/$defs/LineItem/properties/unit_price"), "LineItem-unit_price");
        assert_eq!(mangle("LineItem-unit_price"), "line-item-unit-price");
        assert_eq!(mangle("größe"), "gr-e");
        assert_eq!(mangle("漢字"), "part");
        assert_eq!(mangle("2d"), "part-2d");
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::new();
        assert_eq!(names.unique("string"), "string-2");
        assert_eq!(names.unique("Number-magnitude"), "number-magnitude-2");
        assert_eq!(names.unique("a"), "a");
        assert_eq!(names.unique("A"), "a-2");
        assert_eq!(names.unique("a-2"), "a-2-2");
    }
}
