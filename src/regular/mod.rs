//! Regular languages over Unicode scalar values.
//!
//! [`Dfa`] is a set of texts with the operations of sets. It comes from words, lengths, a table, a pattern in the syntax
//! of ECMA-262, a format of JSON Schema or an expression of GBNF, and is written as rules of GBNF.
mod algebra;
mod alphabet;
mod build;
mod cells;
mod dfa;
mod duties;
mod ends;
mod error;
mod format;
mod grammar;
mod minimize;
mod nfa;
mod node;
mod pattern;
mod ranges;
mod raw;
mod subset;
#[cfg(test)]
mod tests;
mod tracks;
mod write;

pub(crate) use build::TableState;
pub(crate) use dfa::{Dfa, TooLarge};
pub(crate) use error::PatternError;
pub(crate) use format::{format, is_decimal, is_exact_format, is_standard_format, narrowed};
pub(crate) use pattern::pattern;
pub(crate) use write::{Encoding, Sink, write};
