//! Grammars made of bytes.
use std::str;

use arbitrary::{Result, Unstructured};
use catena::{
    Grammar,
    gbnf::{Ast, CharClass, Expr, Rule, TokenName, TokenRef},
};

const NAMES: [&str; 5] = ["root", "a", "b-2", "C", "0"];
const DEPTH: usize = 5;

/// The grammar that the bytes are the text of, or else one built of them.
pub(super) fn grammar(data: &[u8]) -> Option<Grammar> {
    let read = str::from_utf8(data).ok().and_then(|text| Grammar::parse(text).ok());
    read.or_else(|| Grammar::from_ast(ast(&mut Unstructured::new(data), false).ok()?, "root").ok())
}

/// A tree, not always one that can be written; with `tokens`, some rules name tokens.
pub(super) fn ast(u: &mut Unstructured<'_>, tokens: bool) -> Result<Ast> {
    let count = u.int_in_range(1..=NAMES.len())?;
    let mut rules = Vec::new();
    for (number, name) in NAMES.iter().enumerate().take(count) {
        let mut maker = Maker { u, tokens, count, number };
        rules.push(Rule { name: (*name).into(), body: maker.expr(DEPTH, false)? });
    }
    Ok(Ast { rules })
}

struct Maker<'a, 'b> {
    u: &'a mut Unstructured<'b>,
    tokens: bool,
    /// The number of rules, and of the one that is made.
    count: usize,
    number: usize,
}

impl Maker<'_, '_> {
    /// An expression; `guarded` if a character has been read before it, so that any rule may follow.
    fn expr(&mut self, depth: usize, guarded: bool) -> Result<Expr> {
        let leaf = depth < DEPTH && (depth == 0 || self.u.is_empty());
        let first = if depth == DEPTH { 8 } else { 0 };
        Ok(match self.u.int_in_range(first..=if leaf { 7 } else { 15 })? {
            0..=2 => Expr::literal(self.text()?),
            3 => Expr::Class(self.class()?),
            4 if self.tokens => Expr::Token(self.token()?),
            4 => Expr::Any,
            5..=7 => self.rule(guarded)?,
            8..=10 => {
                let mut guarded = guarded;
                let mut parts = Vec::new();
                for _ in 0..self.u.int_in_range(0..=4)? {
                    let part = self.expr(depth - 1, guarded)?;
                    guarded |= reads(&part);
                    parts.push(part);
                }
                Expr::Seq(parts)
            }
            11..=13 => {
                let count = self.u.int_in_range(1..=4)?;
                Expr::Alt((0..count).map(|_| self.expr(depth - 1, guarded)).collect::<Result<_>>()?)
            }
            _ => {
                let (min, more) = (self.u.int_in_range(0..=3)?, self.u.int_in_range(0..=4)?);
                let max = match more {
                    0 => None,
                    1 => Some(min + self.u.int_in_range(0..=300)?),
                    more => Some(min + more - 1),
                };
                Expr::Repeat { expr: Box::new(self.expr(depth - 1, guarded)?), min, max }
            }
        })
    }

    fn rule(&mut self, guarded: bool) -> Result<Expr> {
        let first = if guarded { 0 } else { self.number + 1 };
        if first >= self.count {
            return Ok(Expr::Any);
        }
        let number = self.u.int_in_range(first..=self.count - 1)?;
        Ok(Expr::rule(NAMES[number]))
    }

    fn text(&mut self) -> Result<String> {
        let length = self.u.int_in_range(0..=4)?;
        (0..length).map(|_| self.character()).collect()
    }

    fn character(&mut self) -> Result<char> {
        let common =
            ['a', 'b', 'c', '"', '\\', '[', ']', '-', '^', 'é', 'è', '☃', '😀', '\n', '\u{7f}', '\u{7ff}', '\u{800}'];
        Ok(if self.u.ratio(7, 8)? { *self.u.choose(&common)? } else { self.u.arbitrary()? })
    }

    fn class(&mut self) -> Result<CharClass> {
        let mut ranges = Vec::new();
        for _ in 0..self.u.int_in_range(1..=3)? {
            let low = u32::from(self.character()?);
            let high = if self.u.arbitrary()? { low } else { u32::from(self.character()?) };
            ranges.push((low.min(high), low.max(high)));
        }
        Ok(CharClass { negated: self.u.ratio(1, 4)?, ranges })
    }

    fn token(&mut self) -> Result<TokenRef> {
        let token = if self.u.arbitrary()? {
            TokenName::Id(self.u.arbitrary::<u32>()? >> 1)
        } else {
            TokenName::Text(format!("<{}>", self.u.choose(&["", "a", "|im_end|", "/think", "é \""])?))
        };
        Ok(TokenRef { negated: self.u.arbitrary()?, token })
    }
}

/// Whether an expression reads at least a character, as far as can be seen without its rules.
fn reads(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(text) => !text.is_empty(),
        Expr::Class(_) | Expr::Any | Expr::Token(_) => true,
        Expr::Rule(_) => false,
        Expr::Seq(parts) => parts.iter().any(reads),
        Expr::Alt(parts) => parts.iter().all(reads),
        Expr::Repeat { expr, min, .. } => *min > 0 && reads(expr),
    }
}
