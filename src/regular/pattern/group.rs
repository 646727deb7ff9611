//! What stands in parentheses.
use super::{
    PatternError,
    parser::{Look, Parser},
    reader::{Flags, Reader, fail},
};
use crate::regular::node::Node;

/// A group whose `(` at `begin` has been read.
pub(super) fn group(parser: &mut Parser<'_>, begin: usize) -> Result<Node, PatternError> {
    let reader = &mut parser.reader;
    if !reader.eat("?") {
        return inside(parser, begin);
    }
    for (sign, look, negated) in
        [("=", Look::Ahead, false), ("!", Look::Ahead, true), ("<=", Look::Behind, false), ("<!", Look::Behind, true)]
    {
        if reader.eat(sign) {
            return look_around(parser, begin, look, negated);
        }
    }
    if reader.eat("<") || reader.eat("P<") {
        let named = reader.until('>').is_some_and(|name| {
            let mut chars = name.chars();
            chars.next().is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | '$'))
                && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
        });
        if !named {
            return fail(begin, "the group's name is malformed: write `(?<name>` with letters and digits");
        }
        return inside(parser, begin);
    }
    let before = reader.flags;
    let flags = match reader.peek() {
        Some(':') => before,
        Some('>') => return fail(begin, "there are no atomic groups here: write `(?:`"),
        Some('#') => return fail(begin, "there are no comments in patterns: take it away"),
        Some('|') => return fail(begin, "there are no branch resets here: write `(?:`"),
        Some('(') => return fail(begin, "there are no conditions here: write out the cases with `|`"),
        Some('P' | '&' | 'R' | '0'..='9') => {
            return fail(begin, "references to groups are not regular: write what is meant in their place");
        }
        _ => flags(reader, begin)?,
    };
    if reader.eat(")") {
        return fail(begin, "flags stand at the very beginning of a pattern, or in a group of their own: `(?i:...)`");
    }
    if !reader.eat(":") {
        return fail(begin, "this sort of group is unknown: write `(?:...)`, or `\\(` for the character");
    }
    parser.reader.flags = flags;
    let node = inside(parser, begin)?;
    parser.reader.flags = before;
    Ok(node)
}

/// Flags at the beginning of a pattern, as other dialects write them.
pub(super) fn leading_flags(reader: &mut Reader<'_>) -> Result<(), PatternError> {
    let flags = reader.attempt(|reader| {
        let begin = reader.offset();
        let letters = reader.rest().strip_prefix("(?")?.split_once(')')?.0;
        if letters.is_empty() || !letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        reader.eat("(?");
        let flags = flags(reader, begin);
        reader.eat(")");
        Some(flags)
    });
    if let Some(flags) = flags {
        reader.flags = flags?;
    }
    Ok(())
}

/// The flags that hold behind letters such as `i-s`.
fn flags(reader: &mut Reader<'_>, begin: usize) -> Result<Flags, PatternError> {
    let mut flags = reader.flags;
    let mut on = true;
    while let Some(c) = reader.peek().filter(|c| c.is_ascii_alphabetic() || *c == '-') {
        reader.next();
        match c {
            '-' if on => on = false,
            'i' => flags.ignore_case = on,
            's' => flags.dot_all = on,
            // Unicode, which always holds.
            'u' if on => {}
            _ => return fail(begin, format!("the flag `{c}` is not supported: take it away, or write what it means")),
        }
    }
    Ok(flags)
}

fn inside(parser: &mut Parser<'_>, begin: usize) -> Result<Node, PatternError> {
    let node = parser.alternatives()?;
    if parser.reader.eat(")") {
        return Ok(node);
    }
    fail(begin, "this group is not closed: write `)` behind it, or `\\(` for the character")
}

fn look_around(parser: &mut Parser<'_>, begin: usize, look: Look, negated: bool) -> Result<Node, PatternError> {
    match (parser.look, look) {
        (Some(Look::Behind), _) => {
            return fail(begin, "nothing can be looked for inside of a look-behind: write it outside");
        }
        (Some(Look::Ahead), Look::Behind) => {
            return fail(begin, "a look-behind cannot stand in a look-ahead: write it outside");
        }
        _ => {}
    }
    let before = parser.look.replace(look);
    let node = inside(parser, begin)?;
    parser.look = before;
    Ok(Node::Look { behind: look == Look::Behind, negated, node: Box::new(node) })
}
