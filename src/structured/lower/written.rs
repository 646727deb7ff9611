//! A grammar as it was written.
use std::sync::Arc;

use smol_str::SmolStr;

use super::shared::Shared;
use crate::{
    Result,
    gbnf::{Ast, Expr, Rule, print},
    structured::document::schema_error,
};

/// The body of a rule: a tree, or already as it would be printed.
#[derive(Debug)]
pub(super) enum Body {
    Expr(Expr),
    Text(String),
}

#[derive(Debug)]
pub(super) struct OwnRule {
    pub(super) name: SmolStr,
    pub(super) body: Body,
}

/// The rules of a grammar: those of its own, then those that it shares with others.
#[derive(Debug)]
pub(crate) struct Written {
    pub(super) own: Vec<OwnRule>,
    pub(super) shared: Vec<Arc<Shared>>,
}

impl Written {
    pub(crate) fn into_ast(self) -> Result<Ast> {
        let mut rules = Vec::with_capacity(self.own.len() + self.shared.len());
        for OwnRule { name, body } in self.own {
            let body = match body {
                Body::Expr(body) => body,
                Body::Text(text) => Expr::of_text(&text).ok_or_else(|| {
                    schema_error(format!("the rule {name} cannot be read again, which is a defect of catena"))
                })?,
            };
            rules.push(Rule { name, body });
        }
        rules.extend(self.shared.iter().map(|shared| shared.rule.clone()));
        Ok(Ast { rules })
    }

    /// The text of the grammar.
    pub(crate) fn into_text(self) -> String {
        let mut text = String::with_capacity(64 * self.own.len());
        for OwnRule { name, body } in self.own {
            text.push_str(&name);
            text.push_str(" ::= ");
            match body {
                Body::Expr(body) => print::expr(&mut text, &body),
                Body::Text(body) => text.push_str(&body),
            }
            text.push('\n');
        }
        self.shared.iter().for_each(|shared| text.push_str(&shared.text));
        text
    }
}
