//! The rules of the grammar that is being written.
use std::collections::{HashMap, HashSet};

use super::{expr::rule, name::Names};
use crate::{
    Result,
    gbnf::{Ast, Expr, Rule},
    regular::Sink,
    structured::document::schema_error,
};

/// The most rules of a grammar.
const MAX_RULES: usize = 50_000;
/// The most expressions and bytes of text of a grammar.
const MAX_SIZE: usize = 1_000_000;

/// Collects rules and gives them names.
#[derive(Debug)]
pub(super) struct Rules {
    names: Names,
    own: Vec<Rule>,
    /// Rules that several others use; they are written last.
    shared: Vec<Rule>,
    defined: HashSet<&'static str>,
    /// Rules that stand for something outside, by its name.
    kept: HashMap<String, Expr>,
    /// Bodies that are written once, and the rules that have them.
    once: HashMap<Expr, Expr>,
    size: usize,
}

impl Rules {
    pub(super) fn new() -> Self {
        Rules {
            names: Names::new(),
            own: Vec::new(),
            shared: Vec::new(),
            defined: HashSet::new(),
            kept: HashMap::new(),
            once: HashMap::new(),
            size: 0,
        }
    }

    /// A name near this one that no other rule has.
    pub(super) fn name(&mut self, near: &str) -> String {
        self.names.unique(near)
    }

    /// How many rules there are, the shared ones aside.
    pub(super) fn len(&self) -> usize {
        self.own.len()
    }

    /// Adds a rule behind the others.
    pub(super) fn define(&mut self, name: String, body: Expr) -> Result<()> {
        self.insert(self.len(), name, body)
    }

    /// Adds a rule at this place.
    pub(super) fn insert(&mut self, at: usize, name: String, body: Expr) -> Result<()> {
        self.size += size(&body);
        if self.own.len() >= MAX_RULES || self.size > MAX_SIZE {
            let message =
                format!("the grammar grows beyond {MAX_RULES} rules or {MAX_SIZE} expressions: split the schema");
            return Err(schema_error(message));
        }
        self.own.insert(at.min(self.own.len()), Rule { name, body });
        Ok(())
    }

    /// Adds a rule with a name near this one, and refers to it.
    pub(super) fn add(&mut self, near: &str, body: Expr) -> Result<Expr> {
        let name = self.name(near);
        let reference = rule(&name);
        self.define(name, body)?;
        Ok(reference)
    }

    /// Like [`add`](Self::add), but refers to an earlier rule that was added this way with the same body.
    pub(super) fn once(&mut self, near: &str, body: Expr) -> Result<Expr> {
        if let Some(reference) = self.once.get(&body) {
            return Ok(reference.clone());
        }
        let reference = self.add(near, body.clone())?;
        self.once.insert(body, reference.clone());
        Ok(reference)
    }

    /// Refers to the rule for what is called `name`, whose body is written when it is first asked for.
    pub(super) fn kept(&mut self, name: &str, body: impl FnOnce(&mut Self, &str) -> Result<Expr>) -> Result<Expr> {
        if let Some(reference) = self.kept.get(name) {
            return Ok(reference.clone());
        }
        let body = body(self, name)?;
        let reference = self.add(name, body)?;
        self.kept.insert(name.to_owned(), reference.clone());
        Ok(reference)
    }

    /// Refers to a rule of a fixed name, which is added when it is first asked for.
    pub(super) fn shared(&mut self, name: &'static str, body: impl FnOnce(&mut Self) -> Expr) -> Expr {
        if self.defined.insert(name) {
            let at = self.shared.len();
            self.shared.push(Rule { name: name.to_owned(), body: rule(name) });
            let body = body(self);
            if let Some(rule) = self.shared.get_mut(at) {
                rule.body = body;
            }
        }
        rule(name)
    }

    /// The grammar.
    pub(super) fn finish(mut self) -> Ast {
        self.own.append(&mut self.shared);
        Ast { rules: self.own }
    }
}

impl Sink for Rules {
    fn rule(&mut self, near: &str, body: Expr) -> Result<Expr> {
        self.once(near, body)
    }

    fn reserve(&mut self, near: &str) -> String {
        self.name(near)
    }

    fn define(&mut self, name: String, body: Expr) -> Result<()> {
        Rules::define(self, name, body)
    }
}

/// The expressions and bytes of text in an expression.
pub(super) fn size(expr: &Expr) -> usize {
    match expr {
        Expr::Literal(text) => 1 + text.len(),
        Expr::Seq(parts) | Expr::Alt(parts) => 1 + parts.iter().map(size).sum::<usize>(),
        Expr::Repeat { expr, .. } => 1 + size(expr),
        _ => 1,
    }
}
