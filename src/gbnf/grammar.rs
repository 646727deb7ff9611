//! A grammar that has been checked.
use super::{Ast, Matcher, check, parser, shape};
use crate::{Error, ErrorKind, Result};
use std::{
    fmt::{self, Debug, Display, Formatter},
    path::Path,
    str::FromStr,
    sync::Arc,
};

/// The root rule's name unless another is given.
const ROOT: &str = "root";

/// A GBNF grammar that llama.cpp loads and from which text can be generated.
///
/// Making one checks it: what llama.cpp would refuse, read otherwise than it is written, or hang on, is an error of
/// kind [`Grammar`](ErrorKind::Grammar) that says where and what to do. Beyond llama.cpp's own rules, refused are
/// rules defined twice, rules whose text can never be complete, and repetitions without end of what may be empty.
///
/// Rules may name tokens of a vocabulary, as llama.cpp's may. They are checked and printed; but catena neither matches
/// nor generates where the root needs one, which is an error of kind [`Unsupported`](ErrorKind::Unsupported).
///
/// Clones share the grammar and cost next to nothing.
///
/// ```
/// use catena::Grammar;
///
/// let grammar = Grammar::parse(r#"root ::= ("yes" | "no") "."?"#)?;
/// assert_eq!(grammar.root(), "root");
///
/// let error = Grammar::parse("root ::= answer").unwrap_err();
/// assert_eq!(error.span().map(|span| (span.line, span.column)), Some((1, 10)));
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Grammar(Arc<Inner>);

#[derive(PartialEq, Eq)]
struct Inner {
    ast: Ast,
    root: String,
    text: String,
}

impl Grammar {
    /// Reads a grammar whose root rule is named `root`.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] and the place in the text.
    pub fn parse(text: impl Into<String>) -> Result<Self> {
        Self::parse_with_root(text, ROOT)
    }

    /// Reads a grammar whose root rule, the one all of the output must match, has this name.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] and the place in the text.
    pub fn parse_with_root(text: impl Into<String>, root: impl Into<String>) -> Result<Self> {
        let (text, root) = (text.into(), root.into());
        let checked = parser::parse(&text).and_then(|parsed| check::check(&parsed, &root).map(|()| parsed.ast));
        match checked {
            Ok(ast) => Ok(Grammar(Arc::new(Inner { ast, root, text }))),
            Err(fault) => Err(fault.in_text(&text)),
        }
    }

    /// Reads the grammar in a file; its root rule is named `root`.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Io`] where the file cannot be read, and with [`ErrorKind::Grammar`] and the place where
    /// it holds no grammar. Both name the file.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|cause| {
            let message = format!("the grammar file cannot be read: {cause}");
            Error::new(ErrorKind::Io, message).with_path(&shown).with_source(cause)
        })?;
        let text = String::from_utf8(bytes).map_err(|cause| {
            let at = cause.utf8_error().valid_up_to();
            let message = format!("the grammar file is not UTF-8 from byte {at} on: save it as UTF-8");
            Error::new(ErrorKind::Grammar, message).with_path(&shown)
        })?;
        Self::parse(text).map_err(|error| error.with_path(shown))
    }

    /// Takes a tree that was built; [`text`](Self::text) is then its canonical text, and [`ast`](Self::ast) its
    /// [normal form](super::Expr::normalized).
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`]; the message names the rule, there is no place in a text.
    pub fn from_ast(ast: Ast, root: impl Into<String>) -> Result<Self> {
        let root = root.into();
        for rule in &ast.rules {
            if !shape::is_name(&rule.name) {
                return Err(Error::new(ErrorKind::Grammar, shape::bad_name(&rule.name)));
            }
            shape::expr(&rule.body)
                .map_err(|why| Error::new(ErrorKind::Grammar, format!("{why} (in rule `{}`)", rule.name)))?;
        }
        let text = ast.normalized().to_string();
        // Reading the text again shows that llama.cpp can, and counts what it loads as.
        let checked = parser::parse(&text).and_then(|parsed| check::check(&parsed, &root).map(|()| parsed.ast));
        match checked {
            Ok(ast) => Ok(Grammar(Arc::new(Inner { ast, root, text }))),
            Err(fault) => Err(fault.in_tree(&text)),
        }
    }

    /// The text, as it was given or printed.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The name of the root rule.
    pub fn root(&self) -> &str {
        &self.0.root
    }

    /// The tree, in normal form.
    pub fn ast(&self) -> &Ast {
        &self.0.ast
    }

    /// Whether `text` is a sentence of the grammar.
    ///
    /// # Errors
    ///
    /// Those of [`Matcher::new`].
    pub fn matches(&self, text: &str) -> Result<bool> {
        Matcher::new(self)?.matches(text)
    }
}

impl FromStr for Grammar {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// The text of the grammar.
impl Display for Grammar {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

impl Debug for Grammar {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grammar").field("root", &self.0.root).field("text", &self.0.text).finish_non_exhaustive()
    }
}
