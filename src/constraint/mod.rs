//! Which tokens of a vocabulary may follow.
//!
//! ```
//! use catena::{Grammar, constraint::{Constraint, TokenTrie}};
//! use std::sync::Arc;
//!
//! let vocabulary: [&[u8]; 5] = [b"y", b"yes", b"es", b"no", b"yesno"];
//! let trie = Arc::new(TokenTrie::new((0..).zip(vocabulary), vocabulary.len()));
//! let grammar = Grammar::parse(r#"root ::= "yes" | "no""#)?;
//!
//! let mut constraint = Constraint::new(&grammar, trie)?;
//! assert_eq!(constraint.mask()?.iter().collect::<Vec<_>>(), [0, 1, 3]);
//! constraint.accept(0)?;
//! assert_eq!(constraint.mask()?.iter().collect::<Vec<_>>(), [2]);
//! assert_eq!(constraint.forced()?, b"es");
//! constraint.accept(2)?;
//! assert!(constraint.is_finished());
//! # Ok::<(), catena::Error>(())
//! ```
mod ahead;
#[expect(clippy::module_inception, reason = "the type that the module is about")]
mod constraint;
mod inside;
mod mask;
mod trie;
mod walk;

pub use ahead::Ahead;
pub use constraint::Constraint;
pub use mask::TokenMask;
pub use trie::TokenTrie;

#[cfg(test)]
mod tests;
