//! The engine's errors in our words.
use super::{Dialect, rewrite::Rewritten};
use crate::{Error, ErrorKind, Span};
use std::{error::Error as StdError, fmt};

/// What `raise_exception` raises: the template refuses what it was given.
#[derive(Debug)]
pub(super) struct Raised(pub(super) String);

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Raised {}

/// The engine's error at its place in the template as its author wrote it.
pub(super) fn convert(error: &minijinja::Error, dialect: Dialect, text: &str, rewritten: &Rewritten) -> Error {
    let kind = match (dialect, error.kind()) {
        (Dialect::Prompt, minijinja::ErrorKind::UndefinedError) => ErrorKind::Variables,
        (dialect, _) => dialect.error_kind(),
    };
    let message = match raised(error) {
        Some(raised) => format!("the template refuses its input: {raised}"),
        None => describe(error),
    };
    let place = match (error.range(), error.line()) {
        (Some(range), _) => Some(rewritten.original(range.start)..rewritten.original(range.end)),
        (None, Some(line)) => Some(start_of_line(text, line)),
        (None, None) => None,
    };
    let converted = Error::new(kind, message);
    match place {
        Some(place) => converted.with_span(Span::new(text, place)),
        None => converted,
    }
}

fn start_of_line(text: &str, line: usize) -> std::ops::Range<usize> {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    start..start
}

fn raised<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e Raised> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

/// The error and its causes in one line. The values around it, which the engine could print too, may be private.
fn describe(error: &minijinja::Error) -> String {
    let one = |error: &minijinja::Error| match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    let causes = causes.map(|cause| cause.downcast_ref().map_or_else(|| cause.to_string(), one));
    std::iter::once(one(error)).chain(causes).collect::<Vec<_>>().join(": ")
}
