//! The grammars lately asked for, made into constraints.
use super::vocab::Vocabulary;
use crate::{
    Grammar, Result,
    constraint::{Constraint, TokenTrie},
};
use std::{
    cell::{OnceCell, RefCell},
    collections::VecDeque,
    sync::Arc,
};

/// Grammars that are kept: a program has few, and uses them again and again.
const KEPT: usize = 32;

/// Makes constraints, and keeps what is costly about them: the vocabulary's trie, and the masks of a grammar's states.
#[derive(Default)]
pub(super) struct Constraints {
    trie: OnceCell<Arc<TokenTrie>>,
    recent: RefCell<VecDeque<(Grammar, Constraint)>>,
}

impl Constraints {
    /// The constraint of `grammar`, before any text.
    pub(super) fn of(&self, grammar: &Grammar, vocabulary: &Vocabulary) -> Result<Constraint> {
        let mut recent = self.recent.borrow_mut();
        let same = |(kept, _): &(Grammar, Constraint)| kept.root() == grammar.root() && kept.text() == grammar.text();
        let entry = if let Some(entry) = recent.iter().position(same).and_then(|at| recent.remove(at)) {
            entry
        } else {
            let trie = self.trie.get_or_init(|| Arc::new(TokenTrie::new(vocabulary.pieces(), vocabulary.len())));
            (grammar.clone(), Constraint::new(grammar, Arc::clone(trie))?)
        };
        let constraint = entry.1.clone();
        recent.push_front(entry);
        recent.truncate(KEPT);
        Ok(constraint)
    }
}
