//! Names of undeclared properties, spelled so that none can mean a declared one.
use std::collections::BTreeMap;

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
    structured::{decimal::Decimal, format::integer_range, ir::Keys, schema::schema_error},
};

/// How many characters of a name one rule spells.
const RULE_DEPTH: usize = 8;

/// The longest declared name that undeclared ones are told from.
const MAX_NAME: usize = 500;

/// The escapes of one letter that `serde_json` writes in names.
const SHORT: [(char, char); 7] =
    [('"', '"'), ('\\', '\\'), ('b', '\u{8}'), ('f', '\u{c}'), ('n', '\n'), ('r', '\r'), ('t', '\t')];

/// A name in quotes that is not declared.
pub(super) fn key<'a>(
    rules: &mut Rules,
    near: &str,
    keys: Keys,
    declared: impl Iterator<Item = &'a String>,
) -> Result<Expr> {
    let width = match keys {
        Keys::Unsigned => "uint32",
        Keys::Signed => "int32",
        Keys::Free => {
            let mut tree = Node::default();
            for name in declared {
                tree.insert(name);
            }
            if !tree.ends && tree.next.is_empty() {
                return Ok(rules.shared("key", |rules| quoted(many(key_char(rules)))));
            }
            return Ok(quoted(tree.others(rules, near, 0)?));
        }
    };
    let range = integer_range(width).and_then(|bounds| bounds.min.zip(bounds.max));
    let ranges: Vec<(Decimal, Decimal)> = range.map(|(min, max)| (min.at, max.at)).into_iter().collect();
    Ok(quoted(integer(rules, &ranges)?))
}

/// A character of a name, escaped only where it must be.
fn key_char(rules: &mut Rules) -> Expr {
    rules.shared("key-char", |_| other_than(&[]))
}

/// A character of a name that is none of these.
fn other_than(these: &[char]) -> Expr {
    let plain = these.iter().filter(|c| !must_escape(**c)).map(|c| (u32::from(*c), u32::from(*c)));
    let plain = not_class(ESCAPED.into_iter().chain(plain).collect());
    let short: Vec<(char, char)> =
        SHORT.iter().filter(|(_, c)| !these.contains(c)).map(|(letter, _)| (*letter, *letter)).collect();
    let mut escapes = Vec::new();
    if !short.is_empty() {
        escapes.push(class(&short));
    }
    // Control characters without a letter have only the long escape. They are left out where one of them is declared.
    if !these.iter().any(|c| must_escape(*c) && !SHORT.iter().any(|(_, short)| short == c)) {
        let first = seq([text("0"), class(&[('0', '7'), ('b', 'b'), ('e', 'f')])]);
        let second = seq([text("1"), class(&[('0', '9'), ('a', 'f')])]);
        escapes.push(seq([text("u00"), alt([first, second])]));
    }
    if escapes.is_empty() { plain } else { alt([plain, seq([text("\\"), alt(escapes)])]) }
}

fn must_escape(c: char) -> bool {
    c < ' ' || c == '"' || c == '\\'
}

/// A tree of the declared names, by character.
#[derive(Debug, Default)]
struct Node {
    ends: bool,
    next: BTreeMap<char, Node>,
}

impl Node {
    fn insert(&mut self, name: &str) {
        let mut node = self;
        for c in name.chars() {
            node = node.next.entry(c).or_default();
        }
        node.ends = true;
    }

    /// What makes the name read so far into one that is not in the tree.
    fn others(&self, rules: &mut Rules, near: &str, depth: usize) -> Result<Expr> {
        if depth > MAX_NAME {
            let message = format!(
                "a property name is longer than {MAX_NAME} characters beside undeclared properties: shorten it"
            );
            return Err(schema_error(message));
        }
        let these: Vec<char> = self.next.keys().copied().collect();
        let rest = many(key_char(rules));
        let mut parts = vec![seq([other_than(&these), rest])];
        for (c, node) in &self.next {
            let mut spelled = serde_json::Value::from(c.to_string()).to_string();
            spelled.pop();
            let spelled: String = spelled.chars().skip(1).collect();
            parts.push(seq([text(spelled), node.others(rules, near, depth + 1)?]));
        }
        let choice = alt(parts);
        let choice = if self.ends { choice } else { optional(choice) };
        // Names are as long as a schema likes, and groups are read recursively.
        if depth > 0 && depth % RULE_DEPTH == 0 { rules.add(&format!("{near}-key"), choice) } else { Ok(choice) }
    }
}
