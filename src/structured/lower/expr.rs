//! Short names for the constructors of expressions.
use smol_str::SmolStr;

use crate::gbnf::{CharClass, Expr};

/// This text. The empty text matches without reading.
pub(super) fn text(text: impl Into<SmolStr>) -> Expr {
    Expr::literal(text)
}

/// Nothing.
pub(super) fn empty() -> Expr {
    Expr::empty()
}

/// The rule of this name.
pub(super) fn rule(name: &str) -> Expr {
    Expr::rule(name)
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

/// One after the other.
pub(super) fn seq(parts: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::seq(parts)
}

/// So many of these. None at all is the empty text.
pub(super) fn repeat(expr: Expr, min: u32, max: Option<u32>) -> Expr {
    if max == Some(0) { empty() } else { expr.repeat(min, max) }
}

/// This or nothing.
pub(super) fn optional(expr: Expr) -> Expr {
    repeat(expr, 0, Some(1))
}

/// Any number of these.
pub(super) fn many(expr: Expr) -> Expr {
    repeat(expr, 0, None)
}
