//! How a schema is read and how its values are written.
use super::{
    document::Document,
    report::{Entry, Report, Standing},
    term::NodeId,
};

/// What a schema is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// The schema of a Rust type, as schemars derives it: objects and tuples are closed, integers have the width that
    /// `format` names, every number is finite, and every sentence is read by serde.
    Typed,
    /// JSON Schema as the standard has it, in the version that `$schema` names: objects and arrays are open, and a
    /// keyword binds only the values it speaks of.
    Spec,
}

/// Whether `format` binds strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Formats {
    /// Up to draft 7 and where no version is named it does; in 2019-09 and 2020-12 it is an annotation, as those
    /// versions have it. It always does in [`Mode::Typed`].
    Standard,
    /// It does.
    Assert,
    /// It says nothing.
    Annotate,
}

/// What becomes of keywords that the standard does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unknown {
    /// They are annotations in [`Mode::Spec`], as the standard has it, and refused in [`Mode::Typed`].
    Standard,
    /// They are refused, but for those that begin with `x-`.
    Refuse,
    /// They are annotations.
    Annotate,
}

/// The white space between the parts of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Whitespace {
    /// None: `{"a":[1,2]}`
    Compact,
    /// One space behind each comma and colon: `{"a": [1, 2]}`
    Spaced,
    /// Between any two parts nothing, one space, or a line break and at most this many spaces.
    Pretty(u16),
}

/// Options of the way from a schema to a grammar.
///
/// ```
/// use catena::structured::{Options, Whitespace};
///
/// let schema = serde_json::json!({"properties": {"name": {"type": "string"}}, "required": ["name"]});
/// let compiled = Options::spec().whitespace(Whitespace::Spaced).compile(&schema)?;
/// assert!(compiled.grammar().matches(r#"{"name": "Ada", "born": 1815}"#)?);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[must_use]
pub struct Options {
    pub(crate) mode: Mode,
    pub(crate) formats: Formats,
    pub(crate) unknown: Unknown,
    pub(crate) whitespace: Whitespace,
    pub(crate) max_length: Option<u64>,
    pub(crate) max_items: Option<u64>,
    pub(crate) max_depth: Option<u32>,
    pub(crate) any_order: bool,
    pub(crate) check_unique: bool,
}

impl Options {
    /// Those of [`Mode::Typed`].
    pub fn typed() -> Self {
        Options {
            mode: Mode::Typed,
            formats: Formats::Standard,
            unknown: Unknown::Standard,
            whitespace: Whitespace::Compact,
            max_length: None,
            max_items: None,
            max_depth: None,
            any_order: false,
            check_unique: false,
        }
    }

    /// Those of [`Mode::Spec`].
    pub fn spec() -> Self {
        Options { mode: Mode::Spec, ..Options::typed() }
    }

    /// Whether `format` binds strings.
    pub fn formats(self, formats: Formats) -> Self {
        Options { formats, ..self }
    }

    /// What becomes of keywords that the standard does not know.
    pub fn unknown_keywords(self, unknown: Unknown) -> Self {
        Options { unknown, ..self }
    }

    /// The white space that is written.
    pub fn whitespace(self, whitespace: Whitespace) -> Self {
        Options { whitespace, ..self }
    }

    /// The most characters of strings for which the schema sets no end.
    ///
    /// With a `pattern` that takes an automaton too large to count so far they have fewer; with a `format`, and as names of
    /// properties, they are as long as those allow.
    pub fn max_length(self, characters: u64) -> Self {
        Options { max_length: Some(characters), ..self }
    }

    /// The most items of arrays, and properties of objects besides those that are declared, for which the schema sets no
    /// end.
    pub fn max_items(self, items: u64) -> Self {
        Options { max_items: Some(items), ..self }
    }

    /// How deep arrays and objects may be nested within one another, the outermost counting as 1.
    pub fn max_depth(self, depth: u32) -> Self {
        Options { max_depth: Some(depth), ..self }
    }

    /// Whether objects with up to four declared properties may be written in any order.
    pub fn any_order(self, any: bool) -> Self {
        Options { any_order: any, ..self }
    }

    /// Whether `uniqueItems` may be left to a check of the finished value, where the grammar cannot keep it; the
    /// [`Report`] names the places.
    pub fn check_unique(self, check: bool) -> Self {
        Options { check_unique: check, ..self }
    }
}

/// The options in force, and what is noted on the way.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) options: Options,
    /// Whether the schema is that of a Rust type, whose reader is known.
    pub(crate) of_type: bool,
    /// Present if somebody will read it.
    pub(crate) report: Option<Report>,
}

impl Settings {
    pub(crate) fn is_typed(&self) -> bool {
        self.options.mode == Mode::Typed
    }

    pub(crate) fn refuses_unknown(&self) -> bool {
        match self.options.unknown {
            Unknown::Standard => self.is_typed(),
            Unknown::Refuse => true,
            Unknown::Annotate => false,
        }
    }

    /// Whether items of a set may be written twice, because the reader takes them for one or checks them.
    pub(crate) fn unique_is_left(&self) -> bool {
        self.of_type || self.options.check_unique
    }

    /// Notes that nothing satisfies the schema at a place.
    pub(crate) fn note_impossible(&mut self, document: &Document<'_>, node: NodeId) {
        if let Some(report) = &mut self.report {
            let pointer = document.pointer(node);
            let keyword = super::pointer::segments(&pointer).last().unwrap_or_default();
            let pointer = if pointer.is_empty() { "#".to_owned() } else { pointer };
            report.add(Entry { pointer, keyword, standing: Standing::Impossible });
        }
    }

    /// Notes what becomes of a keyword.
    pub(crate) fn note(&mut self, document: &Document<'_>, node: NodeId, keyword: &str, standing: Standing) {
        if let Some(report) = &mut self.report {
            let pointer = super::pointer::child(&document.pointer(node), keyword);
            report.add(Entry { pointer, keyword: keyword.to_owned(), standing });
        }
    }
}
