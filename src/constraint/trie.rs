//! The texts of a vocabulary's tokens as a tree.
use crate::gbnf::{kind, number};
use std::{fmt, ops::Range};

/// The texts of a vocabulary's tokens, arranged so that what they begin with is looked at once.
///
/// Build it once for a model and share it between constraints.
#[derive(Clone)]
pub struct TokenTrie {
    /// One node per text that some token begins with, in the order of a walk that visits a node before its children
    /// and children by their bytes. The first node is the empty text.
    nodes: Vec<Node>,
    /// The kinds of all bytes below each node.
    kinds: Vec<u64>,
    /// The length of the longest text below each node, or of its own.
    deepest: Vec<u32>,
    /// The nodes of each last byte, in order.
    by_byte: Vec<Vec<u32>>,
    /// The tokens in the order of their texts.
    tokens: Vec<u32>,
    /// Where each token's text is in `text`.
    texts: Vec<(u32, u32)>,
    text: Vec<u8>,
    longest: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// The node after this one and all below it.
    pub(super) end: u32,
    /// Where its tokens begin in `tokens`; they end where those of the next node begin.
    first: u32,
    /// The length of its text.
    pub(super) depth: u32,
    /// The last byte of its text.
    pub(super) byte: u8,
}

impl TokenTrie {
    /// The tree of these tokens, each a number and the bytes of its text, of a vocabulary of `vocabulary` tokens.
    ///
    /// Leave out tokens that stand for no text, as those that control the model; they are never allowed. Tokens with an
    /// empty text or a number outside of the vocabulary are left out here. Several tokens may have the same text.
    pub fn new<'a>(tokens: impl IntoIterator<Item = (u32, &'a [u8])>, vocabulary: usize) -> Self {
        let mut sorted: Vec<(&[u8], u32)> = tokens
            .into_iter()
            .filter(|(token, bytes)| (*token as usize) < vocabulary && !bytes.is_empty())
            .map(|(token, bytes)| (bytes, token))
            .collect();
        sorted.sort_unstable();
        sorted.dedup();
        let mut trie = TokenTrie {
            nodes: vec![Node { end: 0, first: 0, depth: 0, byte: 0 }],
            kinds: Vec::new(),
            deepest: Vec::new(),
            by_byte: vec![Vec::new(); 256],
            tokens: Vec::with_capacity(sorted.len()),
            texts: vec![(0, 0); vocabulary],
            text: Vec::new(),
            longest: 0,
        };
        // The nodes of the last text, from the root on.
        let mut path = vec![0];
        let mut last: &[u8] = &[];
        for (bytes, token) in sorted {
            let shared = bytes.iter().zip(last).take_while(|(now, before)| now == before).count();
            trie.close(&mut path, shared + 1);
            for &byte in bytes.get(shared..).unwrap_or_default() {
                path.push(trie.nodes.len());
                let (first, depth) = (number(trie.tokens.len()), number(path.len() - 1));
                trie.nodes.push(Node { end: 0, first, depth, byte });
            }
            trie.tokens.push(token);
            if let Some(place) = trie.texts.get_mut(token as usize) {
                *place = (number(trie.text.len()), number(trie.text.len() + bytes.len()));
            }
            trie.text.extend_from_slice(bytes);
            trie.longest = trie.longest.max(number(bytes.len()));
            last = bytes;
        }
        trie.close(&mut path, 0);
        trie.index();
        trie
    }

    /// How many tokens the vocabulary has, also those without a text.
    pub fn vocabulary(&self) -> usize {
        self.texts.len()
    }

    /// The length of the longest text, in bytes.
    pub fn longest(&self) -> usize {
        self.longest as usize
    }

    /// The text of a token; absent if it was left out.
    pub fn text(&self, token: u32) -> Option<&[u8]> {
        let &(start, end) = self.texts.get(token as usize)?;
        self.text.get(start as usize..end as usize).filter(|text| !text.is_empty())
    }

    /// The node of a text that some token begins with.
    pub(super) fn find(&self, text: &[u8]) -> Option<usize> {
        text.iter().try_fold(0, |node, &byte| {
            let (mut at, end) = (node + 1, self.node(node).end as usize);
            while at < end {
                let child = self.node(at);
                if child.byte == byte {
                    return Some(at);
                }
                at = child.end as usize;
            }
            None
        })
    }

    /// The tokens whose texts are longer than `length`.
    pub(super) fn longer(&self, length: u32) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.texts).filter(move |(_, text)| text.1 - text.0 > length).map(|(token, _)| token)
    }

    /// All nodes below the root.
    pub(super) fn all(&self) -> Range<usize> {
        1..self.nodes.len()
    }

    /// All nodes below a node.
    pub(super) fn below(&self, node: usize) -> Range<usize> {
        node + 1..self.node(node).end as usize
    }

    pub(super) fn node(&self, node: usize) -> Node {
        self.nodes.get(node).copied().unwrap_or(Node { end: u32::MAX, first: 0, depth: 0, byte: 0 })
    }

    /// The kinds of all bytes below a node.
    pub(super) fn kinds(&self, node: usize) -> u64 {
        self.kinds.get(node).copied().unwrap_or(u64::MAX)
    }

    /// The length of the longest text below a node, or of its own.
    pub(super) fn deepest(&self, node: usize) -> u32 {
        self.deepest.get(node).copied().unwrap_or(u32::MAX)
    }

    /// The nodes whose text ends with `byte`.
    pub(super) fn with_byte(&self, byte: u8) -> &[u32] {
        self.by_byte.get(usize::from(byte)).map_or(&[], Vec::as_slice)
    }

    /// The tokens whose texts are those of the nodes.
    pub(super) fn tokens(&self, nodes: Range<usize>) -> &[u32] {
        let first = |node: usize| self.nodes.get(node).map_or(self.tokens.len(), |node| node.first as usize);
        self.tokens.get(first(nodes.start)..first(nodes.end)).unwrap_or_default()
    }

    fn index(&mut self) {
        self.kinds = vec![0; self.nodes.len()];
        self.deepest = self.nodes.iter().map(|node| node.depth).collect();
        let (mut above, mut path) = (vec![0], vec![0]);
        for (at, node) in self.nodes.iter().enumerate().skip(1) {
            // The path from the root on is as long as the node's text.
            path.truncate(node.depth as usize);
            above.push(path.last().copied().unwrap_or_default());
            path.push(at);
            if let Some(nodes) = self.by_byte.get_mut(usize::from(node.byte)) {
                nodes.push(number(at));
            }
        }
        // All that is below a node comes after it, and has been handed on to it before the node itself is.
        for (at, &above) in above.iter().enumerate().skip(1).rev() {
            let (below, depth) = (self.kinds(at) | kind(self.node(at).byte), self.deepest(at));
            if let (Some(kinds), Some(deepest)) = (self.kinds.get_mut(above), self.deepest.get_mut(above)) {
                *kinds |= below;
                *deepest = depth.max(*deepest);
            }
        }
    }

    fn close(&mut self, path: &mut Vec<usize>, keep: usize) {
        let end = number(self.nodes.len());
        for node in path.drain(keep.min(path.len())..) {
            if let Some(node) = self.nodes.get_mut(node) {
                node.end = end;
            }
        }
    }
}

