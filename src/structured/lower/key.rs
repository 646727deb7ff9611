//! Names of undeclared properties, spelled so that none can mean a declared one.
use super::{
    expr::{class, many, not_class, optional, seq, text},
    factor::alt,
    number::integer,
    rules::Rules,
    string::{ESCAPED, quoted},
};
use crate::{
    Result,
    gbnf::Expr,
    regular::{self, Dfa, Encoding},
    structured::{document::schema_error, format::integer_range},
};

/// How many characters of a name one rule spells.
const RULE_DEPTH: usize = 8;

/// The longest declared name that undeclared ones are told from.
const MAX_NAME: usize = 500;

/// The escapes of one letter that `serde_json` writes in names.
const SHORT: [(char, char); 7] =
    [('"', '"'), ('\\', '\\'), ('b', '\u{8}'), ('f', '\u{c}'), ('n', '\n'), ('r', '\r'), ('t', '\t')];

/// A name in quotes that is of a language and not declared; absent if there is none.
pub(super) fn key<'a>(
    rules: &mut Rules,
    near: &str,
    names: Option<&Dfa>,
    declared: impl Iterator<Item = &'a str>,
    typed: bool,
) -> Result<Option<Expr>> {
    let Some(names) = names else {
        let mut declared: Vec<&str> = declared.collect();
        if declared.is_empty() {
            return Ok(Some(rules.shared("key", |rules| quoted(many(key_char(rules))))));
        }
        declared.sort_unstable();
        declared.dedup();
        return Ok(Some(quoted(others(rules, near, &declared, 0, 0)?)));
    };
    let declared: Vec<&str> = declared.filter(|name| names.contains(name)).collect();
    if typed && declared.is_empty() {
        // Maps with integers as keys: what is read is no wider than the narrowest type that they may have.
        let is = |pattern| regular::pattern(pattern).is_ok_and(|texts| texts == *names);
        let width = if is(r"^\d+$") { Some("uint32") } else { is(r"^-?\d+$").then_some("int32") };
        let range = width.and_then(integer_range).and_then(|bounds| bounds.min.zip(bounds.max));
        if let Some((min, max)) = range {
            return Ok(Some(quoted(integer(rules, &[(min.at, max.at)])?)));
        }
    }
    let names = if declared.is_empty() { Ok(names.clone()) } else { names.minus(&Dfa::words(declared)) };
    let names = names.map_err(|cause| schema_error(format!("the names of properties cannot be kept: {cause}")))?;
    if names.is_none() {
        return Ok(None);
    }
    Ok(Some(quoted(regular::write(&names, Encoding::Json, &format!("{near}-key"), rules)?)))
}

/// A character of a name, escaped only where it must be.
fn key_char(rules: &mut Rules) -> Expr {
    rules.shared("key-char", |rules| other_than(rules, &[]))
}

/// A character of a name that is none of these.
fn other_than(rules: &mut Rules, these: &[char]) -> Expr {
    let plain_only = !these.iter().any(|c| must_escape(*c));
    let plain = these.iter().filter(|c| !must_escape(**c)).map(|c| (u32::from(*c), u32::from(*c)));
    let plain = not_class(ESCAPED.into_iter().chain(plain).collect());
    if plain_only {
        return alt([plain, key_escape(rules)]);
    }
    let short: Vec<(char, char)> =
        SHORT.iter().filter(|(_, c)| !these.contains(c)).map(|(letter, _)| (*letter, *letter)).collect();
    let mut escapes = Vec::new();
    if !short.is_empty() {
        escapes.push(class(&short));
    }
    // Control characters without a letter have only the long escape. They are left out where one of them is declared.
    if !these.iter().any(|c| must_escape(*c) && !SHORT.iter().any(|(_, short)| short == c)) {
        escapes.push(long_escape());
    }
    if escapes.is_empty() { plain } else { alt([plain, seq([text("\\"), alt(escapes)])]) }
}

/// A character that must be escaped.
fn key_escape(rules: &mut Rules) -> Expr {
    rules.shared("key-escape", |_| {
        let short: Vec<(char, char)> = SHORT.iter().map(|(letter, _)| (*letter, *letter)).collect();
        seq([text("\\"), alt([class(&short), long_escape()])])
    })
}

/// What follows the backslash before a control character without a letter.
fn long_escape() -> Expr {
    let first = seq([text("0"), class(&[('0', '7'), ('b', 'b'), ('e', 'f')])]);
    let second = seq([text("1"), class(&[('0', '9'), ('a', 'f')])]);
    seq([text("u00"), alt([first, second])])
}

fn must_escape(c: char) -> bool {
    c < ' ' || c == '"' || c == '\\'
}

/// What makes a name that begins as all of `names` do, by `read` bytes, into none of them. They are sorted.
fn others(rules: &mut Rules, near: &str, names: &[&str], read: usize, depth: usize) -> Result<Expr> {
    if depth > MAX_NAME {
        let message =
            format!("a property name is longer than {MAX_NAME} characters beside undeclared properties: shorten it");
        return Err(schema_error(message));
    }
    let (ends, longer) = match names.split_first() {
        Some((first, longer)) if first.len() == read => (true, longer),
        _ => (false, names),
    };
    let next = |name: &&str| name.get(read..).and_then(|rest| rest.chars().next()).unwrap_or_default();
    let alike = longer.chunk_by(|a, b| next(a) == next(b));
    let these: String = alike.clone().filter_map(|names| names.first().map(next)).collect();
    let mut parts = Vec::with_capacity(1 + these.len());
    let mut escaped = false;
    parts.push(other(rules, &these)?);
    for (c, names) in these.chars().zip(alike) {
        let rest = others(rules, near, names, read + c.len_utf8(), depth + 1)?;
        escaped |= must_escape(c);
        parts.push(seq([text(spelled(c)), rest]));
    }
    // Only names that begin with a backslash can begin alike.
    let choice = match parts.len() {
        1 => parts.swap_remove(0),
        _ if escaped => alt(parts),
        _ => Expr::Alt(parts),
    };
    let choice = if ends { choice } else { optional(choice) };
    // Names are as long as a schema likes, and groups are read recursively.
    if depth > 0 && depth % RULE_DEPTH == 0 { rules.add(&format!("{near}-key"), choice) } else { Ok(choice) }
}

/// A text that begins with none of these characters, and has at least one.
fn other(rules: &mut Rules, these: &str) -> Result<Expr> {
    rules.other(these, |rules| {
        let first =
            if these.is_empty() { key_char(rules) } else { other_than(rules, &these.chars().collect::<Vec<_>>()) };
        seq([first, many(key_char(rules))])
    })
}

/// The character as it stands in a name.
fn spelled(c: char) -> String {
    if !must_escape(c) {
        return c.to_string();
    }
    match SHORT.iter().find(|(_, short)| *short == c) {
        Some((letter, _)) => format!("\\{letter}"),
        None => format!("\\u{:04x}", u32::from(c)),
    }
}
