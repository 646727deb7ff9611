//! Regular expressions as state graphs.
use super::{
    alphabet::Alphabet,
    dfa::{Dfa, TooLarge},
    node::Node,
    ranges::Ranges,
    subset,
};
use crate::gbnf::{NumberMap, number};

/// The most states of a graph.
const MAX_STATES: usize = 20_000;
/// The most work for one language, looks around included, in steps from state to state.
const MAX_WORK: usize = 800_000;

/// A state graph.
#[derive(Default)]
pub(super) struct Nfa {
    pub(super) states: Vec<State>,
    pub(super) start: u32,
    pub(super) sets: Vec<Ranges>,
    /// For each look ahead, the automata of what may follow: at the beginning of the text, behind a character of a word,
    /// and behind another one.
    pub(super) ahead: Vec<[Dfa; 3]>,
    /// For each look behind, the texts that may be before.
    pub(super) behind: Vec<Dfa>,
    /// Whether states depend on whether the character before is one of a word.
    pub(super) has_words: bool,
}

#[derive(Debug, Clone)]
pub(super) enum State {
    /// Reads a character of a set.
    Set { set: u32, next: u32 },
    /// Goes on in any of these.
    Split(Vec<u32>),
    /// Goes on at the beginning of the text only.
    Start { next: u32 },
    /// Goes on at the end of the text only.
    End { next: u32 },
    /// Goes on at the end or beginning of a word, or elsewhere.
    Word { negated: bool, next: u32 },
    /// Goes on if the rest of the text is in the automaton of this number.
    Ahead { look: u32, next: u32 },
    /// Goes on if the text so far is, or is not, in the automaton of this number.
    Behind { look: u32, negated: bool, next: u32 },
    /// The end.
    Accept,
    /// The end, whatever follows.
    All,
}

/// What is before a place of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Before {
    Nothing,
    Word,
    Other,
}

/// What a match of an expression says about a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    /// A match may begin anywhere.
    pub(super) anywhere: bool,
    /// Anything may follow a match.
    pub(super) open: bool,
    /// What is before the text.
    pub(super) before: Before,
}

impl Search {
    /// The whole text is the match.
    pub(super) const WHOLE: Search = Search { anywhere: false, open: false, before: Before::Nothing };
    /// The text holds a match.
    pub(super) const SOMEWHERE: Search = Search { anywhere: true, open: true, before: Before::Nothing };
}

/// The texts for which an expression says so.
pub(super) fn language(node: &Node, search: Search) -> Result<Dfa, TooLarge> {
    let mut work = MAX_WORK;
    within(node, search, &mut work)
}

/// The same with so much work left.
fn within(node: &Node, search: Search, work: &mut usize) -> Result<Dfa, TooLarge> {
    let mut builder = Builder { nfa: Nfa::default(), numbers: NumberMap::default(), work };
    let end = builder.state(if search.open { State::All } else { State::Accept })?;
    let mut start = builder.node(node, end)?;
    if search.anywhere && !node.is_anchored() {
        let again = builder.state(State::Split(Vec::new()))?;
        let any = builder.set(&Ranges::all(), again)?;
        builder.replace(again, State::Split(vec![any, start]));
        start = again;
    }
    let Builder { mut nfa, work, .. } = builder;
    nfa.start = start;
    subset::determinize(&nfa, search.before, work)
}

struct Builder<'a> {
    nfa: Nfa,
    numbers: NumberMap<Ranges, u32>,
    work: &'a mut usize,
}

