//! A fault in a grammar's text, before it becomes an [`Error`].
use crate::{Error, ErrorKind, Span};
use std::ops::Range;

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) at: Range<usize>,
}

impl Fault {
    pub(super) fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Fault { message: message.into(), at }
    }

    /// The error for a caller who wrote `text`.
    pub(super) fn in_text(self, text: &str) -> Error {
        Error::new(ErrorKind::Grammar, self.message).with_span(Span::new(text, self.at))
    }

    /// The error for a caller who has never seen `text`, which was printed from a tree, one rule a line.
    pub(super) fn in_tree(self, text: &str) -> Error {
        let line = Span::new(text, self.at).excerpt;
        let rule = line.split_once(" ::=").map_or("", |(name, _)| name);
        if self.message.contains(&format!("`{rule}`")) {
            Error::new(ErrorKind::Grammar, self.message)
        } else {
            Error::new(ErrorKind::Grammar, format!("{} (in rule `{rule}`)", self.message))
        }
    }
}
