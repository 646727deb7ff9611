//! GBNF, the grammar notation of llama.cpp.
mod ast;

pub use ast::{Ast, CharClass, Expr, Rule, TokenName, TokenRef};
