//! The syntax tree of a grammar.
use smol_str::SmolStr;

/// The rules of a grammar, in the order they are written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Ast {
    /// The rules. Their names are unique in a checked grammar.
    pub rules: Vec<Rule>,
}

/// `name ::= body`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Letters, digits and dashes.
    pub name: SmolStr,
    /// What the rule matches.
    pub body: Expr,
}

/// What a rule, or a part of one, matches.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// `"text"`; the empty text matches without reading.
    Literal(SmolStr),
    /// `[a-z]`, `[^a-z]`
    Class(CharClass),
    /// `.`: any one character.
    Any,
    /// The name of a rule.
    Rule(SmolStr),
    /// A token of the model's vocabulary, whatever its text; see [`TokenRef`].
    Token(TokenRef),
    /// One after the other; at least two.
    Seq(Vec<Expr>),
    /// One of these; at least two.
    Alt(Vec<Expr>),
    /// `expr{min,max}`, also written `*`, `+`, `?`.
    Repeat {
        /// What is repeated.
        expr: Box<Expr>,
        /// At least this often.
        min: u32,
        /// At most this often; absent means without end.
        max: Option<u32>,
    },
}

/// A set of characters, given by ranges of code points with both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct CharClass {
    /// Whether the set is every character but these.
    pub negated: bool,
    /// The ranges, in the order they are written.
    pub ranges: Vec<(u32, u32)>,
}

/// `<[id]>`, `<text>`, or either after `!`, which stands for every other token.
///
/// It is for llama.cpp's own engine: catena reads and prints it, and refuses to match or generate what needs it, with
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported). Write the token's text instead.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenRef {
    /// Whether every token but this one is meant.
    pub negated: bool,
    /// Which token.
    pub token: TokenName,
}

/// How a token is named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TokenName {
    /// By its number, `<[1000]>`.
    Id(u32),
    /// By its text, angle brackets included, `<think>`.
    Text(String),
}
