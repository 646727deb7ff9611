//! Names of undeclared properties, spelled so that none can mean a declared one.
use smol_str::{SmolStr, format_smolstr};

use super::{
    expr::{class, empty, not_class, rule, seq, text},
    factor::alt,
    number::integer,
    rules::Rules,
    string::{ESCAPED, quoted},
};
use crate::{
    Result,
    gbnf::{Expr, print},
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

/// Before the characters that what is written does not begin with: whether it may be just the quote.
const ANY: char = '+';
const LONGER: char = '-';

/// A name in quotes that is of a language and not declared; absent if there is none. The declared names are of the language,
/// and sorted.
pub(super) fn key(
    rules: &mut Rules,
    near: &str,
    names: Option<&Dfa>,
    declared: &[&str],
    typed: bool,
) -> Result<Option<Expr>> {
    let Some(names) = names else {
        if declared.is_empty() {
            return Ok(Some(rules.shared("key", |rules| seq([text("\""), key_rest(rules)]))));
        }
        let mut body = String::from("\"\\\"\" ");
        others(&mut body, rules, near, declared, 0, 0)?;
        return Ok(Some(Expr::Rule(rules.add_text(&format!("{near}-key"), body)?)));
    };
    if typed && declared.is_empty() {
        // Maps with integers as keys: what is read is no wider than the narrowest type that they may have.
        let is = |pattern| regular::pattern(pattern).is_ok_and(|texts| texts == *names);
        let width = if is(r"^\d+$") { Some("uint32") } else { is(r"^-?\d+$").then_some("int32") };
        let range = width.and_then(integer_range).and_then(|bounds| bounds.min.zip(bounds.max));
        if let Some((min, max)) = range {
            return Ok(Some(quoted(integer(rules, &[(min.at, max.at)])?)));
        }
    }
    let names =
        if declared.is_empty() { Ok(names.clone()) } else { names.minus(&Dfa::words(declared.iter().copied())) };
    let names = names.map_err(|cause| schema_error(format!("the names of properties cannot be kept: {cause}")))?;
    if names.is_none() {
        return Ok(None);
    }
    Ok(Some(quoted(regular::write(&names, Encoding::Json, &format!("{near}-key"), rules)?)))
}

/// The rest of a name and the quote behind it, escaped only where it must be. As in strings, what most tokens begin with
/// stands last.
fn key_rest(rules: &mut Rules) -> Expr {
    rules.shared("key-rest", |rules| {
        let (escaped, plain) = other_than(rules, "");
        let more = |first: Expr| seq([first, rule("key-rest")]);
        alt([text("\""), escaped.map_or_else(empty, more), more(plain)])
    })
}

/// A character of a name that is none of these: one that must be escaped, if there is one, and one that must not.
fn other_than(rules: &mut Rules, these: &str) -> (Option<Expr>, Expr) {
    let mut plain = Vec::with_capacity(ESCAPED.len() + these.len());
    plain.extend(ESCAPED);
    plain.extend(these.chars().filter(|c| !must_escape(*c)).map(|c| (u32::from(c), u32::from(c))));
    let plain = not_class(plain);
    if !these.contains(must_escape) {
        return (Some(key_escape(rules)), plain);
    }
    let short: Vec<(char, char)> =
        SHORT.iter().filter(|(_, c)| !these.contains(*c)).map(|(letter, _)| (*letter, *letter)).collect();
    let mut escapes = Vec::new();
    if !short.is_empty() {
        escapes.push(class(&short));
    }
    // Control characters without a letter have only the long escape. They are left out where one of them is declared.
    if !these.contains(|c| must_escape(c) && !SHORT.iter().any(|(_, short)| *short == c)) {
        escapes.push(long_escape());
    }
    ((!escapes.is_empty()).then(|| seq([text("\\"), alt(escapes)])), plain)
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

/// Writes what makes a name that begins as all of `names` do, by `read` bytes, into none of them. They are sorted.
///
/// This is text and no expression, because names make up most of many grammars.
fn others(out: &mut String, rules: &mut Rules, near: &str, names: &[&str], read: usize, depth: usize) -> Result<()> {
    if depth > MAX_NAME {
        return Err(schema_error(format!(
            "a property name is longer than {MAX_NAME} characters beside undeclared properties: shorten it"
        )));
    }
    // Names are as long as a schema likes, and groups are read recursively.
    if depth > 0 && depth % RULE_DEPTH == 0 {
        let mut body = String::new();
        group(&mut body, rules, near, names, read, depth)?;
        let body = body.strip_prefix('(').and_then(|body| body.strip_suffix(')')).map(str::to_owned).unwrap_or(body);
        out.push_str(&rules.add_text(&format!("{near}-key"), body)?);
        return Ok(());
    }
    group(out, rules, near, names, read, depth)
}

fn group(out: &mut String, rules: &mut Rules, near: &str, names: &[&str], read: usize, depth: usize) -> Result<()> {
    let (ends, longer) = match names.split_first() {
        Some((first, longer)) if first.len() == read => (true, longer),
        _ => (false, names),
    };
    let next = |name: &&str| name.get(read..).and_then(|rest| rest.chars().next()).unwrap_or_default();
    let alike = longer.chunk_by(|a, b| next(a) == next(b));
    let firsts = alike.clone().filter_map(|names| names.first().map(next));
    let tagged: SmolStr = std::iter::once(if ends { LONGER } else { ANY }).chain(firsts).collect();
    let these = tagged.get(1..).unwrap_or_default();
    let other = other(rules, &tagged)?;
    if these.is_empty() {
        out.push_str(&other);
        return Ok(());
    }
    out.push('(');
    let escaped = these.chars().filter(|c| must_escape(*c)).count();
    let mut open = false;
    for (c, names) in these.chars().zip(alike.clone()) {
        if !must_escape(c) || escaped == 1 {
            literal(out, &spelled(c));
            out.push(' ');
            others(out, rules, near, names, read + c.len_utf8(), depth + 1)?;
            out.push_str(" | ");
        }
    }
    // Those that begin with a backslash have it in common.
    for (c, names) in these.chars().zip(alike).filter(|(c, _)| escaped > 1 && must_escape(*c)) {
        out.push_str(if open { " | " } else { "\"\\\\\" (" });
        open = true;
        literal(out, spelled(c).strip_prefix('\\').unwrap_or_default());
        out.push(' ');
        others(out, rules, near, names, read + c.len_utf8(), depth + 1)?;
    }
    if open {
        out.push_str(") | ");
    }
    out.push_str(&other);
    out.push(')');
    Ok(())
}

fn literal(out: &mut String, text: &str) {
    out.push('"');
    print::literal(out, text);
    out.push('"');
}

/// The rule for what begins with none of the tagged characters and ends with the quote.
fn other(rules: &mut Rules, tagged: &str) -> Result<SmolStr> {
    rules.other(tagged, |rules| {
        key_rest(rules);
        let (escaped, plain) = other_than(rules, tagged.get(1..).unwrap_or_default());
        let mut body = String::with_capacity(64);
        if tagged.starts_with(ANY) {
            body.push_str(r#""\"""#);
        }
        for first in escaped.iter().chain([&plain]) {
            body.push_str(if body.is_empty() { "" } else { " | " });
            print::grouped(&mut body, first);
            body.push_str(" key-rest");
        }
        body
    })
}

/// The character as it stands in a name.
fn spelled(c: char) -> SmolStr {
    if !must_escape(c) {
        return SmolStr::new_inline(c.encode_utf8(&mut [0; 4]));
    }
    match SHORT.iter().find(|(_, short)| *short == c) {
        Some((letter, _)) => format_smolstr!("\\{letter}"),
        None => format_smolstr!("\\u{:04x}", u32::from(c)),
    }
}
