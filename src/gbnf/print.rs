//! Writes the tree as text that llama.cpp reads.
use super::{Ast, CharClass, Expr, Rule, TokenName, TokenRef};
use std::fmt::{self, Display, Formatter, Write};

/// The canonical text: a rule a line, groups only where they are needed.
///
/// Reading it back gives the same tree in [normal form](Expr::normalized), provided that
/// [`Grammar::from_ast`](super::Grammar::from_ast) accepts the tree.
impl Display for Ast {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.rules.iter().try_for_each(|rule| writeln!(f, "{rule}"))
    }
}

/// `name ::= body`
impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ::= {}", self.name, self.body)
    }
}

/// The expression as it stands after `::=`.
impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Literal(text) => {
                f.write_char('"')?;
                text.chars().try_for_each(|c| write_char(f, c.into(), &['"', '\\']))?;
                f.write_char('"')
            }
            Expr::Class(class) => class.fmt(f),
            Expr::Any => f.write_char('.'),
            Expr::Rule(name) => f.write_str(name),
            Expr::Token(token) => token.fmt(f),
            Expr::Seq(parts) | Expr::Alt(parts) if parts.is_empty() => f.write_str("\"\""),
            Expr::Seq(parts) => write_parts(f, self, parts, " "),
            Expr::Alt(parts) => write_parts(f, self, parts, " | "),
            Expr::Repeat { expr, min, max } => {
                write_part(f, self, expr)?;
                match (min, max) {
                    (0, None) => f.write_char('*'),
                    (1, None) => f.write_char('+'),
                    (0, Some(1)) => f.write_char('?'),
                    (min, None) => write!(f, "{{{min},}}"),
                    (min, Some(max)) if min == max => write!(f, "{{{min}}}"),
                    (min, Some(max)) => write!(f, "{{{min},{max}}}"),
                }
            }
        }
    }
}

fn write_parts(f: &mut Formatter<'_>, outer: &Expr, parts: &[Expr], between: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write_part(f, outer, part)?;
    }
    Ok(())
}

fn write_part(f: &mut Formatter<'_>, outer: &Expr, part: &Expr) -> fmt::Result {
    if is_grouped(outer, part) { write!(f, "({part})") } else { part.fmt(f) }
}

/// Whether `part` stands in parentheses inside of `outer`.
pub(super) fn is_grouped(outer: &Expr, part: &Expr) -> bool {
    match outer {
        Expr::Repeat { .. } => match part {
            Expr::Seq(_) | Expr::Alt(_) | Expr::Repeat { .. } => true,
            Expr::Literal(text) => text.is_empty(),
            Expr::Class(_) | Expr::Any | Expr::Rule(_) | Expr::Token(_) => false,
        },
        Expr::Seq(_) => matches!(part, Expr::Alt(_)),
        _ => false,
    }
}

/// `[a-z]`, `[^a-z]`
impl Display for CharClass {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.negated { "[^" } else { "[" })?;
        let last = self.ranges.len().saturating_sub(1);
        for (at, &(low, high)) in self.ranges.iter().enumerate() {
            if low != high {
                write_char(f, low, &CLASS_SPECIAL)?;
                f.write_char('-')?;
                write_char(f, high, &CLASS_SPECIAL)?;
            } else if low == u32::from('-') && (at == 0 || at == last) {
                f.write_char('-')?;
            } else {
                write_char(f, low, &CLASS_SPECIAL)?;
            }
        }
        f.write_char(']')
    }
}

const CLASS_SPECIAL: [char; 5] = ['\\', '[', ']', '-', '^'];

/// `<[id]>`, `<text>`, `!<[id]>`, `!<text>`
impl Display for TokenRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_char('!')?;
        }
        match &self.token {
            TokenName::Id(id) => write!(f, "<[{id}]>"),
            TokenName::Text(text) => f.write_str(text),
        }
    }
}

/// Writes a code point, escaped where it is special or cannot be seen.
fn write_char(f: &mut Formatter<'_>, code: u32, special: &[char]) -> fmt::Result {
    match char::from_u32(code) {
        Some('\n') => f.write_str("\\n"),
        Some('\r') => f.write_str("\\r"),
        Some('\t') => f.write_str("\\t"),
        // Not every version of llama.cpp reads `\-`, and none reads `\^`.
        Some(c @ ('-' | '^')) if special.contains(&c) => write!(f, "\\x{code:02X}"),
        Some(c) if special.contains(&c) => write!(f, "\\{c}"),
        Some(c) if is_visible(c) => f.write_char(c),
        _ if code <= 0xFF => write!(f, "\\x{code:02X}"),
        _ if code <= 0xFFFF => write!(f, "\\u{code:04X}"),
        _ => write!(f, "\\U{code:08X}"),
    }
}

fn is_visible(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\') || c.escape_debug().len() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        let class = |ranges: &[(char, char)]| Expr::class(ranges.iter().copied()).to_string();
        assert_eq!(class(&[('-', '-'), ('a', 'z')]), "[-a-z]");
        assert_eq!(class(&[('a', 'z'), ('-', '-')]), "[a-z-]");
        assert_eq!(class(&[('a', 'a'), ('-', '-'), ('b', 'b')]), "[a\\x2Db]");
        assert_eq!(class(&[('^', '^'), (']', ']'), ('"', '"')]), "[\\x5E\\]\"]");
        assert_eq!(class(&[('\0', '\u{1F}'), ('\u{7F}', '\u{A0}')]), "[\\x00-\\x1F\\x7F-\\xA0]");
        assert_eq!(class(&[('\u{E000}', '\u{10FFFF}')]), "[\\uE000-\\U0010FFFF]");
    }

    #[test]
    fn groups_stand_only_where_they_are_needed() {
        let (a, b) = (Expr::rule("a"), Expr::rule("b"));
        let either = Expr::Alt(vec![a.clone(), Expr::seq([b.clone(), a.clone()])]);
        assert_eq!(either.to_string(), "a | b a");
        assert_eq!(Expr::seq([either.clone(), b]).to_string(), "(a | b a) b");
        assert_eq!(either.optional().optional().to_string(), "((a | b a)?)?");
        assert_eq!(Expr::literal("ab\"\\").repeat(2, None).to_string(), r#""ab\"\\"{2,}"#);
    }
}
