//! The declarations and types of a text.
use std::ops::Range;

/// A place in the text, in bytes.
pub(super) type Place = Range<usize>;

/// `interface`, `type` or `enum`.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) name: String,
    pub(super) is_exported: bool,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Body,
    /// Where its doc comment stands.
    pub(super) doc: Option<Place>,
    /// Its name.
    pub(super) at: Place,
}

/// `T`, `T extends Base`, `T = Default`; what it extends does not matter here.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) default: Option<Type>,
}

#[derive(Debug)]
pub(super) enum Body {
    Interface { extends: Vec<Type>, members: Vec<Member> },
    Alias(Type),
    Enum(Vec<(String, Literal)>),
}

#[derive(Debug)]
pub(super) enum Member {
    Property { name: String, is_optional: bool, of: Type, doc: Option<Place>, at: Place },
    Index { is_numeric: bool, of: Type },
}

#[derive(Debug)]
pub(super) struct Type {
    pub(super) kind: Kind,
    pub(super) at: Place,
}

#[derive(Debug)]
pub(super) enum Kind {
    Keyword(Keyword),
    Literal(Literal),
    /// Texts with types between them, one text more than there are types.
    Template {
        texts: Vec<String>,
        types: Vec<Type>,
    },
    Array(Box<Type>),
    Tuple(Vec<Element>),
    Object(Vec<Member>),
    Union(Vec<Type>),
    Intersection(Vec<Type>),
    /// A name, with dots for the members of enums.
    Named {
        name: String,
        arguments: Vec<Type>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Any,
    Never,
    Object,
    String,
    Number,
    Boolean,
    Null,
    Undefined,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(f64),
    Boolean(bool),
}

/// An element of a tuple.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) of: Type,
    pub(super) is_optional: bool,
    pub(super) is_rest: bool,
}
