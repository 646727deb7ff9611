//! Grammars made by hand in Rust, out of expressions, texts and other grammars.
//!
//! [`Builder`] collects rules and keeps their names apart; what [`Grammar`](crate::Grammar) offers for single steps
//! ([`seq`](crate::Grammar::seq), [`one_of`](crate::Grammar::one_of), ...) goes through it.
mod builder;
mod grammar;
mod list;
mod names;
mod part;
mod repeat;
mod words;

pub use builder::Builder;
pub use list::List;
pub use part::{Part, Parts};

#[cfg(test)]
mod tests;
