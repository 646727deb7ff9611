//! The white space between the parts of a text.
use super::{
    expr::{empty, optional, repeat, seq, text},
    factor::alt,
    rules::Rules,
};
use crate::{gbnf::Expr, structured::options::Whitespace};

/// How commas, colons and brackets are written.
#[derive(Debug, Clone)]
pub(super) struct Style {
    comma: Expr,
    colon: Expr,
    /// What may stand on the inner side of a bracket.
    inside: Expr,
}

impl Style {
    pub(super) fn new(whitespace: Whitespace, rules: &mut Rules) -> Self {
        match whitespace {
            Whitespace::Compact => Style { comma: text(","), colon: text(":"), inside: empty() },
            Whitespace::Spaced => Style { comma: text(", "), colon: text(": "), inside: empty() },
            Whitespace::Pretty(indent) => {
                let space = rules.shared("space", |_| {
                    let line = seq([text("\n"), repeat(text(" "), 0, Some(indent.into()))]);
                    optional(alt([text(" "), line]))
                });
                Style {
                    comma: seq([text(","), space.clone()]),
                    colon: seq([text(":"), optional(text(" "))]),
                    inside: space,
                }
            }
        }
    }

    pub(super) fn comma(&self) -> Expr {
        self.comma.clone()
    }

    pub(super) fn colon(&self) -> Expr {
        self.colon.clone()
    }

    /// An opening bracket.
    pub(super) fn open(&self, bracket: &str) -> Expr {
        seq([text(bracket), self.inside.clone()])
    }

    /// A closing bracket; `empty` if nothing stands before it.
    pub(super) fn close(&self, bracket: &str, empty: bool) -> Expr {
        if empty { text(bracket) } else { seq([self.inside.clone(), text(bracket)]) }
    }
}
