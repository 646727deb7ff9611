//! GBNF, the grammar notation of llama.cpp.
mod ast;
mod grammar;

pub use ast::{Ast, CharClass, Expr, Rule, TokenName, TokenRef};
pub use grammar::Grammar;
