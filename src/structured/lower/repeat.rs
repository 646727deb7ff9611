//! Repetition, exact for any bounds.
//!
//! Engines write `x{m,n}` out and read large bounds wrongly, so repetitions are kept short: a long one is made of
//! blocks, each an exact number of items.
use super::{
    expr::{empty, many, repeat, seq},
    rules::Rules,
};
use crate::{Result, gbnf::Expr};

/// The longest repetition that is written directly.
const DIRECT: u64 = 256;
/// The highest bound.
pub(super) const MAX_COUNT: u64 = 1_000_000;

/// The rule `item`, from `min` to `max` times. Neither may be higher than [`MAX_COUNT`].
pub(super) fn counted(rules: &mut Rules, near: &str, item: &Expr, min: u64, max: Option<u64>) -> Result<Expr> {
    match max {
        None if min <= DIRECT => Ok(repeat(item.clone(), narrow(min), None)),
        None => Ok(seq([exactly(rules, near, item, min)?, many(item.clone())])),
        Some(max) if max <= DIRECT => Ok(repeat(item.clone(), narrow(min), Some(narrow(max)))),
        Some(max) => {
            let begin = exactly(rules, near, item, min)?;
            Ok(seq([begin, at_most(rules, near, item, max.saturating_sub(min))?]))
        }
    }
}

fn exactly(rules: &mut Rules, near: &str, item: &Expr, count: u64) -> Result<Expr> {
    if count == 0 {
        return Ok(empty());
    }
    if count <= DIRECT {
        return Ok(repeat(item.clone(), narrow(count), Some(narrow(count))));
    }
    let length = count.isqrt();
    let block = block(rules, near, item, length)?;
    let (blocks, rest) = (count / length, count % length);
    Ok(seq([
        repeat(block, narrow(blocks), Some(narrow(blocks))),
        repeat(item.clone(), narrow(rest), Some(narrow(rest))),
    ]))
}

fn at_most(rules: &mut Rules, near: &str, item: &Expr, count: u64) -> Result<Expr> {
    if count <= DIRECT {
        return Ok(repeat(item.clone(), 0, Some(narrow(count))));
    }
    let length = count.isqrt();
    let block = block(rules, near, item, length)?;
    // The single items must fill every gap between two numbers of blocks.
    let blocks = (count + 1 - length) / length;
    let rest = count - blocks * length;
    Ok(seq([repeat(block, 0, Some(narrow(blocks))), repeat(item.clone(), 0, Some(narrow(rest)))]))
}

/// The rule that is `length` items.
fn block(rules: &mut Rules, near: &str, item: &Expr, length: u64) -> Result<Expr> {
    let body = repeat(item.clone(), narrow(length), Some(narrow(length)));
    rules.once(&format!("{near}-block"), body)
}

fn narrow(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structured::{
        lower::{expr::rule, shared::Flavour},
        options::Whitespace,
    };

    /// The lengths that an expression over one rule can have.
    fn lengths(expr: &Expr, rules: &[crate::gbnf::Rule]) -> std::collections::BTreeSet<u64> {
        match expr {
            Expr::Literal(_) => [0].into(),
            Expr::Rule(name) => match rules.iter().find(|rule| rule.name == *name) {
                Some(rule) => lengths(&rule.body, rules),
                None => [1].into(),
            },
            Expr::Seq(parts) => parts.iter().fold([0].into(), |sums, part| {
                let next = lengths(part, rules);
                sums.iter().flat_map(|a| next.iter().map(move |b| a + b)).collect()
            }),
            Expr::Repeat { expr, min, max: Some(max) } => {
                let one = lengths(expr, rules);
                let (low, high) = (one.first().unwrap(), one.last().unwrap());
                assert_eq!(low, high, "only exact items are repeated");
                (*min..=*max).map(|count| u64::from(count) * low).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_length_and_no_other() {
        for (min, max) in [(0, 0), (0, 256), (0, 257), (3, 300), (300, 300), (257, 1000), (500, 5000), (0, 9999)] {
            let mut rules = Rules::new(Flavour { whitespace: Whitespace::Compact, typed: true });
            let expr = counted(&mut rules, "x", &rule("item"), min, Some(max)).unwrap();
            let rules = rules.finish().into_ast().unwrap().rules;
            assert_eq!(lengths(&expr, &rules), (min..=max).collect(), "{min} to {max}");
        }
    }
}