impl fmt::Debug for TokenTrie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenTrie({} of {} tokens, {} nodes)", self.tokens.len(), self.texts.len(), self.nodes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_walk_meets_each_token_at_its_text(
            texts in prop::collection::vec(prop::collection::vec(0u8..3, 0..5), 0..40),
        ) {
            let trie = TokenTrie::new((0..).zip(texts.iter().map(Vec::as_slice)), texts.len());
            let mut met = BTreeSet::new();
            let (mut path, mut at): (Vec<(u8, usize)>, _) = (Vec::new(), 1);
            while at < trie.all().end {
                while path.last().is_some_and(|&(_, end)| end <= at) {
                    path.pop();
                }
                path.push((trie.node(at).byte, trie.below(at).end));
                let text: Vec<u8> = path.iter().map(|step| step.0).collect();
                let below = trie.below(at).map(|node| kind(trie.node(node).byte)).fold(0, |all, kind| all | kind);
                prop_assert_eq!(trie.kinds(at), below);
                prop_assert_eq!(trie.node(at).depth as usize, text.len());
                let deepest = trie.below(at).map(|node| trie.node(node).depth).max();
                prop_assert_eq!(trie.deepest(at), deepest.unwrap_or(trie.node(at).depth));
                for &token in trie.tokens(at..at + 1) {
                    prop_assert_eq!(&text, &texts[token as usize]);
                    prop_assert_eq!(trie.text(token), Some(text.as_slice()));
                    met.insert(token);
                }
                at += 1;
            }
            let expected = (0..).zip(&texts).filter(|(_, text)| !text.is_empty()).map(|(token, _)| token);
            prop_assert!(met.into_iter().eq(expected));
            prop_assert_eq!(trie.longest(), texts.iter().map(Vec::len).max().unwrap_or_default());
            prop_assert_eq!(trie.vocabulary(), texts.len());
        }
    }

    #[test]
    fn a_long_token_takes_no_longer_than_many_short_ones() {
        let mut text = vec![b'a'; 1 << 20];
        text.push(b'1');
        let trie = TokenTrie::new([(0, text.as_slice())], 1);
        assert_eq!((trie.longest(), trie.deepest(1) as usize), (text.len(), text.len()));
        assert_eq!(trie.kinds(1), kind(b'a') | kind(b'1'));
        assert_eq!(trie.kinds(text.len() - 1), kind(b'1'));
    }
}
