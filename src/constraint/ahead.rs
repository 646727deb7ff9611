//! Text that must follow, and what of it may still be cut into tokens in another way.
use super::{Constraint, TokenTrie, constraint::Masks};
use crate::{
    Result,
    gbnf::{Machine, SetId, Tables},
};
use std::sync::Arc;

/// The text that must follow, whatever is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Ahead {
    /// The bytes that must follow; possibly none, and possibly ending with part of a character.
    pub bytes: Vec<u8>,
    /// How many bytes at the end of them some token can hold together with more than must follow. Leave their cut into
    /// tokens to the model, or it never writes such a token.
    pub open: usize,
}

impl Ahead {
    /// The bytes whose cut into tokens does not depend on what follows them.
    pub fn settled(&self) -> &[u8] {
        self.bytes.get(..self.bytes.len() - self.open).unwrap_or_default()
    }
}

impl Constraint {
    /// The text that must follow, and how much of it is settled.
    ///
    /// ```
    /// use catena::{Grammar, constraint::{Constraint, TokenTrie}};
    /// use std::sync::Arc;
    ///
    /// let vocabulary: [&[u8]; 5] = [b"ab", b"cde", b"c", b"d", b"e"];
    /// let trie = Arc::new(TokenTrie::new((0..).zip(vocabulary), vocabulary.len()));
    /// let constraint = Constraint::new(&Grammar::parse(r#"root ::= "abcd" [ef]"#)?, trie)?;
    /// let ahead = constraint.ahead()?;
    /// assert_eq!((ahead.bytes.as_slice(), ahead.settled()), (&b"abcd"[..], &b"ab"[..]), "`cde` may follow");
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`](crate::ErrorKind::Grammar) if the grammar can read the text in too many ways.
    pub fn ahead(&self) -> Result<Arc<Ahead>> {
        if let Some(known) = self.session.with(|tables, set| tables.beside.ahead.get(&set).cloned()) {
            return Ok(known);
        }
        let bytes = self.forced()?;
        let trie = self.trie();
        let ahead = self.session.with(|tables, set| {
            let end = tables.machine.steps(set, &bytes)?;
            let open = open(&mut tables.machine, trie, &bytes, end)?;
            let ahead = Arc::new(Ahead { bytes, open });
            keep(tables, set, &ahead);
            Ok::<_, crate::Error>(ahead)
        })?;
        Ok(ahead)
    }
}

fn keep(tables: &mut Tables<Masks>, set: SetId, ahead: &Arc<Ahead>) {
    tables.beside.size += 96 + ahead.bytes.len();
    tables.beside.ahead.insert(set, Arc::clone(ahead));
}

/// How many of the bytes at the end of `bytes`, which lead to `end`, some token holds together with others.
fn open(machine: &mut Machine, trie: &TokenTrie, bytes: &[u8], end: SetId) -> Result<usize> {
    for length in (1..=bytes.len().min(trie.longest())).rev() {
        let tail = bytes.get(bytes.len() - length..).unwrap_or_default();
        if let Some(node) = trie.find(tail) {
            if any_below(machine, trie, node, end)? {
                return Ok(length);
            }
        }
    }
    Ok(0)
}

/// Whether some token below the node can follow, of which what is below leads on from `start`.
fn any_below(machine: &mut Machine, trie: &TokenTrie, node: usize, start: SetId) -> Result<bool> {
    let below = trie.below(node);
    // The sets that lead to the nodes above, each with the node at which it stops to matter.
    let mut above = vec![(below.end, start)];
    let mut at = below.start;
    while at < below.end {
        while above.last().is_some_and(|&(until, _)| until <= at) {
            above.pop();
        }
        let Some(&(_, set)) = above.last() else { break };
        let here = trie.node(at);
        let next = machine.step(set, here.byte)?;
        if next == SetId::DEAD {
            at = here.end as usize;
            continue;
        }
        if !trie.tokens(at..at + 1).is_empty() {
            return Ok(true);
        }
        above.push((here.end as usize, next));
        at += 1;
    }
    Ok(false)
}
