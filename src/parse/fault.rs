//! What is said about a text that cannot be read.
use crate::{Error, ErrorKind, Span};
use std::ops::Range;

/// The text is wrong here.
pub(super) fn wrong(text: &str, place: Range<usize>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Parse, message).with_span(Span::new(text, place)).with_partial(text)
}

/// The text is wrong as a whole.
pub(super) fn unreadable(text: &str, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Parse, message).with_partial(text)
}

/// The text ends too early.
pub(super) fn truncated(text: &str, message: impl Into<String>) -> Error {
    let end = text.len()..text.len();
    Error::new(ErrorKind::Truncated, message).with_span(Span::new(text, end)).with_partial(text)
}

/// A text as it is shown in a message: its beginning.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
