//! Conjunctions of schemas: what one value must satisfy.
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};

use super::languages::Languages;

/// A place in the document, by number.
pub(crate) type NodeId = u32;

/// A schema, or everything that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Literal(u32);

impl Literal {
    /// The schema `true`, wherever it stands.
    pub(crate) const ANY: Literal = Literal(u32::MAX - 1);
    /// The schema `false`.
    pub(crate) const NEVER: Literal = Literal(u32::MAX);

    /// What the schema at this place admits.
    pub(crate) fn of(node: NodeId) -> Self {
        Literal(node << 1)
    }

    /// What this one does not admit.
    pub(crate) fn not(self) -> Self {
        Literal(self.0 ^ 1)
    }

    pub(crate) fn node(self) -> NodeId {
        self.0 >> 1
    }

    pub(crate) fn is_negated(self) -> bool {
        self.0 & 1 == 1
    }
}

/// A conjunction of literals, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Term(u32);

impl Term {
    /// Any value.
    pub(crate) const ANY: Term = Term(0);
    /// No value.
    pub(crate) const NEVER: Term = Term(1);
}

/// All terms that were asked for. Equal conjunctions are one term, so recursion through intersections ends.
#[derive(Debug)]
pub(crate) struct Terms {
    all: Vec<Rc<[Literal]>>,
    ids: HashMap<Rc<[Literal]>, Term>,
    products: HashMap<(Term, Term), Term>,
    pub(crate) languages: Languages,
}

impl Terms {
    pub(crate) fn new() -> Self {
        let any: Rc<[Literal]> = Rc::from([]);
        let ids = HashMap::from_iter([(Rc::clone(&any), Term::ANY)]);
        Terms { all: vec![Rc::clone(&any), any], ids, products: HashMap::new(), languages: Languages::default() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// The literals of a term in the order of their numbers. Those of [`Term::NEVER`] mean nothing.
    pub(crate) fn literals(&self, term: Term) -> Rc<[Literal]> {
        self.all.get(term.0 as usize).map_or_else(|| Rc::from([]), Rc::clone)
    }

    /// The term of one literal.
    pub(crate) fn literal(&mut self, literal: Literal) -> Term {
        match literal {
            Literal::ANY => return Term::ANY,
            Literal::NEVER => return Term::NEVER,
            _ => {}
        }
        self.intern(Rc::from([literal]))
    }

    /// Both at once.
    pub(crate) fn and(&mut self, a: Term, b: Term) -> Term {
        if a == b || b == Term::ANY {
            return a;
        }
        if a == Term::ANY {
            return b;
        }
        if a == Term::NEVER || b == Term::NEVER {
            return Term::NEVER;
        }
        let key = (a.min(b), a.max(b));
        if let Some(term) = self.products.get(&key) {
            return *term;
        }
        let (left, right) = (self.literals(a), self.literals(b));
        let mut both: Vec<Literal> = left.iter().chain(right.iter()).copied().collect();
        both.sort_unstable();
        both.dedup();
        let contradiction = both.iter().zip(both.iter().skip(1)).any(|(a, b)| *b == a.not());
        let term = if contradiction { Term::NEVER } else { self.intern(both.into()) };
        self.products.insert(key, term);
        term
    }

    fn intern(&mut self, literals: Rc<[Literal]>) -> Term {
        if let Some(term) = self.ids.get(&literals) {
            return *term;
        }
        let term = Term(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(Rc::clone(&literals));
        self.ids.insert(literals, term);
        term
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conjunctions_are_sets() {
        let mut terms = Terms::new();
        let (a, b) = (terms.literal(Literal::of(3)), terms.literal(Literal::of(7)));
        let both = terms.and(a, b);
        assert_eq!(terms.and(b, a), both);
        assert_eq!(terms.and(both, a), both);
        assert_eq!(terms.and(both, Term::ANY), both);
        let not_a = terms.literal(Literal::of(3).not());
        assert_eq!(terms.and(both, not_a), Term::NEVER);
        assert_eq!(terms.and(both, Term::NEVER), Term::NEVER);
    }
}
