//! Collects the rules of a grammar.
use super::{
    names::{Names, ROOT},
    part::{Part, Parts},
    repeat, words,
};
use crate::{
    Error, ErrorKind, Grammar, Result,
    gbnf::{Ast, Expr, Rule},
};
use std::collections::{HashMap, HashSet};

/// Builds a grammar from expressions and from other grammars, whose rules keep apart from each other.
///
/// Rules get the names asked for, with a number behind where a name is taken; so refer to a rule by the expression that
/// made it, not by a name of your own. The builder checks little: [`build`](Self::build) checks the whole.
///
/// ```
/// use catena::{Grammar, gbnf::{Builder, Expr}};
///
/// let mut rules = Builder::new();
/// let colour = rules.embed("colour", &Grammar::one_of(["red", "green"])?);
/// let value = rules.declare("value");
/// let list = Expr::seq([Expr::literal("["), value.clone(), Expr::literal("]")]);
/// rules.define(&value, Expr::alt([colour, list]))?;
/// let grammar = rules.build(value)?;
///
/// assert_eq!(grammar.text(), "root ::= value\ncolour ::= \"red\" | \"green\"\nvalue ::= colour | \"[\" value \"]\"\n");
/// assert!(grammar.matches("[[red]]")?);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Builder {
    names: Names,
    rules: Vec<Rule>,
    /// Names that have no rule yet.
    declared: HashSet<String>,
    /// The root rules of the grammars that were embedded.
    embedded: HashMap<(String, String), String>,
    /// Rules that are made once, by their bodies.
    once: HashMap<Expr, String>,
}

impl Builder {
    /// A builder without rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule with a name near this one, and gives the reference to it.
    pub fn rule(&mut self, near: &str, body: Expr) -> Expr {
        let name = self.names.unique(near);
        let reference = Expr::rule(name.as_str());
        self.rules.push(Rule { name: name.into(), body });
        reference
    }

    /// The reference to a rule with a name near this one, which [`define`](Self::define) adds later: for rules that use
    /// one another.
    pub fn declare(&mut self, near: &str) -> Expr {
        let name = self.names.unique(near);
        let reference = Expr::rule(name.as_str());
        self.declared.insert(name);
        reference
    }

    /// Adds the rule that `declared` refers to.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if it is no reference from [`declare`](Self::declare), or was defined before.
    pub fn define(&mut self, declared: &Expr, body: Expr) -> Result<()> {
        match declared {
            Expr::Rule(name) if self.declared.remove(name.as_str()) => {
                self.rules.push(Rule { name: name.as_str().into(), body });
                Ok(())
            }
            other => {
                let message = format!("`{other}` waits for no definition: give what `declare` returned, once");
                Err(Error::new(ErrorKind::Grammar, message))
            }
        }
    }

    /// Adds the rules of a grammar, its root under a name near this one, and gives the reference to the root.
    ///
    /// A grammar that was added before is not added again.
    pub fn embed(&mut self, near: &str, grammar: &Grammar) -> Expr {
        let key = (grammar.text().to_owned(), grammar.root().to_owned());
        if let Some(root) = self.embedded.get(&key) {
            return Expr::rule(root.as_str());
        }
        let bodies: HashMap<&str, &Expr> =
            grammar.ast().rules.iter().map(|rule| (rule.name.as_str(), &rule.body)).collect();
        let mut renamed = HashMap::from([(grammar.root().to_owned(), self.names.unique(near))]);
        let mut open = vec![grammar.root()];
        let mut found = Vec::new();
        while let Some(name) = open.pop() {
            let Some(body) = bodies.get(name) else { continue };
            found.push((name, *body));
            for used in body.references() {
                if !renamed.contains_key(used) {
                    renamed.insert(used.to_owned(), self.names.unique(used));
                    open.push(used);
                }
            }
        }
        for (name, body) in found {
            let mut body = body.clone();
            body.rename(&renamed);
            let name = renamed.get(name).cloned().unwrap_or_default();
            self.rules.push(Rule { name: name.into(), body });
        }
        let root = renamed.remove(grammar.root()).unwrap_or_default();
        self.embedded.insert(key, root.clone());
        Expr::rule(root)
    }

    /// What a part matches, with the rules that it needs.
    pub fn part(&mut self, near: &str, part: impl Into<Part>) -> Expr {
        match part.into() {
            Part::Expr(expr) => expr,
            Part::Grammar(grammar) => self.embed(near, &grammar),
        }
    }

    /// What the parts match, each by itself.
    pub(super) fn parts(&mut self, parts: impl Parts) -> Vec<Expr> {
        parts.into_parts().into_iter().map(|part| self.part("part", part)).collect()
    }

    /// One of these texts, their common beginnings written once, so that long lists stay fast. The empty text makes the
    /// choice optional; texts that are given twice count once.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if there is no text, or one holds the character U+0000.
    pub fn one_of(&mut self, texts: impl IntoIterator<Item = impl Into<String>>) -> Result<Expr> {
        words::one_of(self, texts.into_iter().map(Into::into).collect())
    }

    /// `expr`, at least `min` and at most `max` times, at most a million; without `max`, any number of times from `min`
    /// on.
    ///
    /// Unlike [`Expr::repeat`] it is exact beyond the 2000 repetitions that llama.cpp reads: long ones are made of
    /// blocks.
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the bounds are the wrong way round, or too high.
    pub fn repeat(&mut self, expr: Expr, min: u32, max: Option<u32>) -> Result<Expr> {
        repeat::repeat(self, expr, min, max)
    }

    /// Adds a rule, or refers to the one that was added this way with the same body.
    pub(super) fn once(&mut self, near: &str, body: Expr) -> Expr {
        if let Some(name) = self.once.get(&body) {
            return Expr::rule(name.as_str());
        }
        let name = self.names.unique(near);
        self.once.insert(body.clone(), name.clone());
        self.rules.push(Rule { name: name.as_str().into(), body });
        Expr::rule(name)
    }

    /// The grammar whose root rule, named `root`, is this, with the rules added before.
    ///
    /// # Errors
    ///
    /// Those of [`Grammar::from_ast`].
    pub fn build(mut self, root: Expr) -> Result<Grammar> {
        self.rules.insert(0, Rule { name: ROOT.into(), body: root });
        Grammar::from_ast(Ast { rules: self.rules }, ROOT)
    }
}

impl Expr {
    /// The names of rules that it refers to.
    fn references(&self) -> Vec<&str> {
        let (mut open, mut out) = (vec![self], Vec::new());
        while let Some(expr) = open.pop() {
            match expr {
                Expr::Rule(name) => out.push(name.as_str()),
                Expr::Seq(parts) | Expr::Alt(parts) => open.extend(parts.iter().rev()),
                Expr::Repeat { expr, .. } => open.push(expr),
                Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Token(_) => {}
            }
        }
        out
    }

    /// Refers to rules by their new names.
    fn rename(&mut self, names: &HashMap<String, String>) {
        let mut open = vec![self];
        while let Some(expr) = open.pop() {
            match expr {
                Expr::Rule(name) => {
                    if let Some(new) = names.get(name.as_str()) {
                        *name = new.into();
                    }
                }
                Expr::Seq(parts) | Expr::Alt(parts) => open.extend(parts),
                Expr::Repeat { expr, .. } => open.push(expr),
                Expr::Literal(_) | Expr::Class(_) | Expr::Any | Expr::Token(_) => {}
            }
        }
    }
}
