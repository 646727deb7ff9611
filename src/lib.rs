//! Typed chains over local language models.
mod error;
pub mod gbnf;

pub use error::{Error, ErrorKind, Result, Span};
