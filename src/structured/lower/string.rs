//! Strings: valid escapes only, surrogates in pairs only, no raw control characters.
use smol_str::{SmolStr, SmolStrBuilder};

use super::{
    expr::{class, not_class, rule, seq, text},
    factor::alt,
    repeat::{MAX_COUNT, counted},
    rules::Rules,
};
use crate::{
    Result,
    gbnf::Expr,
    regular::{self, Encoding},
    structured::{bounds::Count, document::schema_error, sets::TextSet},
};

/// What cannot stand in a string as it is: controls, the quote and the backslash.
pub(super) const ESCAPED: [(u32, u32); 3] = [(0x22, 0x22), (0x5C, 0x5C), (0x00, 0x1F)];

/// A string of a set.
pub(super) fn string(rules: &mut Rules, set: &TextSet<'_>) -> Result<Expr> {
    if let Some(words) = &set.words {
        return Ok(alt(words.iter().map(|word| text(json(word)))));
    }
    let Some(language) = &set.language else { return of_length(rules, set.length) };
    if let (Some(format), true) = (language.format, set.length == Count::default()) {
        let texts = &language.texts;
        return rules.kept(format, |rules, name| Ok(quoted(regular::write(texts, Encoding::Json, name, rules)?)));
    }
    Ok(quoted(rules.written(&language.texts, Encoding::Json, "text")?))
}

/// A string of so many characters. One escape, or one pair of surrogate escapes, is one character.
fn of_length(rules: &mut Rules, length: Count) -> Result<Expr> {
    if length == Count::default() {
        return Ok(any_string(rules));
    }
    for (keyword, count) in [("minLength", length.min), ("maxLength", length.max.unwrap_or(0))] {
        if count > MAX_COUNT {
            return Err(schema_error(format!("`{keyword}` is above {MAX_COUNT}: lower it or leave it out")));
        }
    }
    let char = char(rules);
    Ok(quoted(counted(rules, "chars", &char, length.min, length.max)?))
}

/// The text as a JSON string.
pub(super) fn json(text: &str) -> SmolStr {
    if text.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) {
        return serde_json::Value::from(text).to_string().into();
    }
    let mut json = SmolStrBuilder::new();
    json.push('"');
    json.push_str(text);
    json.push('"');
    json.finish()
}

/// Any string. Of what may come next, what most tokens begin with stands last, and nothing waits behind a string:
/// llama.cpp's own engine takes half the time for a mask so.
pub(super) fn any_string(rules: &mut Rules) -> Expr {
    rules.shared("string", |rules| {
        let rest = rules.shared("string-rest", |rules| {
            let escape = seq([escape(rules), rule("string-rest")]);
            alt([text("\""), escape, seq([not_class(ESCAPED.to_vec()), rule("string-rest")])])
        });
        seq([text("\""), rest])
    })
}

/// This between quotes.
pub(super) fn quoted(content: Expr) -> Expr {
    seq([text("\""), content, text("\"")])
}

fn char(rules: &mut Rules) -> Expr {
    rules.shared("char", |rules| alt([escape(rules), not_class(ESCAPED.to_vec())]))
}

/// An escape; a pair of surrogates is one.
fn escape(rules: &mut Rules) -> Expr {
    rules.shared("escape", |rules| {
        let hex = hex(rules);
        let h = || hex.clone();
        let low = seq([text("\\u"), class(&[('D', 'D'), ('d', 'd')]), class(&[('C', 'F'), ('c', 'f')]), h(), h()]);
        let alone = seq([class(&[('0', '9'), ('A', 'C'), ('E', 'F'), ('a', 'c'), ('e', 'f')]), h(), h(), h()]);
        let below_surrogates = seq([class(&[('0', '7')]), h(), h()]);
        let pair = seq([class(&[('8', '9'), ('A', 'B'), ('a', 'b')]), h(), h(), low]);
        let from_d = seq([class(&[('D', 'D'), ('d', 'd')]), alt([below_surrogates, pair])]);
        let simple =
            class(&[('"', '"'), ('\\', '\\'), ('/', '/'), ('b', 'b'), ('f', 'f'), ('n', 'n'), ('r', 'r'), ('t', 't')]);
        seq([text("\\"), alt([simple, seq([text("u"), alt([alone, from_d])])])])
    })
}

/// A hexadecimal digit.
pub(super) fn hex(rules: &mut Rules) -> Expr {
    rules.shared("hex", |_| class(&[('0', '9'), ('A', 'F'), ('a', 'f')]))
}
