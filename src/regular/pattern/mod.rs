//! Patterns in the syntax of ECMA-262.
mod class;
mod escape;
mod group;
mod parser;
mod reader;
#[cfg(test)]
pub(super) mod tests;
mod unicode;

use super::{Dfa, PatternError, nfa};

/// The texts that a pattern matches as a whole. Errors are those of [`pattern`].
pub(super) fn whole(ecma: &str) -> Result<Dfa, PatternError> {
    let node = parser::parse(ecma)?;
    Ok(nfa::language(&node, nfa::Search::WHOLE)?)
}

/// The texts that hold a match of a pattern, as the keyword `pattern` has it.
///
/// The syntax is that of ECMA-262 with the flag `u`, and with what browsers take besides: `{`, `}` and `]` for
/// themselves where they mean nothing else, needless backslashes before signs, and sets beside a `-` in a class. Also
/// read is what other dialects write and no one can read otherwise: `(?P<name>...)`, `\pL`, and the flags `i` and `s` at the
/// beginning or in a group.
///
/// # Errors
///
/// The pattern is malformed, means something else in another dialect, is not regular (references back to groups), or
/// takes too large an automaton.
pub(crate) fn pattern(ecma: &str) -> Result<Dfa, PatternError> {
    let node = parser::parse(ecma)?;
    Ok(nfa::language(&node, nfa::Search::SOMEWHERE)?)
}
