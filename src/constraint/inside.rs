//! Which tokens can follow at a place in a rule, whatever comes after the rule.
use super::{
    TokenTrie,
    mask::{insert, members, remove},
    walk::{Visitor, walk},
};
use crate::{
    Result,
    gbnf::{Machine, NodeId, Pos, SetId, number},
};
use std::{collections::BTreeMap, ops::Range, sync::Arc};

/// What can be said of a place without knowing the stacks below it.
#[derive(Debug)]
pub(super) struct Inside {
    /// Tokens that end within the rule or with it.
    tokens: Tokens,
    /// Tokens that go on behind the rule's end: the nodes of their texts up to the first byte there.
    beyond: Nodes,
    /// A place like this one for texts of so many bytes. Shorter ones in `beyond` are left to it.
    like: Option<(Arc<Inside>, u32)>,
}

impl Inside {
    /// Walks the whole tree from any of `places`, as far as their rule goes.
    pub(super) fn new(machine: &mut Machine, trie: &TokenTrie, places: &[Pos]) -> Result<Self> {
        let words = vec![0; trie.vocabulary().div_ceil(64)];
        let (tokens, beyond) = explore(machine, trie, places, 0, words)?;
        Ok(Inside { tokens, beyond, like: None })
    }

    /// Walks the tree only where texts are longer than `reach`, up to which `like` says all.
    pub(super) fn near(
        machine: &mut Machine,
        trie: &TokenTrie,
        places: &[Pos],
        like: Arc<Inside>,
        reach: u32,
    ) -> Result<Self> {
        let mut words = vec![0; trie.vocabulary().div_ceil(64)];
        like.tokens.add_to(&mut words);
        trie.longer(reach).for_each(|token| remove(&mut words, token));
        let (tokens, beyond) = explore(machine, trie, places, reach, words)?;
        Ok(Inside { tokens, beyond, like: Some((like, reach)) })
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
        if self.beyond.is_empty() && self.like.is_none() {
            return Ok(());
        }
        for byte in 0..=u8::MAX {
            let next = machine.step(below, byte)?;
            if next == SetId::DEAD {
                continue;
            }
            let mut found = Ok(());
            let mut add = |node: usize| {
                let mut follows = Follows(words);
                follows.follow(trie, node..node + 1);
                let walked = walk(machine, trie, trie.below(node), next, 0, &mut follows);
                found = std::mem::replace(&mut found, Ok(())).and(walked);
            };
            self.beyond.each(trie, byte, &mut add);
            if let Some((like, reach)) = &self.like {
                like.beyond.each(trie, byte, |node| {
                    if trie.node(node).depth <= reach.saturating_add(1) {
                        add(node);
                    }
                });
            }
            found?;
        }
        Ok(())
    }

    /// About how many bytes of memory this takes.
    pub(super) fn size(&self) -> usize {
        self.tokens.size() + self.beyond.size() + 128
    }
}

/// The tokens in `words` and those found by a walk from `places` where texts are longer than `reach`, and the nodes
/// behind the rule's end found there.
fn explore(
    machine: &mut Machine,
    trie: &TokenTrie,
    places: &[Pos],
    reach: u32,
    words: Vec<u64>,
) -> Result<(Tokens, Nodes)> {
    let stacks: Vec<NodeId> = places.iter().map(|&pos| machine.stack(pos, SetId::BELOW)).collect();
    let start = machine.set(stacks);
    let beyond = NodesBuilder { words: vec![0; trie.all().end.div_ceil(64)], count: 0 };
    let mut found = Found { tokens: words, beyond, reach };
    walk(machine, trie, trie.all(), start, reach, &mut found)?;
    Ok((Tokens::new(found.tokens), found.beyond.finish(trie)))
}

struct Found {
    tokens: Vec<u64>,
    beyond: NodesBuilder,
    reach: u32,
}

impl Visitor for Found {
    fn follow(&mut self, trie: &TokenTrie, nodes: Range<usize>) {
        trie.tokens(nodes).iter().for_each(|&token| insert(&mut self.tokens, token));
    }

    fn beyond(&mut self, trie: &TokenTrie, nodes: Range<usize>) {
        for node in nodes {
            if self.reach == 0 || trie.node(node).depth > self.reach + 1 {
                self.beyond.insert(node);
            }
        }
    }
}

/// Adds to a mask all that follows.
struct Follows<'a>(&'a mut [u64]);

impl Visitor for Follows<'_> {
    fn follow(&mut self, trie: &TokenTrie, nodes: Range<usize>) {
        trie.tokens(nodes).iter().for_each(|&token| insert(self.0, token));
    }

    fn beyond(&mut self, _: &TokenTrie, _: Range<usize>) {}
}

/// Tokens, as a list or as bits, whichever is smaller.
#[derive(Debug)]
enum Tokens {
    List(Vec<u32>),
    Bits(Vec<u64>),
}

impl Tokens {
    fn new(words: Vec<u64>) -> Self {
        let count: usize = words.iter().map(|word| word.count_ones() as usize).sum();
        if count > 2 * words.len() { Tokens::Bits(words) } else { Tokens::List(members(&words).collect()) }
    }

    fn add_to(&self, words: &mut [u64]) {
        match self {
            Tokens::Bits(bits) => words.iter_mut().zip(bits).for_each(|(word, bits)| *word |= bits),
            Tokens::List(list) => list.iter().for_each(|&token| insert(words, token)),
        }
    }

    fn size(&self) -> usize {
        match self {
            Tokens::Bits(words) => 8 * words.len(),
            Tokens::List(list) => 4 * list.len(),
        }
    }
}

/// Nodes of the tree, as lists by their last bytes or as bits, whichever is smaller.
#[derive(Debug)]
enum Nodes {
    Lists(BTreeMap<u8, Vec<u32>>),
    Bits(Vec<u64>),
}

impl Default for Nodes {
    fn default() -> Self {
        Nodes::Lists(BTreeMap::new())
    }
}

impl Nodes {
    fn each(&self, trie: &TokenTrie, byte: u8, mut visit: impl FnMut(usize)) {
        match self {
            Nodes::Lists(lists) => lists.get(&byte).into_iter().flatten().for_each(|&node| visit(node as usize)),
            Nodes::Bits(words) => trie
                .with_byte(byte)
                .iter()
                .map(|&node| node as usize)
                .filter(|node| words.get(node / 64).is_some_and(|word| word >> (node % 64) & 1 == 1))
                .for_each(visit),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Nodes::Lists(lists) if lists.is_empty())
    }

    fn size(&self) -> usize {
        match self {
            Nodes::Lists(lists) => lists.values().map(|nodes| 64 + 4 * nodes.len()).sum(),
            Nodes::Bits(words) => 8 * words.len(),
        }
    }
}

struct NodesBuilder {
    words: Vec<u64>,
    count: usize,
}

impl NodesBuilder {
    fn insert(&mut self, node: usize) {
        insert(&mut self.words, number(node));
        self.count += 1;
    }

    fn finish(self, trie: &TokenTrie) -> Nodes {
        if self.count > 2 * self.words.len() {
            return Nodes::Bits(self.words);
        }
        let mut lists = BTreeMap::<u8, Vec<u32>>::new();
        for node in members(&self.words) {
            lists.entry(trie.node(node as usize).byte).or_default().push(node);
        }
        Nodes::Lists(lists)
    }
}
