//! Keywords of JSON schemas that hold no schemas.
use regex::Regex;
use serde_json::{Map, Value};

use super::validator::{Judged, Unjudged};

/// Whether a value satisfies the keywords that hold no schemas.
pub(super) fn plain(schema: &Map<String, Value>, value: &Value) -> Judged<bool> {
    let mut valid = true;
    for (keyword, limit) in schema {
        valid &= match (keyword.as_str(), value) {
            ("type", _) => match limit {
                Value::Array(names) => {
                    names.iter().map(|name| has_type(name, value)).collect::<Judged<Vec<_>>>()?.contains(&true)
                }
                name => has_type(name, value)?,
            },
            ("enum", _) => limit.as_array().ok_or(Unjudged)?.iter().any(|listed| same(listed, value)),
            ("const", _) => same(limit, value),
            ("minimum", Value::Number(_)) => float(value)? >= float(limit)?,
            ("maximum", Value::Number(_)) => float(value)? <= float(limit)?,
            ("exclusiveMinimum", Value::Number(_)) => float(value)? > float(limit)?,
            ("exclusiveMaximum", Value::Number(_)) => float(value)? < float(limit)?,
            ("multipleOf", Value::Number(_)) => is_multiple(float(value)?, float(limit)?)?,
            ("minLength", Value::String(text)) => text.chars().count() >= count(limit)?,
            ("maxLength", Value::String(text)) => text.chars().count() <= count(limit)?,
            ("pattern", Value::String(text)) => regex(limit)?.is_match(text),
            ("minItems", Value::Array(items)) => items.len() >= count(limit)?,
            ("maxItems", Value::Array(items)) => items.len() <= count(limit)?,
            ("uniqueItems", Value::Array(items)) if limit == &Value::Bool(true) => {
                items.iter().enumerate().all(|(at, item)| !items[..at].iter().any(|other| same(other, item)))
            }
            ("minProperties", Value::Object(members)) => members.len() >= count(limit)?,
            ("maxProperties", Value::Object(members)) => members.len() <= count(limit)?,
            ("required", Value::Object(members)) => has_all(members, limit)?,
            ("dependentRequired", Value::Object(members)) => {
                let of = object(limit)?.iter().filter(|(name, _)| members.contains_key(*name));
                of.map(|(_, names)| has_all(members, names)).collect::<Judged<Vec<_>>>()?.iter().all(|held| *held)
            }
            _ => true,
        };
    }
    Ok(valid)
}

fn has_type(name: &Value, value: &Value) -> Judged<bool> {
    Ok(match name.as_str().ok_or(Unjudged)? {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => return Err(Unjudged),
    })
}

/// Whether two values are the same, 1 and 1.0 being so.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || ((a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

/// A number, if it is small enough to be told from its neighbours.
fn float(value: &Value) -> Judged<f64> {
    value.as_f64().filter(|number| number.abs() < 1e15).ok_or(Unjudged)
}

/// Whether a number is a multiple, where that can be told without rounding.
fn is_multiple(number: f64, of: f64) -> Judged<bool> {
    let is_exact = |number: f64| (number * 1024.0).fract() == 0.0;
    let is_rounded = number.abs() >= 1e9 && number.fract() != 0.0;
    if of <= 0.0 || of >= 1e9 || !is_exact(of) || is_rounded {
        return Err(Unjudged);
    }
    Ok(is_exact(number) && number % of == 0.0)
}

pub(super) fn count(limit: &Value) -> Judged<usize> {
    let number =
        limit.as_f64().filter(|number| number.fract() == 0.0 && (0.0..1e9).contains(number)).ok_or(Unjudged)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and small")]
    Ok(number as usize)
}

pub(super) fn object(value: &Value) -> Judged<&Map<String, Value>> {
    value.as_object().ok_or(Unjudged)
}

fn has_all(members: &Map<String, Value>, names: &Value) -> Judged<bool> {
    let names = names.as_array().ok_or(Unjudged)?.iter().map(|name| name.as_str().ok_or(Unjudged));
    Ok(names.collect::<Judged<Vec<_>>>()?.iter().all(|name| members.contains_key(*name)))
}

fn regex(pattern: &Value) -> Judged<Regex> {
    expression(pattern.as_str().ok_or(Unjudged)?)
}

/// An expression of ECMAScript, whose shorthands are about ASCII.
pub(super) fn expression(pattern: &str) -> Judged<Regex> {
    let spaces = r"[\t\n\x0B\x0C\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}]";
    let pattern = pattern.replace(r"\d", "[0-9]").replace(r"\w", "[A-Za-z0-9_]").replace(r"\s", spaces);
    Regex::new(&pattern).map_err(|_| Unjudged)
}
