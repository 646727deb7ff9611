//! The grammars lately asked for, made into constraints.
use crate::{
    Grammar, Result,
    constraint::{Constraint, TokenTrie},
};
use std::{cell::RefCell, collections::VecDeque, sync::Arc};

/// Grammars that are kept: a program has few, and uses them again and again.
const KEPT: usize = 32;

/// Makes constraints, and keeps what is costly about them: the vocabulary's trie, and the masks of a grammar's states.
pub(super) struct Constraints {
    trie: Arc<TokenTrie>,
    recent: RefCell<VecDeque<(Grammar, Constraint)>>,
}

impl Constraints {
    pub(super) fn new(trie: TokenTrie) -> Self {
        Constraints { trie: Arc::new(trie), recent: RefCell::default() }
    }

    /// The constraint of `grammar`, before any text.
    pub(super) fn of(&self, grammar: &Grammar) -> Result<Constraint> {
        let mut recent = self.recent.borrow_mut();
        let same = |(kept, _): &(Grammar, Constraint)| kept.root() == grammar.root() && kept.text() == grammar.text();
        let entry = if let Some(entry) = recent.iter().position(same).and_then(|at| recent.remove(at)) {
            entry
        } else {
            (grammar.clone(), Constraint::new(grammar, Arc::clone(&self.trie))?)
        };
        let constraint = entry.1.clone();
        recent.push_front(entry);
        recent.truncate(KEPT);
        Ok(constraint)
    }
}
