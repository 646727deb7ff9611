//! GBNF, the grammar notation of llama.cpp.
//!
//! [`Grammar`] is a grammar that has been checked. Its text comes from a caller, or is printed from an [`Ast`] that was
//! built with the constructors of [`Expr`], by hand or with a [`Builder`].
mod ast;
mod chars;
mod check;
mod compose;
mod expr;
mod fault;
mod format;
mod generate;
mod grammar;
mod hazards;
mod idle;
mod least;
mod leftmost;
mod lexer;
mod load;
mod matcher;
mod parser;
pub(crate) mod print;
mod shape;
#[cfg(test)]
mod tests;

pub use ast::{Ast, CharClass, Expr, Rule, TokenName, TokenRef};
pub use compose::{Builder, List, Part, Parts};
pub use format::format;
pub use generate::Generator;
pub use grammar::Grammar;
pub use hazards::{Hazard, HazardKind, Hazards, Stacks};
pub use matcher::Matcher;
pub(crate) use matcher::{
    Endless, Machine, NodeId, NumberMap, Pos, Program, Session, SetId, TABLE_LIMIT, Tables, kind, number, too_ambiguous,
};

#[cfg(test)]
pub(crate) mod testing;
