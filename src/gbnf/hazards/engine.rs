//! Follows texts as llama.cpp does: a set of stacks of places to go on with.
//!
//! A stack is the next element to read and what comes after it, each the rest of a rule that another one called. Each
//! alternative that may come next is a stack of its own, and of equal stacks there is one.
use super::expand::{Element, Expanded};
use std::collections::{HashMap, HashSet};

/// A stack, by its number.
pub(super) type Stack = u32;

/// The stack with nothing left to read.
pub(super) const EMPTY: Stack = 0;

/// The stacks met so far, and the work done.
#[derive(Debug)]
pub(super) struct Engine<'a> {
    pub(super) rules: &'a Expanded,
    /// For each stack, its next element and the stack below. The first is the empty one.
    stacks: Vec<(u32, Stack)>,
    numbers: HashMap<(u32, Stack), Stack>,
    /// Stacks looked at.
    pub(super) work: usize,
    /// No more of them are looked at: the step that comes to it is cut short.
    most: usize,
}

impl<'a> Engine<'a> {
    pub(super) fn new(rules: &'a Expanded, most: usize) -> Self {
        Engine { rules, stacks: vec![(u32::MAX, EMPTY)], numbers: HashMap::new(), work: 0, most }
    }

    /// The stacks before any text, of a rule by itself.
    pub(super) fn start(&mut self, rule: u32) -> Vec<Stack> {
        let starts = self.rules.rules.get(rule as usize).map_or(&[][..], Vec::as_slice);
        let stacks = starts.iter().map(|start| self.push(*start, EMPTY)).collect();
        self.advance(stacks)
    }

    /// The stacks after one more character.
    pub(super) fn read(&mut self, stacks: &[Stack], c: char) -> Vec<Stack> {
        let mut next = Vec::new();
        for &stack in stacks {
            if self.reads(stack, c) {
                let (at, below) = self.stack(stack);
                next.push(self.push(at + 1, below));
            }
        }
        self.work += stacks.len();
        self.advance(next)
    }

    /// Whether a stack reads this character next.
    pub(super) fn reads(&self, stack: Stack, c: char) -> bool {
        match self.rules.element(self.top(stack)) {
            Element::Char(expected) => expected == c,
            Element::Class(class) => {
                let ranges = self.rules.class(class);
                let before = ranges.partition_point(|(_, high)| *high < c);
                ranges.get(before).is_some_and(|(low, _)| *low <= c)
            }
            Element::Token | Element::Rule(_) | Element::End => false,
        }
    }

    /// The next element of a stack.
    pub(super) fn top(&self, stack: Stack) -> u32 {
        self.stack(stack).0
    }

    /// Follows rules until every stack reads a character next, or as far as the work goes.
    ///
    /// One step alone can come to the product of the ways to be here and the ways to go on.
    fn advance(&mut self, mut open: Vec<Stack>) -> Vec<Stack> {
        let mut seen = HashSet::new();
        let mut out = Vec::new();
        while let Some(stack) = open.pop() {
            if !seen.insert(stack) {
                continue;
            }
            self.work += 1;
            if self.work > self.most {
                break;
            }
            let (at, below) = self.stack(stack);
            match self.rules.element(at) {
                Element::Rule(rule) if stack != EMPTY => {
                    let below = self.push(at + 1, below);
                    let rules = self.rules;
                    for start in rules.rules.get(rule as usize).into_iter().flatten() {
                        open.push(self.push(*start, below));
                    }
                }
                _ => out.push(stack),
            }
        }
        out
    }

    /// The stack that reads from this element on, then the stack below.
    fn push(&mut self, at: u32, below: Stack) -> Stack {
        if self.rules.element(at) == Element::End {
            return below;
        }
        let next = Stack::try_from(self.stacks.len()).unwrap_or(Stack::MAX);
        let number = *self.numbers.entry((at, below)).or_insert(next);
        if number == next {
            self.stacks.push((at, below));
        }
        number
    }

    fn stack(&self, stack: Stack) -> (u32, Stack) {
        self.stacks.get(stack as usize).copied().unwrap_or((u32::MAX, EMPTY))
    }
}
