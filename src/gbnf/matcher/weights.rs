//! The fewest bytes in which each state and rule can end.
use super::nfa::{Body, Nfa, State, number};
use std::{cmp::Reverse, collections::BinaryHeap};

/// The weight of what can never end.
pub(crate) const NEVER: u64 = u64::MAX;

/// For each state the fewest bytes to the end of its rule, for each rule its shortest text.
///
/// A rule that weighs nothing matches the empty text; what weighs [`NEVER`] matches no text at all.
#[derive(Debug)]
pub(crate) struct Weights {
    pub(super) states: Vec<u64>,
    pub(crate) rules: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    State(u32),
    Rule(u32),
}

impl Weights {
    /// Settles states and rules from the lightest upwards, as Dijkstra's algorithm does for graphs and Knuth's for
    /// grammars, so each is looked at once.
    pub(crate) fn new(nfa: &Nfa) -> Self {
        let users = Users::new(nfa);
        let mut weights = Weights { states: vec![NEVER; nfa.states.len()], rules: vec![NEVER; nfa.rules.len()] };
        let mut open = BinaryHeap::new();
        for (state, kind) in nfa.states.iter().enumerate() {
            if matches!(kind, State::Accept) {
                open.push(Reverse((0, Item::State(number(state)))));
            }
        }
        for (rule, kind) in nfa.rules.iter().enumerate() {
            if matches!(kind.body, Body::Counted { min: 0, .. }) {
                open.push(Reverse((0, Item::Rule(number(rule)))));
            }
        }
        while let Some(Reverse((weight, item))) = open.pop() {
            let slot = match item {
                Item::State(state) => weights.states.get_mut(state as usize),
                Item::Rule(rule) => weights.rules.get_mut(rule as usize),
            };
            match slot {
                Some(slot) if *slot == NEVER && weight != NEVER => *slot = weight,
                _ => continue,
            }
            for &user in users.of(item) {
                if let Some(weight) = weights.of(nfa, user, weight) {
                    open.push(Reverse((weight, user)));
                }
            }
        }
        weights
    }

    pub(super) fn state(&self, state: u32) -> u64 {
        self.states.get(state as usize).copied().unwrap_or(NEVER)
    }

    pub(crate) fn rule(&self, rule: u32) -> u64 {
        self.rules.get(rule as usize).copied().unwrap_or(NEVER)
    }

    /// The weight of `item`, unless it is settled or something it needs is not, when `cause` was the last to settle.
    fn of(&self, nfa: &Nfa, item: Item, cause: u64) -> Option<u64> {
        match item {
            Item::State(state) if self.state(state) == NEVER => match nfa.states.get(state as usize)? {
                // Others that settle later are no lighter.
                State::Split(_) => Some(cause),
                State::Byte { .. } => add(cause, 1),
                State::Call { rule, next } => add(self.rule(*rule), self.state(*next)),
                State::Accept => None,
            },
            Item::Rule(rule) if self.rule(rule) == NEVER => match nfa.rules.get(rule as usize)?.body {
                Body::States(_) => Some(cause),
                Body::Counted { min, .. } => Some(cause.saturating_mul(u64::from(min)).min(NEVER - 1)),
            },
            Item::State(_) | Item::Rule(_) => None,
        }
    }
}

/// The sum of two weights; absent if one of them is [`NEVER`].
fn add(left: u64, right: u64) -> Option<u64> {
    (left != NEVER && right != NEVER).then(|| left.saturating_add(right).min(NEVER - 1))
}

/// What has to be looked at again when a state or rule is settled.
struct Users {
    states: Vec<Vec<Item>>,
    rules: Vec<Vec<Item>>,
}

impl Users {
    fn new(nfa: &Nfa) -> Self {
        let mut users = Users { states: vec![Vec::new(); nfa.states.len()], rules: vec![Vec::new(); nfa.rules.len()] };
        for (state, kind) in nfa.states.iter().enumerate() {
            let user = Item::State(number(state));
            match kind {
                State::Split(nexts) => nexts.iter().for_each(|&next| push(&mut users.states, next, user)),
                State::Byte { next, .. } => push(&mut users.states, *next, user),
                State::Call { rule, next } => {
                    push(&mut users.states, *next, user);
                    push(&mut users.rules, *rule, user);
                }
                State::Accept => {}
            }
        }
        for (rule, kind) in nfa.rules.iter().enumerate() {
            let user = Item::Rule(number(rule));
            match kind.body {
                Body::States(start) => push(&mut users.states, start, user),
                Body::Counted { of, .. } => push(&mut users.rules, of, user),
            }
        }
        users
    }

    fn of(&self, item: Item) -> &[Item] {
        match item {
            Item::State(state) => self.states.get(state as usize),
            Item::Rule(rule) => self.rules.get(rule as usize),
        }
        .map_or(&[], Vec::as_slice)
    }
}

fn push(lists: &mut [Vec<Item>], at: u32, item: Item) {
    if let Some(list) = lists.get_mut(at as usize) {
        list.push(item);
    }
}
