//! The rules of the grammar that is being written.
use std::{hash::BuildHasher, sync::Arc};

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt, fast::RandomState};
use smol_str::SmolStr;

use super::{
    expr::rule,
    name::{Names, is_shared},
    shared::{Flavour, Library, Shared},
    written::{Body, OwnRule, Written},
};
use crate::{
    Result,
    gbnf::Expr,
    regular::{self, Dfa, Encoding, Sink},
    structured::document::schema_error,
};

/// The most rules of a grammar.
const MAX_RULES: usize = 50_000;
/// The most expressions and bytes of text of a grammar.
const MAX_SIZE: usize = 400_000;
/// The most edges of an automaton that is written: what takes more, llama.cpp is slow to load.
pub(crate) const MAX_EDGES: usize = 20_000;
/// How many bytes of text count as one expression.
const BYTES_AN_EXPRESSION: usize = 4;

/// Collects rules and gives them names.
#[derive(Debug)]
pub(super) struct Rules {
    names: Names,
    own: Vec<OwnRule>,
    /// The order in which they are written.
    order: Vec<usize>,
    /// Rules that several others use; they are written last.
    shared: Vec<Arc<Shared>>,
    defined: HashSet<SmolStr>,
    library: Library,
    /// Rules that stand for something outside, by its name.
    kept: HashMap<String, Expr>,
    /// Rules for what follows a name that is none of those declared, by the characters that it does not begin with.
    others: HashMap<SmolStr, SmolStr>,
    /// The rules whose bodies are written once, by the hash of the body.
    once: HashMap<u64, Vec<usize>>,
    hasher: RandomState,
    /// What is written for sets of texts, by the addresses of the sets, which are kept so that their addresses stay theirs.
    written: HashMap<(usize, Encoding), (Dfa, Expr)>,
    size: usize,
}

impl Rules {
    pub(super) fn new(flavour: Flavour) -> Self {
        Rules {
            names: Names::new(),
            own: Vec::new(),
            order: Vec::new(),
            shared: Vec::new(),
            defined: HashSet::new(),
            library: Library::new(flavour),
            kept: HashMap::new(),
            others: HashMap::with_capacity(28),
            once: HashMap::new(),
            hasher: RandomState::default(),
            written: HashMap::new(),
            size: 0,
        }
    }

    /// A name near this one that no other rule has.
    pub(super) fn name(&mut self, near: &str) -> SmolStr {
        self.names.unique(near)
    }

    /// How many rules there are, the shared ones aside.
    pub(super) fn len(&self) -> usize {
        self.own.len()
    }

    /// Adds a rule behind the others.
    pub(super) fn define(&mut self, name: SmolStr, body: Expr) -> Result<()> {
        self.insert(self.len(), name, body)
    }

    /// Adds a rule at this place.
    pub(super) fn insert(&mut self, at: usize, name: SmolStr, body: Expr) -> Result<()> {
        self.size += size(&body);
        self.push(at, name, Body::Expr(body))
    }

    /// Adds a rule whose body is written already, as it would be printed.
    pub(super) fn add_text(&mut self, near: &str, body: String) -> Result<SmolStr> {
        self.size += body.len() / BYTES_AN_EXPRESSION;
        let name = self.name(near);
        self.push(self.len(), name.clone(), Body::Text(body))?;
        Ok(name)
    }

