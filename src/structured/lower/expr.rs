//! Constructors of grammar expressions that keep them normal: flat, merged, and never of one part.
use crate::gbnf::{CharClass, Expr};

/// This text. The empty text matches without reading.
pub(super) fn text(text: impl Into<String>) -> Expr {
    Expr::Literal(text.into())
}

/// Nothing.
pub(super) fn empty() -> Expr {
    text("")
}

/// The rule of this name.
pub(super) fn rule(name: &str) -> Expr {
    Expr::Rule(name.to_owned())
}

/// One character of these ranges.
pub(super) fn class(ranges: &[(char, char)]) -> Expr {
    let ranges = ranges.iter().map(|(from, to)| (u32::from(*from), u32::from(*to))).collect();
    Expr::Class(CharClass { negated: false, ranges })
}

/// One character outside of these ranges.
pub(super) fn not_class(ranges: Vec<(u32, u32)>) -> Expr {
    Expr::Class(CharClass { negated: true, ranges })
}

/// A decimal digit.
pub(super) fn digit() -> Expr {
    class(&[('0', '9')])
}

/// One after the other. Adjacent texts become one.
pub(super) fn seq(parts: impl IntoIterator<Item = Expr>) -> Expr {
    let mut out: Vec<Expr> = Vec::new();
    for part in parts {
        match part {
            Expr::Seq(inner) => inner.into_iter().for_each(|part| push(&mut out, part)),
            part => push(&mut out, part),
        }
    }
    match out.len() {
        0 => empty(),
        1 => out.remove(0),
        _ => Expr::Seq(out),
    }
}

fn push(out: &mut Vec<Expr>, part: Expr) {
    match (out.last_mut(), part) {
        (_, Expr::Literal(text)) if text.is_empty() => {}
        (Some(Expr::Literal(last)), Expr::Literal(text)) => last.push_str(&text),
        (_, part) => out.push(part),
    }
}

/// So many of these.
pub(super) fn repeat(expr: Expr, min: u32, max: Option<u32>) -> Expr {
    match (min, max) {
        (_, Some(0)) => empty(),
        (1, Some(1)) => expr,
        _ => Expr::Repeat { expr: Box::new(expr), min, max },
    }
}

/// This or nothing.
pub(super) fn optional(expr: Expr) -> Expr {
    repeat(expr, 0, Some(1))
}

/// Any number of these.
pub(super) fn many(expr: Expr) -> Expr {
    repeat(expr, 0, None)
}
