//! Repetition, exact for any bounds.
use super::builder::Builder;
use crate::{Error, ErrorKind, Result, gbnf::Expr};

/// The longest repetition that is written directly: llama.cpp makes a rule for every time that may or may not come.
const DIRECT: u32 = 256;
/// The highest bound.
const MAX: u32 = 1_000_000;

pub(super) fn repeat(rules: &mut Builder, expr: Expr, min: u32, max: Option<u32>) -> Result<Expr> {
    let fault = |message| Err(Error::new(ErrorKind::Grammar, message));
    if max.is_some_and(|max| max < min) {
        return fault(format!(
            "the bounds {min} and {} are the wrong way round: the smaller is first",
            max.unwrap_or(0)
        ));
    }
    if min.max(max.unwrap_or(0)) > MAX {
        return fault(format!("no bound of a repetition is above {MAX}: lower it, or leave out the upper one"));
    }
    match max {
        Some(0) => return Ok(Expr::empty()),
        // llama.cpp makes copies of what is inside; where it is small that is good for the reader.
        _ if max.unwrap_or(min) <= DIRECT && is_small(&expr) => return Ok(expr.repeat(min, max)),
        _ => {}
    }
    let item =
        if matches!(expr, Expr::Rule(_) | Expr::Class(_) | Expr::Any) { expr } else { rules.once("repeated", expr) };
    Ok(match max {
        None if min <= DIRECT => item.repeat(min, None),
        None => Expr::seq([exactly(rules, &item, min), item.repeat(0, None)]),
        Some(max) if max <= DIRECT => item.repeat(min, Some(max)),
        Some(max) => Expr::seq([exactly(rules, &item, min), at_most(rules, &item, max - min)]),
    })
}

fn is_small(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(text) => text.len() < 16,
        Expr::Class(_) | Expr::Any | Expr::Rule(_) | Expr::Token(_) => true,
        Expr::Seq(parts) => {
            parts.len() < 8 && parts.iter().all(|part| !matches!(part, Expr::Seq(_) | Expr::Alt(_)) && is_small(part))
        }
        Expr::Alt(_) | Expr::Repeat { .. } => false,
    }
}

fn exactly(rules: &mut Builder, item: &Expr, count: u32) -> Expr {
    match count {
        0 => Expr::empty(),
        1..=DIRECT => item.clone().repeat(count, Some(count)),
        _ => {
            let length = count.isqrt();
            let blocks = block(rules, item, length).repeat(count / length, Some(count / length));
            Expr::seq([blocks, exactly(rules, item, count % length)])
        }
    }
}

fn at_most(rules: &mut Builder, item: &Expr, count: u32) -> Expr {
    match count {
        0 => Expr::empty(),
        1..=DIRECT => item.clone().repeat(0, Some(count)),
        _ => {
            let length = count.isqrt();
            // The single items must fill every gap between two numbers of blocks.
            let blocks = (count + 1 - length) / length;
            let rest = count - blocks * length;
            let block = block(rules, item, length);
            Expr::seq([block.repeat(0, Some(blocks)), item.clone().repeat(0, Some(rest))])
        }
    }
}

/// The rule that is `length` items.
fn block(rules: &mut Builder, item: &Expr, length: u32) -> Expr {
    rules.once("block", item.clone().repeat(length, Some(length)))
}
