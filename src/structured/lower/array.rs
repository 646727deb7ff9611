//! Arrays and tuples.
use super::{
    Lowering,
    expr::{empty, many, optional, seq, text},
    repeat::{MAX_COUNT, counted},
};
use crate::{
    Result,
    gbnf::Expr,
    structured::{ir::ArrayShape, schema::schema_error},
};

/// An array.
pub(super) fn array(lowering: &mut Lowering<'_>, near: &str, shape: &ArrayShape) -> Result<Expr> {
    for (keyword, count) in [("minItems", shape.min), ("maxItems", shape.max.unwrap_or(0))] {
        if count > MAX_COUNT {
            return Err(schema_error(format!("`{keyword}` is above {MAX_COUNT}: lower it or leave it out")));
        }
    }
    let length = shape.prefix.len() as u64;
    let behind = (shape.min.saturating_sub(length), shape.max.map(|max| max.saturating_sub(length)));
    let comma = if length == 0 { "" } else { "," };
    let mut content = match shape.rest {
        Some(rest) if shape.max.is_none_or(|max| max > length) => {
            let item = lowering.value(rest)?;
            items(lowering, near, &item, behind, comma)?
        }
        _ => empty(),
    };
    for (at, id) in shape.prefix.iter().enumerate().rev() {
        if shape.max.is_some_and(|max| at as u64 >= max) {
            continue;
        }
        let comma = if at == 0 { "" } else { "," };
        content = seq([text(comma), lowering.value(*id)?, content]);
        if at as u64 >= shape.min {
            content = optional(content);
        }
    }
    Ok(seq([text("["), content, text("]")]))
}

/// From `min` to `max` items; `comma` stands before the first.
fn items(
    lowering: &mut Lowering<'_>,
    near: &str,
    item: &Expr,
    (min, max): (u64, Option<u64>),
    comma: &str,
) -> Result<Expr> {
    let next = seq([text(","), item.clone()]);
    let least = min.saturating_sub(1);
    let rest = match max.map(|max| max.saturating_sub(1)) {
        None if least == 0 => many(next),
        Some(0) => empty(),
        most => {
            let next = lowering.rules.add(&format!("{near}-next"), next)?;
            counted(&mut lowering.rules, near, &next, least, most)?
        }
    };
    let all = seq([text(comma), item.clone(), rest]);
    Ok(if min == 0 { optional(all) } else { all })
}
