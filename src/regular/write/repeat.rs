//! Repetitions with bounds that llama.cpp reads.
//!
//! It writes `x{m,n}` out, reads large bounds wrongly, and refuses groups that take too many rules. So what is repeated
//! often is a rule, and a long repetition is made of blocks, each an exact number of items.
use super::Sink;
use crate::{Result, gbnf::Expr};

/// The longest repetition that is written directly.
const DIRECT: u32 = 256;
/// The most parts of an expression that a repetition is written out to without a rule for what is repeated.
const PARTS: usize = 64;

/// `item`, from `min` to `max` times.
pub(super) fn repeat(sink: &mut dyn Sink, near: &str, item: Expr, min: u32, max: Option<u32>) -> Result<Expr> {
    let times = max.unwrap_or(min).max(1) as usize;
    let item = match item {
        Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Rule(_) => item,
        item if parts(&item).saturating_mul(times) <= PARTS => item,
        item => sink.rule(&format!("{near}-item"), item)?,
    };
    match max {
        None if min <= DIRECT => Ok(item.repeat(min, None)),
        None => Ok(Expr::seq([exactly(sink, near, &item, min)?, item.repeat(0, None)])),
        Some(max) if max <= DIRECT => Ok(item.repeat(min, Some(max))),
        Some(max) => {
            let begin = exactly(sink, near, &item, min)?;
            Ok(Expr::seq([begin, at_most(sink, near, &item, max.saturating_sub(min))?]))
        }
    }
}

fn exactly(sink: &mut dyn Sink, near: &str, item: &Expr, count: u32) -> Result<Expr> {
    if count <= DIRECT {
        return Ok(times(item, count, count));
    }
    let length = count.isqrt();
    let block = block(sink, near, item, length)?;
    Ok(Expr::seq([times(&block, count / length, count / length), times(item, count % length, count % length)]))
}

fn at_most(sink: &mut dyn Sink, near: &str, item: &Expr, count: u32) -> Result<Expr> {
    if count <= DIRECT {
        return Ok(times(item, 0, count));
    }
    let length = count.isqrt();
    let block = block(sink, near, item, length)?;
    // The single items must fill every gap between two numbers of blocks.
    let blocks = (count + 1 - length) / length;
    Ok(Expr::seq([times(&block, 0, blocks), times(item, 0, count - blocks * length)]))
}

/// The rule that is `length` items.
fn block(sink: &mut dyn Sink, near: &str, item: &Expr, length: u32) -> Result<Expr> {
    sink.rule(&format!("{near}-block"), times(item, length, length))
}

fn times(item: &Expr, min: u32, max: u32) -> Expr {
    if max == 0 { Expr::empty() } else { item.clone().repeat(min, Some(max)) }
}

/// The literals, classes and references in an expression.
fn parts(expr: &Expr) -> usize {
    match expr {
        Expr::Seq(inner) | Expr::Alt(inner) => inner.iter().map(parts).sum(),
        Expr::Repeat { expr, min, max } => parts(expr).saturating_mul(max.unwrap_or(*min).max(1) as usize),
        _ => 1,
    }
}
