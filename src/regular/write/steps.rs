//! The pieces between each state and its join.
use super::{
    piece::{Line, Piece},
    ways::Ways,
};
use crate::regular::{
    Dfa,
    cells::{at, put},
};

/// What is passed more than once is written each time if it has at most so many pieces.
const SMALL: usize = 2;
/// What has more pieces, or is nested deeper, is a rule of its own.
const LARGE: usize = 400;
const DEEP: usize = 8;

/// A set of texts as pieces.
pub(super) struct Written<'a> {
    pub(super) dfa: &'a Dfa,
    /// Any text.
    pub(super) whole: Line,
    /// The states that are rules, each with what lies between it and its join.
    pub(super) rules: Vec<(u32, Line)>,
}

/// The pieces of a set that is not empty.
pub(super) fn steps(dfa: &Dfa) -> Written<'_> {
    let ways = Ways::new(dfa.table());
    let count = dfa.states();
    let mut steps = Steps { ways: &ways, lines: vec![None; count], is_rule: vec![false; count], rules: Vec::new() };
    let mut marks = vec![Mark::New; count];
    for state in &ways.whole {
        steps.visit(*state, &mut marks);
    }
    let whole = steps.line(&ways.whole);
    let mut rules = steps.rules;
    rules.reverse();
    Written { dfa, whole, rules }
}

struct Steps<'a> {
    ways: &'a Ways,
    /// How each state that is done is written where it is passed.
    lines: Vec<Option<Line>>,
    /// Whether a way comes back to a state while it is worked on.
    is_rule: Vec<bool>,
    rules: Vec<(u32, Line)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Mark {
    #[default]
    New,
    Open,
}

impl Steps<'_> {
    /// Works on a state, but first on all that its ways pass.
    fn visit(&mut self, state: u32, marks: &mut [Mark]) {
        if self.is_done(state) {
            return;
        }
        put(marks, state, Mark::Open);
        let mut open = vec![(state, self.needs(state))];
        while let Some((state, needs)) = open.last_mut() {
            let state = *state;
            let Some(next) = needs.pop() else {
                self.finish(state);
                open.pop();
                continue;
            };
            if self.is_done(next) {
                continue;
            }
            if at(marks, next) == Mark::Open {
                put(&mut self.is_rule, next, true);
            } else {
                put(marks, next, Mark::Open);
                open.push((next, self.needs(next)));
            }
        }
    }

    fn is_done(&self, state: u32) -> bool {
        self.lines.get(state as usize).is_some_and(Option::is_some)
    }

    /// What the ways from a state pass, the first last.
    fn needs(&self, state: u32) -> Vec<u32> {
        let ways = self.ways.of.get(state as usize).into_iter().flatten();
        let mut needs: Vec<u32> = ways.flat_map(|way| &way.passes).copied().collect();
        needs.reverse();
        needs
    }

    /// What lies between the states of a way.
    fn line(&self, passes: &[u32]) -> Line {
        let mut line = Line::default();
        for state in passes {
            match self.lines.get(*state as usize) {
                Some(Some(step)) => line.extend(step),
                _ => line.push(Piece::Rule(*state)),
            }
        }
        line
    }

    fn finish(&mut self, state: u32) {
        let (mut back, mut on) = (Vec::new(), Vec::new());
        for way in self.ways.of.get(state as usize).into_iter().flatten() {
            let mut line = Line::default();
            if !way.classes.is_empty() {
                line.push(Piece::Chars(way.classes.clone()));
            }
            line.extend(&self.line(&way.passes));
            if way.back { back.push(line) } else { on.push(line) }
        }
        if at(&self.ways.ends, state) {
            on.push(Line::default());
        }
        let mut line = Line::default();
        if !back.is_empty() {
            line.extend(&Line::alt(back).many());
        }
        line.extend(&Line::alt(on));
        let again = at(&self.ways.passed, state) > 1 && line.size() > SMALL;
        let step = if at(&self.is_rule, state) || again || line.size() > LARGE || line.depth() > DEEP {
            self.rules.push((state, line));
            Line::of(Piece::Rule(state))
        } else {
            line
        };
        if let Some(entry) = self.lines.get_mut(state as usize) {
            *entry = Some(step);
        }
    }
}
