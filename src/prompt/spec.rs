//! The format specification of an f-string's field: `{price:>8.2f}`.
use serde_json::Value;

// Beyond these a specification is more likely a mistake or an attack than a layout.
const MAX_WIDTH: usize = 1_000;
const MAX_PRECISION: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Align {
    Left,
    Center,
    Right,
}

impl Align {
    fn from_char(c: char) -> Option<Self> {
        match c {
            '<' => Some(Align::Left),
            '^' => Some(Align::Center),
            '>' => Some(Align::Right),
            _ => None,
        }
    }
}

/// `[[fill]align][width][.precision][s|d|f]`, as Python reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spec {
    fill: char,
    // Absent: numbers go right, all else left.
    align: Option<Align>,
    width: usize,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Spec {
    /// Reads what stands behind the colon; an error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut chars = text.chars();
        let (first, second) = (chars.next(), chars.next());
        let (fill, align, rest) = match (first, second.and_then(Align::from_char), first.and_then(Align::from_char)) {
            (Some(fill), Some(align), _) => (fill, Some(align), chars.as_str()),
            (Some(sign), None, Some(align)) => (' ', Some(align), text.strip_prefix(sign).unwrap_or_default()),
            _ => (' ', None, text),
        };
        let (width, rest) = number(rest, MAX_WIDTH, "width")?;
        if rest.starts_with('0') || text == "0" {
            return Err("padding with zeros by `0` is not supported; write `0>` and the width".to_owned());
        }
        let (precision, rest) = match rest.strip_prefix('.') {
            None => (None, rest),
            Some(rest) => match number(rest, MAX_PRECISION, "precision")? {
                (None, _) => return Err("a `.` must be followed by the number of digits".to_owned()),
                read => read,
            },
        };
        let kind = match rest {
            "" => None,
            "s" | "d" | "f" => rest.chars().next(),
            _ => {
                return Err(format!(
                    "`{text}` is no format specification this library knows; it knows [[fill]<^>][width][.precision][s|d|f]"
                ));
            }
        };
        match (kind, precision) {
            (Some('d'), Some(_)) => Err("a whole number (`d`) has no precision".to_owned()),
            _ => Ok(Spec { fill, align, width: width.unwrap_or(0), precision, kind }),
        }
    }

    /// Writes the value as specified; an error says why the value cannot be.
    pub(super) fn write(&self, value: &Value, out: &mut String) -> Result<(), String> {
        let text = self.text(value)?;
        let padding = self.width.saturating_sub(text.chars().count());
        let align = self.align.unwrap_or(if value.is_number() { Align::Right } else { Align::Left });
        let before = match align {
            Align::Left => 0,
            Align::Center => padding / 2,
            Align::Right => padding,
        };
        out.extend(std::iter::repeat_n(self.fill, before));
        out.push_str(&text);
        out.extend(std::iter::repeat_n(self.fill, padding - before));
        Ok(())
    }

    fn text(&self, value: &Value) -> Result<String, String> {
        match (self.kind, self.precision) {
            (Some('d'), _) if !(value.is_i64() || value.is_u64()) => Err("`d` takes a whole number".to_owned()),
            (Some('f'), precision) | (None, precision @ Some(_)) if value.is_number() => {
                let number = value.as_f64().ok_or("the number is out of range")?;
                match self.kind {
                    Some(_) => Ok(format!("{number:.*}", precision.unwrap_or(6))),
                    None => Err("a precision of a number needs `f`, as in `.2f`".to_owned()),
                }
            }
            (Some('f'), _) => Err("`f` takes a number".to_owned()),
            (Some('s'), _) if !value.is_string() => Err("`s` takes text".to_owned()),
            (_, precision) => {
                let mut text = String::new();
                plain(value, &mut text);
                Ok(match precision {
                    Some(limit) => text.chars().take(limit).collect(),
                    None => text,
                })
            }
        }
    }
}

/// Writes text as it is, and anything else as JSON.
pub(super) fn plain(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => out.push_str(text),
        value => out.push_str(&value.to_string()),
    }
}

/// Digits at the beginning, none of them a leading zero; the limit keeps a template from asking for gigabytes.
fn number<'a>(text: &'a str, limit: usize, what: &str) -> Result<(Option<usize>, &'a str), String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || (what == "width" && digits.starts_with('0')) {
        return Ok((None, text));
    }
    match digits.parse() {
        Ok(number) if number <= limit => Ok((Some(number), rest)),
        _ => Err(format!("a {what} of {digits} is beyond the limit of {limit}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn show(spec: &str, value: &Value) -> Result<String, String> {
        let mut out = String::new();
        Spec::parse(spec)?.write(value, &mut out)?;
        Ok(out)
    }

    // What Python's `format(value, spec)` gives.
    #[test]
    fn the_layout_is_pythons() {
        for (spec, value, expected) in [
            ("", json!("a"), "a"),
            ("5", json!("ab"), "ab   "),
            ("5", json!(12), "   12"),
            (">5", json!("ab"), "   ab"),
            ("<5", json!(12), "12   "),
            ("^5", json!("ab"), " ab  "),
            ("*^6", json!("ab"), "**ab**"),
            ("ü>4", json!("é"), "üüüé"),
            ("<<3", json!("a"), "a<<"),
            ("0>3", json!(7), "007"),
            ("2", json!("long"), "long"),
            (".2f", json!(4.14159), "4.14"),
            ("f", json!(2), "2.000000"),
            (">8.2f", json!(-3.5), "   -3.50"),
            (".0f", json!(3.7), "4"),
            (".3", json!("abcdef"), "abc"),
            ("5.1s", json!("xyz"), "x    "),
            ("d", json!(42), "42"),
        ] {
            assert_eq!(show(spec, &value).as_deref(), Ok(expected), "{spec} {value}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for spec in [
            "05",
            "0",
            "+d",
            ",",
            "x",
            "%",
            "e",
            "#x",
            ".f",
            "5.",
            ">>>5",
            "1001",
            ".101f",
            "99999999999999999999",
            ".2d",
        ] {
            assert!(Spec::parse(spec).is_err(), "{spec}");
        }
        for (spec, value) in
            [("d", json!(1.5)), ("d", json!("1")), ("f", json!("1")), ("s", json!(1)), (".2", json!(1.5))]
        {
            assert!(show(spec, &value).is_err(), "{spec} {value}");
        }
    }
}
