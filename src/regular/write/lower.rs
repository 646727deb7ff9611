//! From pieces to expressions and rules.
use std::sync::Arc;

use smol_str::SmolStr;

use super::{
    Encoding, Sink,
    chars::spelled,
    piece::{Line, Piece},
    repeat::repeat,
    steps::Written,
};
use crate::{
    Result,
    gbnf::{Expr, NumberMap},
    regular::ranges::Ranges,
};

/// A class with more ranges that is written more than once is a rule.
const LONG: usize = 12;

/// Alternatives of so many pieces that are written more than once are a rule.
const LARGE: usize = 8;

/// In a set with more rules alternatives are not compared: they are too many, and seldom the same.
const MANY_RULES: usize = 200;

/// The expression of the whole; the rules go to the sink.
pub(super) fn lower(written: &Written<'_>, encoding: Encoding, near: &str, sink: &mut dyn Sink) -> Result<Expr> {
    let mut lower = Lower {
        classes: written.dfa.table().classes(),
        encoding,
        near,
        shares: written.rules.len() <= MANY_RULES,
        uses: NumberMap::default(),
        alternatives: NumberMap::default(),
        chars: NumberMap::default(),
        names: NumberMap::default(),
        sink,
    };
    lower.count(&written.whole, 1);
    written.rules.iter().for_each(|(_, line)| lower.count(line, 1));
    for (state, _) in &written.rules {
        let name = lower.sink.reserve(near);
        lower.names.insert(*state, name);
    }
    for (state, line) in &written.rules {
        let body = lower.line(line)?;
        let name = lower.names.get(state).cloned().unwrap_or_default();
        lower.sink.define(name, body)?;
    }
    lower.line(&written.whole)
}

struct Lower<'a> {
    classes: Vec<Ranges>,
    encoding: Encoding,
    near: &'a str,
    /// Whether alternatives that are written more than once are looked for.
    shares: bool,
    /// How often each set of characters is written.
    uses: NumberMap<Arc<[u32]>, usize>,
    /// How often alternatives that take some room are written.
    alternatives: NumberMap<Piece, usize>,
    /// The sets that have been written.
    chars: NumberMap<Arc<[u32]>, Expr>,
    /// The rules of states.
    names: NumberMap<u32, SmolStr>,
    sink: &'a mut dyn Sink,
}

impl Lower<'_> {
    /// Counts the sets of characters in a line that is written so often.
    fn count(&mut self, line: &Line, times: usize) {
        for piece in line.pieces() {
            match piece {
                Piece::Chars(classes) => *self.uses.entry(classes.clone()).or_default() += times,
                Piece::Rule(_) => {}
                Piece::Alt(lines) => {
                    if self.shares && piece.size() >= LARGE {
                        *self.alternatives.entry(piece.clone()).or_default() += 1;
                    }
                    lines.iter().for_each(|line| self.count(line, times));
                }
                Piece::Repeat { line, min, max } => {
                    let often = max.unwrap_or(*min).max(1) as usize;
                    self.count(line, times.saturating_mul(often));
                }
            }
        }
    }

    fn line(&mut self, line: &Line) -> Result<Expr> {
        let mut parts = Vec::new();
        for same in line.pieces().chunk_by(|a, b| a == b) {
            let Some(piece) = same.first() else {
                continue;
            };
            let part = self.piece(piece)?;
            let count = u32::try_from(same.len()).unwrap_or(u32::MAX);
            match part {
                part if count == 1 => parts.push(part),
                // Text reads best as it is.
                Expr::Literal(text) => parts.push(Expr::literal(text.repeat(same.len()))),
                part => parts.push(repeat(self.sink, self.near, part, count, Some(count))?),
            }
        }
        Ok(Expr::seq(parts))
    }

    fn piece(&mut self, piece: &Piece) -> Result<Expr> {
        match piece {
            Piece::Chars(classes) => self.set(classes),
            Piece::Rule(state) => Ok(Expr::rule(self.names.get(state).cloned().unwrap_or_default())),
            Piece::Alt(lines) => {
                let parts = lines.iter().map(|line| self.line(line)).collect::<Result<Vec<_>>>()?;
                let expr = Expr::alt(parts);
                if self.shares && self.alternatives.get(piece).is_some_and(|uses| *uses > 1) {
                    return self.sink.rule(self.near, expr);
                }
                Ok(expr)
            }
            Piece::Repeat { line, min, max } => {
                let item = self.line(line)?;
                repeat(self.sink, self.near, item, *min, *max)
            }
        }
    }

    fn set(&mut self, classes: &Arc<[u32]>) -> Result<Expr> {
        if let Some(known) = self.chars.get(classes) {
            return Ok(known.clone());
        }
        let ranges = classes.iter().filter_map(|class| self.classes.get(*class as usize)).flat_map(Ranges::iter);
        let mut expr = spelled(&Ranges::new(ranges), self.encoding);
        let is_long = match &expr {
            Expr::Alt(_) => true,
            Expr::Class(class) => class.ranges.len() > LONG,
            _ => false,
        };
        if is_long && self.uses.get(classes).is_some_and(|uses| *uses > 1) {
            expr = self.sink.rule("char", expr)?;
        }
        self.chars.insert(classes.clone(), expr.clone());
        Ok(expr)
    }
}
