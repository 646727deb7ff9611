//! Templates in LangChain's f-string form: `Tell me about {topic}`.
use super::{
    inputs::Names,
    spec::{Spec, plain},
    vars::Vars,
};
use crate::{Error, ErrorKind, Result, Span};
use std::ops::Range;

/// A parsed f-string.
#[derive(Debug, Clone)]
pub(super) struct FString {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    Literal(String),
    Field { name: String, spec: Option<Spec>, place: Range<usize> },
}

impl FString {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (mut parts, mut literal, mut at) = (Vec::new(), String::new(), 0);
        while let Some((before, rest)) =
            text.get(at..).and_then(|rest| rest.find(['{', '}']).map(|end| rest.split_at(end)))
        {
            literal.push_str(before);
            let open = at + before.len();
            at = open + 1;
            if rest.starts_with("{{") || rest.starts_with("}}") {
                literal.extend(rest.chars().next());
                at += 1;
            } else if rest.starts_with('}') {
                return Err(refused(text, open..at, "a `}` closes nothing; write `}}` for a brace in the text"));
            } else {
                let Some(close) = text.get(at..).and_then(|rest| rest.find('}')).map(|length| at + length) else {
                    return Err(refused(
                        text,
                        open..at,
                        "this `{` is never closed; write `{{` for a brace in the text",
                    ));
                };
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(field(text, at..close)?);
                at = close + 1;
            }
        }
        literal.push_str(text.get(at..).unwrap_or_default());
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(FString { text: text.to_owned(), parts })
    }

    pub(super) fn source(&self) -> &str {
        &self.text
    }

    pub(super) fn names(&self) -> Names {
        let names = self.parts.iter().filter_map(|part| match part {
            Part::Literal(_) => None,
            Part::Field { name, .. } => Some(name.clone()),
        });
        let required = names.collect::<std::collections::BTreeSet<_>>();
        Names { printed: required.clone(), required, ..Names::default() }
    }

    /// Fills the fields. Values are written as they are: a brace in a value means nothing.
    pub(super) fn render(&self, vars: &Vars) -> Result<String> {
        let mut out = String::with_capacity(self.text.len());
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Field { name, spec, place } => {
                    let missing = || Error::new(ErrorKind::Variables, format!("variable `{name}` is missing"));
                    let value = vars.get(name).ok_or_else(missing)?;
                    match spec {
                        None => plain(value, &mut out),
                        Some(spec) => spec.write(value, &mut out).map_err(|why| {
                            refused(
                                &self.text,
                                place.clone(),
                                format!("variable `{name}` does not fit its format: {why}"),
                            )
                        })?,
                    }
                }
            }
        }
        Ok(out)
    }
}

/// Reads what stands between the braces at `place`.
fn field(text: &str, place: Range<usize>) -> Result<Part> {
    let inside = text.get(place.clone()).unwrap_or_default();
    let end = inside.find([':', '!']).unwrap_or(inside.len());
    let (name, rest) = inside.split_at(end);
    let name_place = place.start..place.start + end;
    if let Some(wrong) = wrong_name(name) {
        return Err(refused(text, name_place.start..name_place.end.max(name_place.start + 1), wrong));
    }
    let rest_place = name_place.end..place.end;
    if rest.starts_with('!') {
        return Err(refused(text, rest_place, "conversions such as `!r` are not supported"));
    }
    let spec = match rest.strip_prefix(':') {
        None | Some("") => None,
        Some(spec) if spec.contains('{') => {
            return Err(refused(text, rest_place, "a field within a format specification is not supported"));
        }
        Some(spec) => Some(Spec::parse(spec).map_err(|why| refused(text, rest_place, why))?),
    };
    Ok(Part::Field { name: name.to_owned(), spec, place })
}

fn wrong_name(name: &str) -> Option<String> {
    let brace = "write `{{` for a brace in the text";
    if name.is_empty() {
        return Some(format!("`{{}}` names no variable; {brace}"));
    }
    if name.chars().all(|c| c.is_ascii_digit()) {
        return Some(format!("`{name}` is a position, not a name; variables are given by name"));
    }
    if name.contains(['.', '[']) {
        return Some(format!(
            "`{name}` reaches into a value; only whole variables can be filled in, or use a Jinja template"
        ));
    }
    let starts = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if starts && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    Some(format!("`{name}` is not a variable's name (letters, digits and `_`); {brace}"))
}

fn refused(text: &str, place: Range<usize>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Template, message).with_span(Span::new(text, place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fill(text: &str, vars: &Vars) -> String {
        FString::parse(text).unwrap().render(vars).unwrap()
    }

    #[test]
    fn fields_and_escapes() {
        let vars = Vars::new().with("a", "{b} {{ x }}").with("b", 2).with("ünïcode_1", vec![1, 2]).with("t", true);
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("{a}", "{b} {{ x }}"),
            ("{{a}}", "{a}"),
            ("{{{b}}}", "{2}"),
            ("{{{{{b}}}}}", "{{2}}"),
            ("é{ünïcode_1}é{t}", "é[1,2]étrue"),
            ("[{b:>3}|{b:<3}|{b:}]", "[  2|2  |2]"),
            ("{{\"json\": {b}}}", "{\"json\": 2}"),
        ] {
            assert_eq!(fill(text, &vars), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_are_refused_where_they_stand() {
        for (text, column, says) in [
            ("a {", 3, "never closed"),
            ("a {b", 3, "never closed"),
            ("a }", 3, "closes nothing"),
            ("{a}}", 4, "closes nothing"),
            ("é {}", 4, "names no variable"),
            ("{:>5}", 2, "names no variable"),
            ("{0}", 2, "a position"),
            ("{a.b}", 2, "reaches into"),
            ("{a[0]}", 2, "reaches into"),
            ("{ a }", 2, "not a variable's name"),
            ("{\"key\": 1}", 2, "write `{{`"),
            ("{1a}", 2, "not a variable's name"),
            ("{a!r}", 3, "conversions"),
            ("{a:{b}}", 3, "within a format"),
            ("{a:q}", 3, "format specification"),
            ("one\ntwo {", 5, "never closed"),
        ] {
            let error = FString::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Template, "{text}");
            assert!(error.message().contains(says), "{text}: {error}");
            assert_eq!(error.span().unwrap().column, column, "{text}: {error}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_its_format_is_an_error_at_the_field() {
        let error = FString::parse("say {n:d}").unwrap().render(&Vars::from([("n", "x")])).unwrap_err();
        assert_eq!((error.kind(), error.span().unwrap().column), (ErrorKind::Template, 6));
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in "(\\PC|[{}:.!\n])*") {
            if let Ok(parsed) = FString::parse(&text) {
                let vars = parsed.names().required.into_iter().map(|name| (name, "v")).collect();
                // A format may refuse the text; it must not panic.
                let _ = parsed.render(&vars);
            }
        }

        #[test]
        fn text_without_braces_stays_as_it_is(text in "[^{}]*") {
            prop_assert_eq!(fill(&text, &Vars::new()), text);
        }

        #[test]
        fn escaped_text_stays_as_it_is(text in "(\\PC|[{}])*") {
            let escaped = text.replace('{', "{{").replace('}', "}}");
            prop_assert_eq!(fill(&escaped, &Vars::new()), text);
        }

        #[test]
        fn values_are_never_read_again(a in "(\\PC|[{}%])*", b in "(\\PC|[{}%])*") {
            let vars = Vars::from([("a", &a), ("b", &b)]);
            prop_assert_eq!(fill("<{a}|{b}|{a}>", &vars), format!("<{a}|{b}|{a}>"));
        }
    }
}
