//! Writes the tree as text that llama.cpp reads.
use super::{Ast, CharClass, Expr, Rule, TokenName, TokenRef};
use std::fmt::{self, Display, Formatter, Write};

impl Ast {
    /// The text that [`Display`] gives, faster.
    pub(crate) fn print(&self) -> String {
        let mut text = String::with_capacity(64 * self.rules.len());
        // A `String` takes all text.
        let _ = self.rules.iter().try_for_each(|rule| write_rule(&mut text, rule));
        text
    }
}

/// Writes the inside of a literal.
pub(crate) fn literal(out: &mut String, text: &str) {
    let _ = write_text(out, text);
}

/// Writes an expression as it stands behind `::=`.
pub(crate) fn expr(out: &mut String, expr: &Expr) {
    let _ = write_expr(out, expr);
}

/// Writes an expression as it stands in a sequence.
pub(crate) fn grouped(out: &mut String, expr: &Expr) {
    let _ = write_part(out, &Expr::Seq(Vec::new()), expr);
}

/// The canonical text: a rule a line, groups only where they are needed.
///
/// Reading it back gives the same tree in [normal form](Expr::normalized), provided that
/// [`Grammar::from_ast`](super::Grammar::from_ast) accepts the tree.
impl Display for Ast {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.rules.iter().try_for_each(|rule| write_rule(f, rule))
    }
}

/// `name ::= body`
impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        f.write_str(" ::= ")?;
        write_expr(f, &self.body)
    }
}

/// The expression as it stands after `::=`.
impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_expr(f, self)
    }
}

fn write_rule(f: &mut impl Write, rule: &Rule) -> fmt::Result {
    f.write_str(&rule.name)?;
    f.write_str(" ::= ")?;
    write_expr(f, &rule.body)?;
    f.write_char('\n')
}

fn write_expr(f: &mut impl Write, expr: &Expr) -> fmt::Result {
    match expr {
        Expr::Literal(text) => {
            f.write_char('"')?;
            write_text(f, text)?;
            f.write_char('"')
        }
        Expr::Class(class) => write_class(f, class),
        Expr::Any => f.write_char('.'),
        Expr::Rule(name) => f.write_str(name),
        Expr::Token(token) => write!(f, "{token}"),
        Expr::Seq(parts) | Expr::Alt(parts) if parts.is_empty() => f.write_str("\"\""),
        Expr::Seq(parts) => write_parts(f, expr, parts, " "),
        Expr::Alt(parts) => write_parts(f, expr, parts, " | "),
        Expr::Repeat { expr: part, min, max } => {
            write_part(f, expr, part)?;
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

/// The inside of a literal.
fn write_text(f: &mut impl Write, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\')) {
        let (plain, special) = rest.split_at(at);
        f.write_str(plain)?;
        let mut chars = special.chars();
        if let Some(c) = chars.next() {
            write_char(f, c.into(), &['"', '\\'])?;
        }
        rest = chars.as_str();
    }
    f.write_str(rest)
}

fn write_parts(f: &mut impl Write, outer: &Expr, parts: &[Expr], between: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write_part(f, outer, part)?;
    }
    Ok(())
}

fn write_part(f: &mut impl Write, outer: &Expr, part: &Expr) -> fmt::Result {
    if !is_grouped(outer, part) {
        return write_expr(f, part);
    }
    f.write_char('(')?;
    write_expr(f, part)?;
    f.write_char(')')
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
        write_class(f, self)
    }
}

fn write_class(f: &mut impl Write, class: &CharClass) -> fmt::Result {
    f.write_str(if class.negated { "[^" } else { "[" })?;
    let last = class.ranges.len().saturating_sub(1);
    for (at, &(low, high)) in class.ranges.iter().enumerate() {
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
fn write_char(f: &mut impl Write, code: u32, special: &[char]) -> fmt::Result {
    match char::from_u32(code) {
        Some('\n') => f.write_str("\\n"),
        Some('\r') => f.write_str("\\r"),
        Some('\t') => f.write_str("\\t"),
        // Not every version of llama.cpp reads `\-`, and none reads `\^`.
        Some(c @ ('-' | '^')) if special.contains(&c) => write_byte(f, code),
        Some(c) if special.contains(&c) => {
            f.write_char('\\')?;
            f.write_char(c)
        }
        Some(c) if is_visible(c) => f.write_char(c),
        _ if code <= 0xFF => write_byte(f, code),
        _ if code <= 0xFFFF => write!(f, "\\u{code:04X}"),
        _ => write!(f, "\\U{code:08X}"),
    }
}

/// `\xHH`
fn write_byte(f: &mut impl Write, code: u32) -> fmt::Result {
    f.write_str("\\x")?;
    let digit = |value: u32| char::from_digit(value & 0xF, 16).unwrap_or('0').to_ascii_uppercase();
    f.write_char(digit(code >> 4))?;
    f.write_char(digit(code))
}

fn is_visible(c: char) -> bool {
    c.is_ascii_graphic() || c == ' ' || matches!(c, '\'' | '"' | '\\') || c.escape_debug().len() == 1
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