    fn push(&mut self, at: usize, name: SmolStr, body: Body) -> Result<()> {
        if self.own.len() >= MAX_RULES || self.size > MAX_SIZE {
            let message =
                format!("the grammar grows beyond {MAX_RULES} rules or {MAX_SIZE} expressions: split the schema");
            return Err(schema_error(message));
        }
        self.order.insert(at.min(self.order.len()), self.own.len());
        self.own.push(OwnRule { name, body });
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
        let hash = self.hasher.hash_one(&body);
        let known = self.once.get(&hash).into_iter().flatten().filter_map(|at| self.own.get(*at));
        if let Some(known) = known.into_iter().find(|known| matches!(&known.body, Body::Expr(known) if *known == body))
        {
            return Ok(rule(&known.name));
        }
        self.once.entry(hash).or_default().push(self.own.len());
        self.add(near, body)
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

    /// The rule for the ends of names that do not begin with one of these characters, whose body is written when it is first
    /// asked for.
    pub(super) fn other(&mut self, than: &str, body: impl FnOnce(&mut Self) -> String) -> Result<SmolStr> {
        if let Some(name) = self.others.get(than) {
            return Ok(name.clone());
        }
        let body = body(self);
        let name = self.add_text("other", body)?;
        self.others.insert(than.into(), name.clone());
        Ok(name)
    }

    /// An expression for the texts of a set.
    pub(super) fn written(&mut self, texts: &Dfa, encoding: Encoding, near: &str) -> Result<Expr> {
        let key = (texts.address(), encoding);
        if let Some((_, expr)) = self.written.get(&key) {
            return Ok(expr.clone());
        }
        if texts.edges() > MAX_EDGES {
            return Err(schema_error(format!(
                "an automaton for these texts takes {} edges, of which at most {MAX_EDGES} can be written: make their \
                 patterns simpler or their lengths shorter",
                texts.edges()
            )));
        }
        let expr = regular::write(texts, encoding, near, self)?;
        self.written.insert(key, (texts.clone(), expr.clone()));
        Ok(expr)
    }

    /// Refers to a rule of a fixed name, which is added when it is first asked for. Its body depends on nothing but the
    /// flavour, and refers to no rules but such.
    pub(super) fn shared(&mut self, name: &'static str, body: impl FnOnce(&mut Self) -> Expr) -> Expr {
        debug_assert!(is_shared(name), "the name `{name}` is not kept free");
        let name = SmolStr::new_static(name);
        if self.defined.insert(name.clone()) {
            let shared = self.library.find(&name).unwrap_or_else(|| self.make(&name, body));
            self.adopt(shared);
        }
        Expr::Rule(name)
    }

    fn make(&mut self, name: &SmolStr, body: impl FnOnce(&mut Self) -> Expr) -> Arc<Shared> {
        let flavour = self.library.flavour();
        let mut apart = Rules::new(flavour);
        std::mem::swap(&mut apart.library, &mut self.library);
        apart.defined.insert(name.clone());
        let shared = Arc::new(Shared::new(name.clone(), body(&mut apart)));
        std::mem::swap(&mut apart.library, &mut self.library);
        self.library.insert(name.clone(), Arc::clone(&shared));
        shared
    }

    /// Adds a shared rule, and those that it refers to.
    fn adopt(&mut self, shared: Arc<Shared>) {
        let mut waiting = vec![shared];
        while let Some(shared) = waiting.pop() {
            for name in shared.needs.iter().rev() {
                if self.defined.contains(name) {
                    continue;
                }
                // One that is not there yet is being made: it refers to itself.
                if let Some(found) = self.library.find(name) {
                    self.defined.insert(name.clone());
                    waiting.push(found);
                }
            }
            self.shared.push(shared);
        }
    }

    /// The grammar.
    pub(super) fn finish(self) -> Written {
        let mut own: Vec<Option<OwnRule>> = self.own.into_iter().map(Some).collect();
        let ordered = self.order.into_iter().filter_map(|at| own.get_mut(at).and_then(Option::take));
        Written { own: ordered.collect(), shared: self.shared }
    }
}

impl Sink for Rules {
    fn rule(&mut self, near: &str, body: Expr) -> Result<Expr> {
        self.once(near, body)
    }

    fn reserve(&mut self, near: &str) -> SmolStr {
        self.name(near)
    }

    fn define(&mut self, name: SmolStr, body: Expr) -> Result<()> {
        Rules::define(self, name, body)
    }
}

/// The expressions and bytes of text in an expression.
pub(super) fn size(expr: &Expr) -> usize {
    match expr {
        Expr::Literal(text) => 1 + text.len(),
        Expr::Seq(parts) | Expr::Alt(parts) => {
            let mut sum = 1;
            for part in parts {
                sum += size(part);
            }
            sum
        }
        Expr::Repeat { expr, .. } => 1 + size(expr),
        _ => 1,
    }
}
