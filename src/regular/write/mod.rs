//! Sets of texts as rules of a grammar.
//!
//! The expression follows the automaton, so the next character always decides how to go on. What lies between a state
//! and the one that all ways from it come to next (its immediate post-dominator, see [`joins`]) is one expression; ways
//! that come back to the state are a repetition; and a state that several ways lead to, or that a way comes back to from
//! the middle, is a rule of its own. [`steps`] builds these from [`piece`]s, which put equal neighbours together, and
//! [`lower`] writes the pieces in the characters of an [`Encoding`].
mod chars;
mod graph;
mod joins;
mod lower;
mod piece;
mod repeat;
mod steps;
#[cfg(test)]
mod tests;
mod ways;

use smol_str::SmolStr;

use super::Dfa;
use crate::{Error, ErrorKind, Result, gbnf::Expr};

/// How the characters of a text are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Encoding {
    /// As they are. U+0000, which llama.cpp cannot match, is left out.
    Raw,
    /// As inside of a JSON string, each in one spelling: only what must be escaped is, in the short form if there is one
    /// and else as `\u00` and two lowercase digits.
    Json,
}

/// Where rules go.
pub(crate) trait Sink {
    /// Adds a rule with a name near this one, or finds one with this body, and refers to it.
    ///
    /// # Errors
    ///
    /// There are too many rules.
    fn rule(&mut self, near: &str, body: Expr) -> Result<Expr>;

    /// A name near this one for a rule that will be [defined](Self::define).
    fn reserve(&mut self, near: &str) -> SmolStr;

    /// Adds a rule with a reserved name.
    ///
    /// # Errors
    ///
    /// There are too many rules.
    fn define(&mut self, name: SmolStr, body: Expr) -> Result<()>;
}

/// An expression for the texts of a set. Rules that it needs get names near this one.
///
/// # Errors
///
/// The set is empty, or there are too many rules.
pub(crate) fn write(dfa: &Dfa, encoding: Encoding, near: &str, sink: &mut dyn Sink) -> Result<Expr> {
    let within;
    let dfa = match encoding {
        Encoding::Raw if chars::needs_nul(dfa) => {
            within = dfa.minus(&chars::with_nul()).map_err(|error| failed(&error.to_string()))?;
            &within
        }
        _ => dfa,
    };
    if dfa.is_none() {
        return Err(failed("no text at all is in the set: a grammar cannot hold that"));
    }
    let written = steps::steps(dfa);
    lower::lower(&written, encoding, near, sink)
}

fn failed(message: &str) -> Error {
    Error::new(ErrorKind::Grammar, message)
}
