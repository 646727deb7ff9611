//! Our matcher and llama.cpp's grammar code allow the same.
use std::sync::LazyLock;

use catena::{ErrorKind, Grammar, gbnf::Matcher};

use super::{grammars, oracle::Oracle};

static ORACLE: LazyLock<Oracle> = LazyLock::new(Oracle::new);

/// llama.cpp, started once.
pub(crate) fn oracle() -> &'static Oracle {
    &ORACLE
}

/// Splits the bytes at the first `0xFF`, makes a grammar of those before it, and lets those after it choose what is
/// written. Says whether there is a grammar.
pub(crate) fn check(data: &[u8]) -> bool {
    let split = data.iter().position(|&byte| byte == 0xFF).unwrap_or(data.len());
    let (before, after) = data.split_at(split);
    let Some(grammar) = grammars::grammar(before).filter(is_fast) else { return false };
    match Matcher::new(&grammar) {
        Ok(_) => {}
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Grammar | ErrorKind::Unsupported), "{error}");
            return false;
        }
    }
    let mut choices = after.iter().skip(1);
    let choose = |count: usize| usize::from(choices.next().copied().unwrap_or_default()) * count / 256;
    oracle().walk(&grammar, after.len().min(24), choose);
    true
}

/// The most stacks that llama.cpp is asked to hold: its time goes with their square, and cannot be cut short.
const STACKS: usize = 200;

/// Whether llama.cpp will be done soon: it takes a time that grows with the bounds of repetitions, where they stand in
/// one another with their product, and with the ways in which a text can be read.
fn is_fast(grammar: &Grammar) -> bool {
    let is_short = grammar.text().len() < 400
        && !grammar.text().split('{').skip(1).any(|rest| rest.split('}').next().is_some_and(|b| b.len() > 3));
    is_short
        && grammar.hazards().is_ok_and(|hazards| {
            hazards.stacks.is_none_or(|stacks| stacks.max <= STACKS)
                && hazards.places.iter().all(|place| place.stacks <= STACKS)
        })
}
