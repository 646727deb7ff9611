//! A line of a batch, its parts as the text that they are: the id to come back as it was, the schema for its numbers.
use serde::de::IgnoredAny;

use crate::numbers::string_length;

/// The parts of `{"id":..,"schema":..}` that are there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) schema: Option<&'a str>,
}

impl<'a> Line<'a> {
    /// Reads a line, or says why it is none.
    pub(crate) fn read(line: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(line).map_err(|cause| cause.to_string())?.trim();
        serde_json::from_str::<IgnoredAny>(text).map_err(|cause| cause.to_string())?;
        let Some(mut rest) = text.strip_prefix('{') else { return Err("it is no object".to_owned()) };
        let mut out = Line { id: None, schema: None };
        // What follows is known to be the members of an object.
        loop {
            rest = rest.trim_start_matches([' ', '\t', '\n', '\r', ',']);
            if !rest.starts_with('"') {
                return Ok(out);
            }
            let (name, behind) = rest.split_at(string_length(rest.as_bytes()).min(rest.len()));
            let value = behind.trim_start_matches([' ', '\t', '\n', '\r', ':']);
            let (value, behind) = value.split_at(value_length(value.as_bytes()).min(value.len()));
            let name: String = serde_json::from_str(name).map_err(|cause| cause.to_string())?;
            let slot = match name.as_str() {
                "id" => Some(&mut out.id),
                "schema" => Some(&mut out.schema),
                _ => None,
            };
            if slot.is_some_and(|slot| slot.replace(value.trim_end()).is_some()) {
                return Err(format!("it has two members `{name}`"));
            }
            rest = behind;
        }
    }
}

/// The bytes of the value that the text begins with, up to the comma or brace behind it.
fn value_length(text: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => at += string_length(text.get(at..).unwrap_or_default()) - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_text_that_they_are() {
        let read = |text: &'static str| Line::read(text.as_bytes());
        let line = |id, schema| Ok(Line { id, schema });
        assert_eq!(read(r#"{"id":1.50,"schema":true}"#), line(Some("1.50"), Some("true")));
        assert_eq!(read(" { } \n"), line(None, None));
        assert_eq!(
            read("{ \"more\" : [{\"id\":2},\"}\\\"\"], \"schema\" : {\"a\": [1, {}]} , \"\\u0069d\" : \"\\\"}\" }\r\n"),
            line(Some("\"\\\"}\""), Some("{\"a\": [1, {}]}"))
        );
        for wrong in ["", "[]", "1", "{\"id\":1,}", "{\"id\":1,\"id\":2}", "{\"id\":1} {}", "{id:1}"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(Line::read(b"{\"id\":\"\xFF\"}").is_err());
    }
}
