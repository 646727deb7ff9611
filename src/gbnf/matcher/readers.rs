//! Which rules read anything at all.
use super::{
    nfa::{Body, Nfa, State, number},
    weights::{NEVER, Weights},
};
use std::collections::HashMap;

/// The rules that match more than the empty text.
#[derive(Debug)]
pub(super) struct Readers {
    reads: Vec<bool>,
    /// How many states can be reached from the start of a rule without leaving it.
    sizes: HashMap<u32, usize>,
}

impl Readers {
    pub(super) fn new(nfa: &Nfa, weights: &Weights) -> Self {
        let mut readers = Readers { reads: vec![false; nfa.rules.len()], sizes: HashMap::new() };
        let mut callers: Vec<Vec<u32>> = vec![Vec::new(); nfa.rules.len()];
        let mut open = Vec::new();
        let mut seen = vec![false; nfa.states.len()];
        for (rule, source) in nfa.rules.iter().enumerate() {
            let rule = number(rule);
            let mut call = |callee: u32| {
                if let Some(callers) = callers.get_mut(callee as usize) {
                    callers.push(rule);
                }
            };
            match source.body {
                Body::Counted { max: 0, .. } => {}
                Body::Counted { of, .. } => call(of),
                Body::States(start) => {
                    let mut states = vec![start];
                    let mut size = 0;
                    while let Some(state) = states.pop() {
                        match seen.get_mut(state as usize) {
                            Some(seen) if !*seen && weights.state(state) != NEVER => *seen = true,
                            _ => continue,
                        }
                        size += 1;
                        match nfa.states.get(state as usize) {
                            Some(State::Split(nexts)) => states.extend(nexts),
                            Some(State::Byte { next, .. }) => {
                                open.push(rule);
                                states.push(*next);
                            }
                            Some(State::Call { rule, next }) => {
                                call(*rule);
                                states.push(*next);
                            }
                            Some(State::Accept) | None => {}
                        }
                    }
                    readers.sizes.insert(start, size);
                }
            }
        }
        while let Some(rule) = open.pop() {
            match readers.reads.get_mut(rule as usize) {
                // A rule that never ends reads nothing that matters.
                Some(reads) if !*reads && weights.rule(rule) != NEVER => *reads = true,
                _ => continue,
            }
            open.extend(callers.get(rule as usize).into_iter().flatten());
        }
        readers
    }

    pub(super) fn reads(&self, rule: u32) -> bool {
        self.reads.get(rule as usize).copied().unwrap_or_default()
    }

    /// The number of states of the rule that starts there.
    pub(super) fn size(&self, start: u32) -> usize {
        self.sizes.get(&start).copied().unwrap_or_default()
    }
}
