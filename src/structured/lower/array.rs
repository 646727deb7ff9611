//! Arrays and tuples.
use smol_str::SmolStr;

use super::{
    Lowering,
    expr::{empty, many, optional, rule, seq, text},
    factor::alt,
    repeat::{MAX_COUNT, counted},
};
use crate::{
    Result,
    gbnf::Expr,
    structured::{
        document::schema_error,
        ir::{ArrayShape, ItemMachine, ItemState},
    },
};

/// The most items of a tuple that one rule holds: where the array may end behind each, they are groups within one another,
/// which engines read recursively.
const NESTED: u64 = 32;

/// An array.
pub(super) fn array(lowering: &mut Lowering<'_, '_>, near: &str, shape: &ArrayShape) -> Result<Expr> {
    let (min, max) = (shape.count.min, shape.count.max);
    for (keyword, count) in [("minItems", min), ("maxItems", max.unwrap_or(0))] {
        if count > MAX_COUNT {
            return Err(schema_error(format!("`{keyword}` is above {MAX_COUNT}: lower it or leave it out")));
        }
    }
    let length = shape.prefix.len() as u64;
    let behind = (min.saturating_sub(length), max.map(|max| max.saturating_sub(length)));
    let comma = |at: u64, lowering: &Lowering<'_, '_>| if at == 0 { empty() } else { lowering.style.comma() };
    let mut content = match shape.rest {
        Some(rest) if max.is_none_or(|max| max > length) => {
            let item = lowering.value(rest)?;
            let comma = comma(length, lowering);
            some(lowering, near, &item, behind, comma)?
        }
        _ => empty(),
    };
    for (at, id) in (0_u64..).zip(&shape.prefix).collect::<Vec<_>>().into_iter().rev() {
        if max.is_some_and(|max| at >= max) {
            continue;
        }
        let item = lowering.value(*id)?;
        content = seq([comma(at, lowering), item, content]);
        if at >= min {
            content = optional(content);
        }
        if at > 0 && (length - at) % NESTED == 0 {
            content = lowering.rules.add(&format!("{near}-rest"), content)?;
        }
    }
    let style = &lowering.style;
    let (after, alone) = (style.close("]", false), style.close("]", true));
    if content == empty() {
        return Ok(seq([style.open("["), alone]));
    }
    Ok(match content {
        // Nothing at all is closed on its own, so that white space is not written twice.
        Expr::Repeat { expr, min: 0, max: Some(1) } if after != alone => {
            seq([style.open("["), alt([alone, seq([*expr, after])])])
        }
        content => seq([style.open("["), content, after]),
    })
}

/// From `min` to `max` items; `comma` stands before the first.
fn some(
    lowering: &mut Lowering<'_, '_>,
    near: &str,
    item: &Expr,
    (min, max): (u64, Option<u64>),
    comma: Expr,
) -> Result<Expr> {
    let next = seq([lowering.style.comma(), item.clone()]);
    let least = min.saturating_sub(1);
    let rest = match max.map(|max| max.saturating_sub(1)) {
        None if least == 0 => many(next),
        Some(0) => empty(),
        most => {
            let next = lowering.rules.add(&format!("{near}-next"), next)?;
            counted(&mut lowering.rules, near, &next, least, most)?
        }
    };
    let all = seq([comma, item.clone(), rest]);
    Ok(if min == 0 { optional(all) } else { all })
}

/// An array that is read item by item.
pub(super) fn items(lowering: &mut Lowering<'_, '_>, near: &str, machine: &ItemMachine) -> Result<Expr> {
    let name = |at: usize, state: &ItemState, lowering: &mut Lowering<'_, '_>| {
        (at > 0 && !state.next.is_empty()).then(|| lowering.rules.name(&format!("{near}-items")))
    };
    let names: Vec<Option<SmolStr>> =
        machine.states.iter().enumerate().map(|(at, state)| name(at, state, lowering)).collect();
    let close = lowering.style.close("]", false);
    let mut start = text("]");
    for (at, state) in machine.states.iter().enumerate() {
        let mut parts = Vec::new();
        for (value, to) in &state.next {
            let comma = if at == 0 { empty() } else { lowering.style.comma() };
            let after = names.get(*to).and_then(Option::as_deref).map_or_else(|| close.clone(), rule);
            // The start is never reached again: its rule would lack the comma.
            parts.push(seq([comma, lowering.value(*value)?, after]));
        }
        if state.ends {
            parts.push(lowering.style.close("]", at == 0));
        }
        match names.get(at).cloned().flatten() {
            Some(name) => lowering.rules.define(name, alt(parts))?,
            None if at == 0 => start = alt(parts),
            None => {}
        }
    }
    Ok(seq([lowering.style.open("["), start]))
}
