//! The one error type.
use serde::{Deserialize, Serialize};
use std::{error::Error as StdError, fmt, ops::Range, sync::Arc};

/// A result with catena's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in which step, where, and why.
///
/// Opaque: ask [`kind`](Error::kind) what sort of failure it is, [`step`](Error::step) which step of the chain
/// failed, [`path`](Error::path) which part of a schema or which file, [`span`](Error::span) which place in a text.
/// The plain form (`{}`) is one line; the alternate form (`{:#}`) draws the offending line, where there is one, and
/// lists the causes.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    step: Option<String>,
    path: Option<String>,
    span: Option<Span>,
    partial: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The sort of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option or argument is out of its range, or contradicts another.
    InvalidOption,
    /// A template is malformed, or failed while it was filled.
    Template,
    /// Variables given to a template are missing or unknown to it.
    Variables,
    /// A GBNF grammar is malformed or cannot be used.
    Grammar,
    /// A JSON schema holds what no grammar can honour.
    Schema,
    /// A model file, or a saved state of a model, cannot be read or used.
    Load,
    /// The model has no usable chat template.
    ChatTemplate,
    /// The prompt is longer than the context.
    ContextOverflow,
    /// The tokens ran out before the value was complete; [`Error::partial`] holds the text so far.
    OutOfTokens,
    /// Text is not a value of the type asked for; [`Error::partial`] holds the text.
    Parse,
    /// Text ends before the value in it is complete; [`Error::partial`] holds the text.
    Truncated,
    /// An agent still calls tools when it may ask its model no more; [`Error::partial`] holds the last calls.
    StepLimit,
    /// No token that the constraint allows can follow.
    DeadEnd,
    /// The provider cannot do what was asked of it.
    Unsupported,
    /// The engine failed while it evaluated.
    Engine,
    /// As many calls wait for the engine as its queue is long.
    Busy,
    /// The time allowed is over; [`Error::partial`] holds the text so far, if there is some.
    Timeout,
    /// The engine is gone.
    Closed,
    /// A handler asked to abort the run.
    Aborted,
    /// The caller cancelled the run.
    Cancelled,
    /// Chains that steps gave lie in each other too deeply.
    RecursionLimit,
    /// A name chooses among others and is none of them.
    UnknownKey,
    /// A step's stream ended without a value.
    Incomplete,
    /// Reading or writing failed.
    Io,
    /// A failure that a step of the caller's own reports.
    Other,
}

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Span {
    /// The place, in bytes.
    pub bytes: Range<usize>,
    /// The line it begins on, from 1.
    pub line: usize,
    /// The column it begins at, in characters, from 1.
    pub column: usize,
    /// The text of that line.
    pub excerpt: String,
}

impl Span {
    /// The place `bytes` of `text`. Ends outside of `text` or inside a character are moved to the nearest earlier boundary.
    pub fn new(text: &str, bytes: Range<usize>) -> Self {
        let floor = |mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (start, end) = (floor(bytes.start), floor(bytes.end.max(bytes.start)));
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        Span {
            bytes: start..end,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            excerpt: line.to_owned(),
        }
    }
}

/// The most characters of a line that are drawn, and how many of them stand before the place.
const DRAWN: (usize, usize) = (120, 60);

impl Span {
    /// Draws the line, or the part of it around the place, and marks the place below.
    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.column.saturating_sub(1);
        let from = if self.excerpt.chars().nth(DRAWN.0).is_some() { before.saturating_sub(DRAWN.1) } else { 0 };
        let mut line: String = self.excerpt.chars().skip(from).take(DRAWN.0).collect();
        if self.excerpt.chars().nth(from + DRAWN.0).is_some() {
            line.push('…');
        }
        let cut = if from > 0 { "…" } else { "" };
        // A tab below a tab keeps the mark in its column.
        let blank: String = line.chars().take(before - from).map(|c| if c == '\t' { c } else { ' ' }).collect();
        let marked = line.char_indices().skip(before - from).map(|(at, _)| at);
        let start = marked.clone().next().unwrap_or_default();
        let width = marked.take_while(|at| at - start < self.bytes.len()).count().max(1);
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        write!(f, "\n{gutter} |\n{number} | {cut}{line}")?;
        write!(f, "\n{gutter} | {}{blank}{}", if from > 0 { " " } else { "" }, "^".repeat(width))
    }
}

