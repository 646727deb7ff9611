//! Matching a text piece by piece.
use super::{
    expected::{describe, shown},
    program::Program,
    session::{Session, TABLE_LIMIT},
};
use crate::{Error, ErrorKind, Grammar, Result, Span, gbnf::Ast};
use std::{fmt, sync::Arc};

/// Follows a text through a grammar, byte by byte.
///
/// Characters may be split between pieces. Only well-formed UTF-8 matches: overlong forms and surrogates are refused at
/// the first byte that makes them so. No class and no `.` matches U+0000, as in llama.cpp, which ends texts there. As
/// long as no byte is refused, some text exists that completes the one so far.
///
/// Cloning is cheap: clones share the compiled grammar and the tables that grow while it is used.
///
/// ```
/// use catena::{Grammar, gbnf::Matcher};
///
/// let mut matcher = Matcher::new(&Grammar::parse(r#"root ::= "[" [0-9]+ ("," [0-9]+)* "]""#)?)?;
/// matcher.push("[12,")?;
/// assert_eq!(matcher.expected()?, "`0` to `9`");
/// let error = matcher.push("3;").unwrap_err();
/// assert_eq!(
///     error.message(),
///     "the text does not follow the grammar: byte 5 is `;`, expected `,`, `0` to `9` or `]`"
/// );
/// matcher.push("]")?;
/// assert!(matcher.is_finished());
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Clone)]
pub struct Matcher {
    session: Session<()>,
    offset: usize,
}

impl Matcher {
    /// A matcher before any text.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the grammar is too large, and with [`ErrorKind::Unsupported`] if a rule that the
    /// root needs names a token.
    pub fn new(grammar: &Grammar) -> Result<Self> {
        Self::from_ast(grammar.ast(), grammar.root())
    }

    /// A matcher before any text, for the rules of `ast` beginning with the one named `root`.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if no text at all matches, if a rule is defined twice, if one that the root needs is
    /// missing or left-recursive, or if the grammar is too large; with [`ErrorKind::Unsupported`] if a rule that the
    /// root needs names a token.
    pub fn from_ast(ast: &Ast, root: &str) -> Result<Self> {
        Ok(Self::with_limit(Arc::new(Program::new(ast, root)?), TABLE_LIMIT))
    }

    pub(crate) fn with_limit(program: Arc<Program>, limit: usize) -> Self {
        Matcher { session: Session::new(program, limit), offset: 0 }
    }

    /// Reads the next piece of the text.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Parse`] at the first byte that cannot follow, saying what could; the matcher then stands before
    /// that byte, and [`offset`](Self::offset) is its place. With [`ErrorKind::Grammar`] if the grammar can read the
    /// text in too many ways.
    pub fn push(&mut self, piece: impl AsRef<[u8]>) -> Result<()> {
        let piece = piece.as_ref();
        let read = self.session.read(piece)?;
        self.offset += read;
        let Some(&byte) = piece.get(read) else { return Ok(()) };
        let text = std::str::from_utf8(piece).ok();
        let found = match text.and_then(|text| text.get(read..)?.chars().next()) {
            Some(character) if !character.is_ascii() => format!("`{character}`"),
            _ => shown(byte),
        };
        let message = format!(
            "the text does not follow the grammar: byte {} is {found}, expected {}",
            self.offset,
            self.expected()?
        );
        let error = Error::new(ErrorKind::Parse, message);
        Err(match text {
            Some(text) => error.with_span(Span::new(text, read..read + 1)),
            None => error,
        })
    }

    /// How many bytes have been read.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether the text so far matches as a whole.
    pub fn is_accepting(&self) -> bool {
        self.session.with(|tables, set| tables.machine.accepts(set))
    }

    /// Whether the text so far matches and nothing can follow.
    pub fn is_finished(&self) -> bool {
        self.session.is_finished()
    }

    /// What can follow, in words.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the grammar can read the text in too many ways.
    pub fn expected(&self) -> Result<String> {
        self.session.with(|tables, set| {
            let mut allowed = [false; 256];
            for (byte, allowed) in (0..=u8::MAX).zip(&mut allowed) {
                *allowed = tables.machine.step(set, byte)? != super::machine::SetId::DEAD;
            }
            let allows = |byte: u8| allowed.get(usize::from(byte)).copied().unwrap_or_default();
            Ok(describe(tables.machine.accepts(set), allows))
        })
    }

    /// A shortest text that completes the one so far, preferring letters and digits where there is a choice.
    ///
    /// Absent if it would take more than `limit` bytes. It begins in the middle of a character if the text so far ends
    /// there.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the grammar can read the text in too many ways.
    pub fn completion(&self, limit: usize) -> Result<Option<Vec<u8>>> {
        self.session.completion(limit)
    }

    /// Goes back to before any text.
    pub fn reset(&mut self) {
        self.session.reset();
        self.offset = 0;
    }

    /// Whether `text`, read from the beginning, matches as a whole.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the grammar can read the text in too many ways.
    pub fn matches(&self, text: impl AsRef<[u8]>) -> Result<bool> {
        let mut session = self.session.clone();
        session.reset();
        let text = text.as_ref();
        let read = session.read(text)?;
        Ok(read == text.len() && session.with(|tables, set| tables.machine.accepts(set)))
    }

    #[cfg(test)]
    pub(crate) fn session(&self) -> &Session<()> {
        &self.session
    }
}

impl fmt::Debug for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Matcher")
            .field("offset", &self.offset)
            .field("accepting", &self.is_accepting())
            .finish_non_exhaustive()
    }
}
