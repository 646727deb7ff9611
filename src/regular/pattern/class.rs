//! Classes of characters.
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::{
    PatternError,
    escape::{Escape, class_escape},
    reader::{Flags, Reader, fail},
};
use crate::regular::{nfa::word, node::Node, ranges::Ranges};

/// A class whose `[` at `begin` has been read.
pub(super) fn class(reader: &mut Reader<'_>, begin: usize) -> Result<Node, PatternError> {
    let negated = reader.eat("^");
    if reader.rest().starts_with([':', '.', '=']) && is_posix(reader.rest()) {
        return fail(begin, "there are no named classes such as `[:alpha:]` here: write the characters, or `\\p{...}`");
    }
    let mut parts: Vec<(u32, u32)> = Vec::new();
    let mut surrogates = false;
    loop {
        let place = reader.offset();
        if reader.rest().starts_with("[:") && is_posix(reader.rest().get(1..).unwrap_or_default()) {
            return fail(place, "there are no named classes such as `[:alpha:]` here: write the characters");
        }
        let Some(low) = item(reader, begin)? else {
            break;
        };
        // A `-` between two characters makes a range; first, last or beside a set it is itself.
        let range = reader.attempt(|reader| {
            (reader.eat("-") && !reader.rest().starts_with(']')).then_some(())?;
            Some(item(reader, begin))
        });
        let high = match range {
            None => None,
            Some(high) => high?,
        };
        match (low, high) {
            (Item::Char(low), None) => parts.push((low, low)),
            (Item::Char(low), Some(Item::Char(high))) if low <= high => parts.push((low, high)),
            (Item::Char(_), Some(Item::Char(_))) => {
                return fail(place, "the range ends before it begins: swap its ends, or write `\\-` for the character");
            }
            (Item::Set(set), None) => parts.extend(set.iter()),
            (low, Some(high)) => {
                parts.push((0x2D, 0x2D));
                for item in [low, high] {
                    match item {
                        Item::Char(code) => parts.push((code, code)),
                        Item::Set(set) => parts.extend(set.iter()),
                    }
                }
            }
        }
        surrogates |= parts.last().is_some_and(|(low, high)| (0xD800..0xE000).contains(low) && *high < 0xE000);
    }
    let set = Ranges::new(parts);
    if set.is_empty() && surrogates && !negated {
        return fail(begin, LONE_SURROGATE);
    }
    let set = if reader.flags.ignore_case { folded(&set) } else { set };
    Ok(Node::Set(if negated { set.not() } else { set }))
}

const LONE_SURROGATE: &str = "half of a surrogate pair is no character: write the character itself, or `\\u{...}`";

enum Item {
    Char(u32),
    Set(Ranges),
}

/// The next item of a class. None at its end, which is read.
fn item(reader: &mut Reader<'_>, begin: usize) -> Result<Option<Item>, PatternError> {
    let place = reader.offset();
    match reader.next() {
        None => fail(begin, "this class is not closed: write `]` behind it, or `\\[` for the character"),
        Some(']') => Ok(None),
        Some('\\') => match class_escape(reader, place)? {
            Escape::Char(code) => Ok(Some(Item::Char(code))),
            Escape::Set(set) => Ok(Some(Item::Set(set))),
            Escape::Word { .. } => fail(place, "a class cannot hold a place: take the escape away"),
        },
        Some(c) => Ok(Some(Item::Char(c.into()))),
    }
}

/// Whether this is the inside of a named class: `:alpha:]`
fn is_posix(rest: &str) -> bool {
    let name = rest.strip_prefix(':').and_then(|rest| rest.split_once(":]"));
    name.is_some_and(|(name, _)| {
        !name.is_empty() && name.trim_start_matches('^').bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

/// One code point, which must be a character.
pub(super) fn literal(code: u32, flags: Flags, begin: usize) -> Result<Node, PatternError> {
    let set = Ranges::new([(code, code)]);
    if set.is_empty() {
        return fail(begin, LONE_SURROGATE);
    }
    Ok(Node::Set(if flags.ignore_case { folded(&set) } else { set }))
}

/// `.`: what does not end a line.
pub(super) fn dot(flags: Flags) -> Node {
    let ends = Ranges::new([(0xA, 0xA), (0xD, 0xD), (0x2028, 0x2029)]);
    if flags.dot_all { Node::any() } else { Node::Set(ends.not()) }
}

/// `\d`
pub(super) fn digits() -> Ranges {
    Ranges::of('0', '9')
}

/// `\w`
pub(super) fn words(flags: Flags) -> Ranges {
    if flags.ignore_case { folded(&word()) } else { word() }
}

/// `\s`: white space and the ends of lines.
pub(super) fn spaces() -> Ranges {
    let single = [0x20, 0xA0, 0x1680, 0x202F, 0x205F, 0x3000, 0xFEFF].map(|code| (code, code));
    Ranges::new(single.into_iter().chain([(0x9, 0xD), (0x2000, 0x200A), (0x2028, 0x2029)]))
}

/// The set with the other cases of its characters.
pub(super) fn folded(set: &Ranges) -> Ranges {
    let chars = |(low, high)| Some(ClassUnicodeRange::new(char::from_u32(low)?, char::from_u32(high)?));
    let mut class = ClassUnicode::new(set.iter().filter_map(chars));
    class.case_fold_simple();
    Ranges::new(class.iter().map(|range| (range.start().into(), range.end().into())))
}