impl Error {
    /// A failure of this kind. The message is one clause, lower case, and says what to do next.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            step: None,
            path: None,
            span: None,
            partial: None,
            source: None,
        }))
    }

    /// A failure of a caller's own step, with its cause.
    pub fn other(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let source = source.into();
        let message = source.to_string();
        Error::new(ErrorKind::Other, message).with_source(source)
    }

    /// The same error with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error at this place: a JSON pointer into a schema or value, or a file.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    /// The same error at this place of a text.
    #[must_use]
    pub fn with_span(mut self, span: Span) -> Self {
        self.0.span = Some(span);
        self
    }

    /// The same error with what had been generated when it happened.
    #[must_use]
    pub fn with_partial(mut self, text: impl Into<String>) -> Self {
        self.0.partial = Some(text.into());
        self
    }

    /// The sort of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What went wrong, without step and place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The innermost step of the chain that failed.
    pub fn step(&self) -> Option<&str> {
        self.0.step.as_deref()
    }

    /// The place in a schema or value (a JSON pointer), or the file.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The place in a text, such as a grammar, a template, TypeScript or the answer of a model.
    pub fn span(&self) -> Option<&Span> {
        self.0.span.as_ref()
    }

    /// What had been generated when it happened.
    pub fn partial(&self) -> Option<&str> {
        self.0.partial.as_deref()
    }

    pub(crate) fn in_step(mut self, step: &str) -> Self {
        self.0.step.get_or_insert_with(|| step.to_owned());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(path) = &self.0.path {
            write!(f, " (at `{path}`)")?;
        }
        if let Some(span) = &self.0.span {
            write!(f, " (line {}, column {})", span.line, span.column)?;
        }
        if let Some(step) = &self.0.step {
            write!(f, " (in step `{step}`)")?;
        }
        if f.alternate() {
            if let Some(span) = &self.0.span {
                span.draw(f)?;
            }
            let mut source = self.source();
            while let Some(cause) = source {
                write!(f, "\ncaused by: {cause}")?;
                source = cause.source();
            }
        }
        Ok(())
    }
}

/// What a program that returns it from `main` prints: the kind, and the alternate form. `{:#?}` shows the fields.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return write!(f, "{:?}: {self:#}", self.0.kind);
        }
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.0.kind).field("message", &self.0.message);
        for (name, value) in [("step", &self.0.step), ("path", &self.0.path), ("partial", &self.0.partial)] {
            if let Some(value) = value {
                out.field(name, value);
            }
        }
        if let Some(span) = &self.0.span {
            out.field("span", span);
        }
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_line() {
        let text = "root ::= a\na ::= ü b\n";
        let at = text.find('b').unwrap();
        let error = Error::new(ErrorKind::Grammar, "rule `b` is not defined").with_span(Span::new(text, at..at + 1));
        assert_eq!(error.to_string(), "rule `b` is not defined (line 2, column 9)");
        assert_eq!(
            format!("{error:#}"),
            "rule `b` is not defined (line 2, column 9)\n  |\n2 | a ::= ü b\n  |         ^"
        );
    }

    #[test]
    fn draws_what_can_be_seen() {
        let drawn = |text: &str, at: Range<usize>| {
            let error = Error::new(ErrorKind::Grammar, "no").with_span(Span::new(text, at));
            format!("{error:#}").split_once("\n  |\n").unwrap().1.to_owned()
        };
        assert_eq!(drawn("\tü\tßß c", 4..8), "1 | \tü\tßß c\n  | \t \t^^");
        assert_eq!(drawn("ab", 2..2), "1 | ab\n  |   ^");
        assert_eq!(drawn("", 0..0), "1 | \n  | ^");
        let long = format!("{}xyz{}", "a".repeat(200), "b".repeat(200));
        let (a, b) = ("a".repeat(60), "b".repeat(57));
        assert_eq!(drawn(&long, 200..203), format!("1 | …{a}xyz{b}…\n  |  {}^^^", " ".repeat(60)));
        assert_eq!(drawn(&long, 403..403).lines().nth(1).unwrap().len(), 5 + 60 + 1);
    }

    #[test]
    fn a_span_outside_of_the_text_is_moved_inside() {
        for start in 0..9 {
            for end in 0..9 {
                let span = Span::new("aü\nß", start..end);
                assert!(span.bytes.end <= 6 && (span.line == 1 || span.line == 2));
            }
        }
    }
}
