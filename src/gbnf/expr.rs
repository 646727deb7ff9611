//! Constructors that keep expressions in their normal form.
use smol_str::SmolStr;
use std::mem;

use super::{Ast, CharClass, Expr, Rule};

impl Ast {
    /// The same rules with bodies in [normal form](Expr::normalized).
    #[must_use]
    pub fn normalized(self) -> Self {
        let rules = self.rules.into_iter().map(|Rule { name, body }| Rule { name, body: body.normalized() });
        Ast { rules: rules.collect() }
    }
}

/// Constructors whose results are in normal form: no sequence directly inside a sequence and no alternation directly
/// inside an alternation, neither with fewer than two parts, no empty literal beside something else in a sequence, no
/// two literals in a row, nothing repeated exactly once.
///
/// ```
/// use catena::gbnf::Expr;
///
/// let digits = Expr::class([('0', '9')]).repeat(1, Some(20));
/// let number = Expr::seq([Expr::literal("-").optional(), digits]);
/// assert_eq!(number.to_string(), r#""-"? [0-9]{1,20}"#);
/// ```
impl Expr {
    /// The expression that matches the empty text: an empty literal.
    pub fn empty() -> Self {
        Expr::Literal(SmolStr::default())
    }

    /// Exactly this text.
    pub fn literal(text: impl Into<SmolStr>) -> Self {
        Expr::Literal(text.into())
    }

    /// A character of one of these ranges; both ends belong to a range.
    pub fn class(ranges: impl IntoIterator<Item = (char, char)>) -> Self {
        Expr::Class(CharClass { negated: false, ranges: code_points(ranges) })
    }

    /// A character of none of these ranges; both ends belong to a range.
    pub fn class_except(ranges: impl IntoIterator<Item = (char, char)>) -> Self {
        Expr::Class(CharClass { negated: true, ranges: code_points(ranges) })
    }

    /// What the rule of this name matches.
    pub fn rule(name: impl Into<SmolStr>) -> Self {
        Expr::Rule(name.into())
    }

    /// These, one after the other. No parts give the empty text.
    pub fn seq(parts: impl IntoIterator<Item = Expr>) -> Self {
        let mut sequence = Sequence::default();
        for part in parts {
            match part {
                Expr::Seq(inner) => inner.into_iter().for_each(|part| sequence.push(part)),
                part => sequence.push(part),
            }
        }
        sequence.join();
        let mut out = sequence.parts;
        match out.len() {
            0 => Expr::empty(),
            1 => out.swap_remove(0),
            _ => Expr::Seq(out),
        }
    }

    /// One of these. No alternatives at all match nothing, not even the empty text, and no grammar can hold that:
    /// [`Grammar::from_ast`](super::Grammar::from_ast) refuses it.
    pub fn alt(alternatives: impl IntoIterator<Item = Expr>) -> Self {
        let mut out = Vec::new();
        for alternative in alternatives {
            match alternative {
                Expr::Alt(inner) => out.extend(inner),
                alternative => out.push(alternative),
            }
        }
        if out.len() == 1 { out.swap_remove(0) } else { Expr::Alt(out) }
    }

    /// This, at least `min` and at most `max` times; without `max`, any number of times from `min` on.
    #[must_use]
    pub fn repeat(self, min: u32, max: Option<u32>) -> Self {
        if (min, max) == (1, Some(1)) || self == Expr::empty() {
            return self;
        }
        Expr::Repeat { expr: Box::new(self), min, max }
    }

    /// This or the empty text.
    #[must_use]
    pub fn optional(self) -> Self {
        self.repeat(0, Some(1))
    }

    /// The same expression in normal form, all the way down.
    #[must_use]
    pub fn normalized(self) -> Self {
        match self {
            Expr::Seq(parts) => Expr::seq(parts.into_iter().map(Expr::normalized)),
            Expr::Alt(parts) => Expr::alt(parts.into_iter().map(Expr::normalized)),
            Expr::Repeat { expr, min, max } => expr.normalized().repeat(min, max),
            Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Rule(_) | Expr::Token(_) => self,
        }
    }
}

fn code_points(ranges: impl IntoIterator<Item = (char, char)>) -> Vec<(u32, u32)> {
    ranges.into_iter().map(|(low, high)| (low.into(), high.into())).collect()
}

/// The parts of a sequence that is being made.
#[derive(Default)]
struct Sequence {
    parts: Vec<Expr>,
    /// Several literals in a row, of which the first is the last part; copied once, when the next part is another.
    joined: String,
}

impl Sequence {
    /// Appends a part that is no sequence.
    fn push(&mut self, part: Expr) {
        match (self.parts.last(), part) {
            (_, Expr::Literal(text)) if text.is_empty() => {}
            (Some(Expr::Literal(first)), Expr::Literal(text)) => {
                if self.joined.is_empty() {
                    self.joined.push_str(first);
                }
                self.joined.push_str(&text);
            }
            (_, part) => {
                self.join();
                self.parts.push(part);
            }
        }
    }

    /// Makes one literal of those in a row at the end.
    fn join(&mut self) {
        if self.joined.is_empty() {
            return;
        }
        if let Some(last) = self.parts.last_mut() {
            *last = Expr::literal(mem::take(&mut self.joined));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_flat() {
        let a = Expr::seq([Expr::literal("a"), Expr::seq([Expr::empty(), Expr::literal("b"), Expr::Any])]);
        assert_eq!(a, Expr::Seq(vec![Expr::literal("ab"), Expr::Any]));
        assert_eq!(Expr::seq([]), Expr::empty());
        assert_eq!(Expr::seq([Expr::empty(), Expr::Any, Expr::empty()]), Expr::Any);
    }

    #[test]
    fn alternatives_are_flat() {
        let (a, b) = (Expr::literal("a"), Expr::literal("b"));
        let nested = Expr::alt([Expr::alt([a.clone(), b.clone()]), Expr::Any]);
        assert_eq!(nested, Expr::Alt(vec![a.clone(), b, Expr::Any]));
        assert_eq!(Expr::alt([a.clone()]), a);
    }

    #[test]
    fn once_is_no_repetition() {
        assert_eq!(Expr::Any.repeat(1, Some(1)), Expr::Any);
        assert_eq!(Expr::empty().optional(), Expr::empty());
        assert!(matches!(Expr::Any.repeat(0, Some(0)), Expr::Repeat { .. }));
    }
}
