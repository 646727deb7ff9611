//! Which tokens can follow, found by walking the tree of their texts.
use super::{TokenTrie, mask::insert};
use crate::{
    Result,
    gbnf::{Machine, NodeId, Pos, SetId, number, too_ambiguous},
};
use std::{collections::BTreeMap, ops::Range};

/// What can be said of a place in a rule without knowing what comes after the rule.
#[derive(Debug, Default)]
pub(super) struct Inside {
    /// Tokens that end within the rule or with it.
    pub(super) tokens: Tokens,
    /// Tokens that go on behind the rule's end, by the first byte there: the nodes of their texts up to that byte.
    pub(super) beyond: BTreeMap<u8, Vec<u32>>,
}

/// A set of tokens, as bits or as a list, whichever is smaller.
#[derive(Debug)]
pub(super) enum Tokens {
    Bits(Vec<u64>),
    List(Vec<u32>),
}

impl Default for Tokens {
    fn default() -> Self {
        Tokens::List(Vec::new())
    }
}

impl Tokens {
    fn new(list: Vec<u32>, vocabulary: usize) -> Self {
        if list.len() < vocabulary / 32 {
            return Tokens::List(list);
        }
        let mut words = vec![0; vocabulary.div_ceil(64)];
        list.iter().for_each(|&token| insert(&mut words, token));
        Tokens::Bits(words)
    }

    pub(super) fn add_to(&self, words: &mut [u64]) {
        match self {
            Tokens::Bits(bits) => words.iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits),
            Tokens::List(list) => list.iter().for_each(|&token| insert(words, token)),
        }
    }
}

impl Inside {
    /// Walks the whole tree from any of `places`, as far as their rule goes.
    pub(super) fn new(machine: &mut Machine, trie: &TokenTrie, places: &[Pos]) -> Result<Self> {
        let stacks: Vec<NodeId> = places.iter().map(|&pos| machine.stack(pos, SetId::BELOW)).collect();
        let start = machine.set(stacks);
        let (mut tokens, mut beyond) = (Vec::new(), BTreeMap::<u8, Vec<u32>>::new());
        walk(machine, trie, trie.all(), start, |machine, node, set| {
            tokens.extend_from_slice(trie.tokens(node));
            if machine.is_below(set) {
                let Range { start: mut child, end } = trie.below(node);
                while child < end {
                    beyond.entry(trie.node(child).byte).or_default().push(number(child));
                    child = trie.node(child).end as usize;
                }
            }
        })?;
        beyond.values_mut().for_each(Vec::shrink_to_fit);
        Ok(Inside { tokens: Tokens::new(tokens, trie.vocabulary()), beyond })
    }

    /// Adds to `words` the tokens that can follow when the rule is entered from `below`.
    pub(super) fn add_to(
        &self,
        words: &mut [u64],
        machine: &mut Machine,
        trie: &TokenTrie,
        below: SetId,
    ) -> Result<()> {
        self.tokens.add_to(words);
        for (&byte, nodes) in &self.beyond {
            let next = machine.step(below, byte)?;
            if next == SetId::DEAD {
                continue;
            }
            for &node in nodes {
                let node = node as usize;
                trie.tokens(node).iter().for_each(|&token| insert(words, token));
                walk(machine, trie, trie.below(node), next, |_, node, _| {
                    trie.tokens(node).iter().for_each(|&token| insert(words, token));
                })?;
            }
        }
        Ok(())
    }

    /// About how many bytes of memory this takes.
    pub(super) fn size(&self) -> usize {
        let tokens = match &self.tokens {
            Tokens::Bits(words) => 8 * words.len(),
            Tokens::List(list) => 4 * list.len(),
        };
        tokens + self.beyond.values().map(|nodes| 64 + 4 * nodes.len()).sum::<usize>() + 128
    }
}

/// One walk may look at this many stacks that were not met before.
const MAX_WORK: usize = 1 << 23;

/// Visits the `nodes`, a node's subtree or part of one, whose texts can follow, with the set after each.
fn walk(
    machine: &mut Machine,
    trie: &TokenTrie,
    nodes: Range<usize>,
    start: SetId,
    mut visit: impl FnMut(&Machine, usize, SetId),
) -> Result<()> {
    let Range { start: mut at, end } = nodes;
    // The sets that lead here, each with the node at which it stops to matter.
    let mut above: Vec<(usize, SetId)> = Vec::new();
    let mut set = start;
    let most = machine.work().saturating_add(MAX_WORK);
    while at < end {
        while let Some(&(until, before)) = above.last() {
            if at < until {
                break;
            }
            set = before;
            above.pop();
        }
        let node = trie.node(at);
        let next = machine.step(set, node.byte)?;
        if machine.work() > most {
            return Err(too_ambiguous());
        }
        let until = node.end as usize;
        if next == SetId::DEAD {
            at = until;
            continue;
        }
        visit(machine, at, next);
        at += 1;
        if at < until {
            above.push((until, set));
            set = next;
        }
    }
    Ok(())
}
