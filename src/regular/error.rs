//! What is wrong with a pattern.
use std::fmt;

use super::dfa::TooLarge;

/// A pattern cannot be read, or is not regular, or takes too large an automaton.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PatternError {
    /// Where in the pattern, in bytes.
    pub(crate) offset: usize,
    /// What is wrong and what to do, one clause in lower case.
    pub(crate) message: String,
}

impl PatternError {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        PatternError { offset, message: message.into() }
    }
}

impl From<TooLarge> for PatternError {
    fn from(too_large: TooLarge) -> Self {
        PatternError::new(0, too_large.to_string())
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {} of the pattern)", self.message, self.offset)
    }
}

impl std::error::Error for PatternError {}
