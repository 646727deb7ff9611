//! Rules that many grammars have, such as those of strings: made once for all of them.
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::HashMap;
use smol_str::SmolStr;

use crate::{
    gbnf::{Ast, Expr, Rule},
    structured::options::Whitespace,
};

/// What the bodies of shared rules depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Flavour {
    pub(super) whitespace: Whitespace,
    pub(super) typed: bool,
}

/// A rule, its text, and the rules that it refers to. Those are shared too.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) rule: Rule,
    pub(super) text: String,
    pub(super) needs: Vec<SmolStr>,
}

impl Shared {
    pub(super) fn new(name: SmolStr, body: Expr) -> Self {
        let mut needs = Vec::new();
        references(&body, &mut needs);
        let ast = Ast { rules: vec![Rule { name, body }] };
        let text = ast.print();
        let rule = ast.rules.into_iter().next().unwrap_or(Rule { name: SmolStr::default(), body: Expr::empty() });
        Shared { rule, text, needs }
    }
}

fn references(expr: &Expr, out: &mut Vec<SmolStr>) {
    match expr {
        Expr::Rule(name) if !out.contains(name) => out.push(name.clone()),
        Expr::Seq(parts) | Expr::Alt(parts) => parts.iter().for_each(|part| references(part, out)),
        Expr::Repeat { expr, .. } => references(expr, out),
        _ => {}
    }
}

type Rules = HashMap<(Flavour, SmolStr), Arc<Shared>>;

/// The rules that were made in this process, of the few flavours without a number in them.
static LIBRARY: RwLock<Option<Rules>> = RwLock::new(None);

/// The rules that can be found.
#[derive(Debug)]
pub(super) struct Library {
    flavour: Flavour,
    /// Those of a flavour that is not kept for the process.
    own: Rules,
}

impl Library {
    pub(super) fn new(flavour: Flavour) -> Self {
        Library { flavour, own: Rules::default() }
    }

    pub(super) fn flavour(&self) -> Flavour {
        self.flavour
    }

    fn is_kept(&self) -> bool {
        !matches!(self.flavour.whitespace, Whitespace::Pretty(_))
    }

    pub(super) fn find(&self, name: &SmolStr) -> Option<Arc<Shared>> {
        let key = (self.flavour, name.clone());
        if self.is_kept() {
            LIBRARY.read().unwrap_or_else(PoisonError::into_inner).as_ref()?.get(&key).cloned()
        } else {
            self.own.get(&key).cloned()
        }
    }

    pub(super) fn insert(&mut self, name: SmolStr, shared: Arc<Shared>) {
        let key = (self.flavour, name);
        if self.is_kept() {
            let mut library = LIBRARY.write().unwrap_or_else(PoisonError::into_inner);
            library.get_or_insert_default().insert(key, shared);
        } else {
            self.own.insert(key, shared);
        }
    }
}
