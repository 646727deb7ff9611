//! An automaton as ways from state to state.
use std::sync::Arc;

use crate::{
    gbnf::{NumberMap, number},
    regular::{
        cells::{at, put},
        dfa::Table,
    },
};

/// How many joins are looked at for a shortcut.
const NEAR: usize = 8;

/// The ways out of each state.
pub(super) struct Graph {
    pub(super) states: Vec<State>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Each to another state, but for shortcuts.
    pub(super) ways: Vec<Way>,
    /// Whether the text may end here.
    pub(super) ends: bool,
}

/// A way to another state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// The classes of its character; none if it reads nothing.
    pub(super) classes: Arc<[u32]>,
    pub(super) to: u32,
}

impl Way {
    /// The way to a state by classes, given as pairs of both.
    fn new(same: &[(u32, u32)]) -> Option<Self> {
        let to = same.first()?.0;
        Some(Way { classes: same.iter().map(|(_, class)| *class).collect(), to })
    }
}

impl Graph {
    pub(super) fn new(table: &Table) -> Self {
        let mut row: Vec<(u32, u32)> = Vec::new();
        let states = (0_u32..).take(table.len()).map(|state| {
            row.clear();
            row.extend(table.edges(state).iter().map(|(class, to)| (*to, *class)));
            row.sort_unstable();
            let mut ways: Vec<Way> = row.chunk_by(|a, b| a.0 == b.0).filter_map(Way::new).collect();
            // In the order of what they read.
            ways.sort_by(|a, b| a.classes.cmp(&b.classes));
            State { ways, ends: table.accepts(state) }
        });
        Graph { states: states.collect() }
    }

    /// The place behind the end of the text.
    pub(super) fn exit(&self) -> u32 {
        number(self.states.len())
    }

    pub(super) fn state(&self, state: u32) -> Option<&State> {
        self.states.get(state as usize)
    }

    /// Where a state leads, the exit included.
    pub(super) fn next(&self, state: u32) -> impl Iterator<Item = u32> + '_ {
        let exit = self.exit();
        let known = self.state(state);
        let ways = known.into_iter().flat_map(|state| &state.ways).map(|way| way.to);
        ways.chain(known.filter(|state| state.ends).map(|_| exit))
    }

    /// Where a state leads to all that another one does that comes behind it, makes that a way to the other one that
    /// reads nothing: `-5` and `5` begin alike with an optional `-`. Gives whether there are such.
    pub(super) fn shorten(&mut self, joins: &[u32]) -> bool {
        let mut shortcuts: NumberMap<u32, u32> = NumberMap::default();
        let mut all = Vec::new();
        // From the back, so that a state is looked at before those that lead to it.
        for (state, own) in (0..self.exit()).zip(&self.states).rev() {
            let found = own.ways.iter().filter(|way| way.to != state).find_map(|way| {
                let behind = std::iter::successors(Some(way.to), |state| Some(at(joins, *state))).take(NEAR);
                let mut others = behind.chain(shortcuts.get(&way.to).copied());
                others.find_map(|other| Some((other, own.beside(self.state(other)?, other)?)))
            });
            if let Some((other, fresh)) = found {
                shortcuts.insert(state, other);
                all.push((state, fresh));
            }
        }
        for (state, fresh) in all {
            put(&mut self.states, state, fresh);
        }
        !shortcuts.is_empty()
    }
}

impl State {
    /// This state with a way to `other`, of which `theirs` are the ways, in place of what both do; none if `theirs` has
    /// something else.
    fn beside(&self, theirs: &State, other: u32) -> Option<State> {
        if theirs.ways.is_empty() || theirs.ways.len() > self.ways.len() || theirs.ends && !self.ends {
            return None;
        }
        if !theirs.ways.iter().all(|way| self.ways.contains(way)) {
            return None;
        }
        let mut ways: Vec<Way> = self.ways.iter().filter(|way| !theirs.ways.contains(way)).cloned().collect();
        // Two minimal states differ, so one of these is left.
        let ends = self.ends && !theirs.ends;
        if ways.is_empty() && !ends {
            return None;
        }
        ways.push(Way { classes: Arc::default(), to: other });
        Some(State { ways, ends })
    }
}
