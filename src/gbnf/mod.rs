//! GBNF, the grammar notation of llama.cpp.
//!
//! [`Grammar`] is a grammar that has been checked. Its text comes from a caller, or is printed from an [`Ast`] that was
//! built with the constructors of [`Expr`].
mod ast;
mod check;
mod expr;
mod fault;
mod grammar;
mod leftmost;
mod lexer;
mod load;
mod parser;
mod print;
mod shape;

pub use ast::{Ast, CharClass, Expr, Rule, TokenName, TokenRef};
pub use grammar::Grammar;
