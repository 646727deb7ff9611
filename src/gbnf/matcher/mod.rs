//! Matching texts against a grammar, byte by byte.
//!
//! A grammar is compiled in three steps: [`nfa`] turns its expressions into states that read a byte or call a rule,
//! with characters as their UTF-8 bytes and large repetitions as counters; [`weights`] finds the fewest bytes in which
//! each can end, and so what can never end; [`determinize`] merges the states of each rule so that alternatives that
//! begin alike are followed as one. The result is a [`program`].
//!
//! A [`machine`] follows a program. What is left of the grammar after some text is a set of stacks of places to go on
//! with. Stacks and sets are interned, so each step from a set by a byte is worked out once. A [`session`] is a place
//! in a text: a set, and the machine it belongs to.
mod determinize;
mod expected;
mod finish;
mod hash;
mod left;
mod machine;
#[expect(clippy::module_inception, reason = "the type that the module is about")]
mod matcher;
mod nfa;
mod pos;
mod program;
mod reached;
mod readers;
mod session;
mod step;
mod weights;

pub use matcher::Matcher;
pub(crate) use {
    hash::NumberMap,
    machine::{Machine, NodeId, SetId},
    nfa::{Nfa, number},
    pos::{Endless, Pos},
    program::Program,
    session::{Session, TABLE_LIMIT, Tables},
    step::{kind, too_ambiguous},
    weights::Weights,
};

#[cfg(test)]
mod tests;
