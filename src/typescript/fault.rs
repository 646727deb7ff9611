//! What is wrong with the text, and where.
use crate::{Error, ErrorKind, Span};
use std::ops::Range;

/// A fault at a place of the text, in bytes.
#[derive(Debug)]
pub(super) struct Fault {
    message: String,
    at: Range<usize>,
}

impl Fault {
    pub(super) fn new(at: &Range<usize>, message: impl Into<String>) -> Self {
        Fault { message: message.into(), at: at.clone() }
    }

    pub(super) fn in_text(self, text: &str) -> Error {
        Error::new(ErrorKind::Schema, self.message).with_span(Span::new(text, self.at))
    }
}

pub(super) type Outcome<T> = std::result::Result<T, Fault>;