impl Builder<'_> {
    fn state(&mut self, state: State) -> Result<u32, TooLarge> {
        if self.nfa.states.len() >= MAX_STATES {
            return Err(TooLarge);
        }
        self.nfa.states.push(state);
        Ok(number(self.nfa.states.len() - 1))
    }

    fn replace(&mut self, at: u32, state: State) {
        if let Some(old) = self.nfa.states.get_mut(at as usize) {
            *old = state;
        }
    }

    fn set(&mut self, ranges: &Ranges, next: u32) -> Result<u32, TooLarge> {
        let set = match self.numbers.get(ranges) {
            Some(set) => *set,
            None => {
                let set = number(self.nfa.sets.len());
                self.nfa.sets.push(ranges.clone());
                self.numbers.insert(ranges.clone(), set);
                set
            }
        };
        self.state(State::Set { set, next })
    }

    /// A state that reads `node` and goes on in `next`.
    fn node(&mut self, node: &Node, next: u32) -> Result<u32, TooLarge> {
        match node {
            Node::Set(ranges) => self.set(ranges, next),
            Node::Seq(parts) => parts.iter().rev().try_fold(next, |next, part| self.node(part, next)),
            Node::Alt(parts) => {
                let starts = parts.iter().map(|part| self.node(part, next)).collect::<Result<_, _>>()?;
                self.state(State::Split(starts))
            }
            Node::Repeat { node, min, max } => self.repeat(node, *min, *max, next),
            Node::Start => self.state(State::Start { next }),
            Node::End => self.state(State::End { next }),
            Node::Word { negated } => {
                self.nfa.has_words = true;
                self.state(State::Word { negated: *negated, next })
            }
            Node::Look { behind: false, negated, node } => {
                let look = number(self.nfa.ahead.len());
                let ahead = self.ahead(node, *negated)?;
                self.nfa.ahead.push(ahead);
                self.state(State::Ahead { look, next })
            }
            Node::Look { behind: true, negated, node } => {
                let look = number(self.nfa.behind.len());
                let search = Search { anywhere: true, open: false, before: Before::Nothing };
                let behind = within(node, search, self.work)?;
                self.nfa.behind.push(behind);
                self.state(State::Behind { look, negated: *negated, next })
            }
        }
    }

    fn ahead(&mut self, node: &Node, negated: bool) -> Result<[Dfa; 3], TooLarge> {
        let mut one = |before| {
            let found = within(node, Search { anywhere: false, open: true, before }, self.work)?;
            Ok(if negated { found.not() } else { found })
        };
        if node.looks_back() {
            self.nfa.has_words = true;
            Ok([one(Before::Nothing)?, one(Before::Word)?, one(Before::Other)?])
        } else {
            let found = one(Before::Other)?;
            Ok([found.clone(), found.clone(), found])
        }
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>, next: u32) -> Result<u32, TooLarge> {
        let mut entry = next;
        let mut copies = min;
        if let Some(max) = max {
            for _ in min..max {
                let start = self.node(node, entry)?;
                entry = self.state(State::Split(vec![start, next]))?;
            }
        } else {
            entry = self.state(State::Split(Vec::new()))?;
            let start = self.node(node, entry)?;
            self.replace(entry, State::Split(vec![start, next]));
            if min > 0 {
                entry = start;
                copies = min - 1;
            }
        }
        for _ in 0..copies {
            let before = self.nfa.states.len();
            entry = self.node(node, entry)?;
            if self.nfa.states.len() == before {
                // Nothing is read, however often.
                break;
            }
        }
        Ok(entry)
    }
}

/// The characters of words, as `\w` has them.
pub(super) fn word() -> Ranges {
    Ranges::new([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')].map(|(low, high)| (low.into(), high.into())))
}

impl Nfa {
    /// Classes of characters that nothing in the graph tells apart, the classes in each of its sets, and whether each class
    /// is of words.
    pub(super) fn alphabet(&self) -> (Alphabet, Vec<Vec<u32>>, Vec<bool>) {
        let mut sets = self.sets.clone();
        for dfa in self.ahead.iter().flatten().chain(&self.behind) {
            sets.extend(dfa.table().classes());
        }
        let words = sets.len();
        if self.has_words {
            sets.push(word());
        }
        let (alphabet, members) = Alphabet::of(&sets);
        let mut is_word = vec![false; alphabet.len() as usize];
        for class in members.get(words).into_iter().flatten() {
            super::cells::put(&mut is_word, *class, true);
        }
        (alphabet, members, is_word)
    }
}
