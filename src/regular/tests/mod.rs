//! Tests of what the parts do together.
mod sets;

use smol_str::{SmolStr, format_smolstr};

use super::Sink;
use crate::{
    Result,
    gbnf::{Expr, Rule},
};

/// Rules in the order in which they came.
#[derive(Default)]
pub(super) struct Rules(pub(super) Vec<Rule>);

impl Sink for Rules {
    fn rule(&mut self, near: &str, body: Expr) -> Result<Expr> {
        if let Some(rule) = self.0.iter().find(|rule| rule.body == body) {
            return Ok(Expr::rule(rule.name.clone()));
        }
        let name = self.reserve(near);
        self.define(name.clone(), body)?;
        Ok(Expr::rule(name))
    }

    fn reserve(&mut self, near: &str) -> SmolStr {
        let used = |name: &SmolStr| self.0.iter().any(|rule| rule.name == *name);
        let name = (1..=u32::MAX).map(|n| format_smolstr!("{near}-{n}")).find(|name| !used(name)).unwrap();
        self.0.push(Rule { name: name.clone(), body: Expr::rule("reserved") });
        name
    }

    fn define(&mut self, name: SmolStr, body: Expr) -> Result<()> {
        self.0.iter_mut().find(|rule| rule.name == name).unwrap().body = body;
        Ok(())
    }
}
