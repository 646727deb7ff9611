//! The ways from each state to the place where they come together.
use std::sync::Arc;

use super::{graph::Graph, joins::joins};
use crate::regular::{cells::at, dfa::Table};

/// How many states the ways may pass, for each way.
const MAX_PASSED: usize = 8;

/// The ways from each state.
#[derive(Default)]
pub(super) struct Ways {
    /// By state.
    pub(super) of: Vec<Vec<Way>>,
    /// The places that all texts pass.
    pub(super) whole: Vec<u32>,
    /// How often each state is passed.
    pub(super) passed: Vec<usize>,
    /// Whether the text may end at a state.
    pub(super) ends: Vec<bool>,
}

/// A way from a state.
pub(super) struct Way {
    /// The classes of its first character; none if it begins with the first state that it passes.
    pub(super) classes: Arc<[u32]>,
    /// The states behind it, each the join of the one before. Between them all is told by those states.
    pub(super) passes: Vec<u32>,
    /// Whether it comes back to the state.
    pub(super) back: bool,
}

impl Ways {
    pub(super) fn new(table: &Table) -> Self {
        let mut graph = Graph::new(table);
        let mut found = joins(&graph);
        if graph.shorten(&found) {
            found = joins(&graph);
        }
        // Where ways pass too many states they go to the end of the text one by one, each told by the state behind it.
        let ends = vec![graph.exit(); graph.states.len()];
        Ways::to(&graph, &found).or_else(|| Ways::to(&graph, &ends)).unwrap_or_default()
    }

    /// The ways to these joins. None if they are too long all together.
    fn to(graph: &Graph, joins: &[u32]) -> Option<Self> {
        let exit = graph.exit();
        let count: usize = graph.states.iter().map(|state| state.ways.len()).sum();
        let mut budget = MAX_PASSED * (count + graph.states.len() + 8);
        let mut of = Vec::with_capacity(graph.states.len());
        for (number, state) in (0..).zip(&graph.states) {
            let mut ways = Vec::with_capacity(state.ways.len());
            for way in &state.ways {
                let (passes, back) = passes(joins, way.to, number, at(joins, number), &mut budget)?;
                ways.push(Way { classes: way.classes.clone(), passes, back });
            }
            of.push(ways);
        }
        let (whole, _) = passes(joins, 0, exit, exit, &mut budget)?;
        let mut passed = vec![0; graph.states.len()];
        for state in whole.iter().chain(of.iter().flatten().flat_map(|way| &way.passes)) {
            if let Some(count) = passed.get_mut(*state as usize) {
                *count += 1;
            }
        }
        let ends = graph.states.iter().map(|state| state.ends).collect();
        Some(Ways { of, whole, passed, ends })
    }
}

/// The states from `to` on, each the join of the one before, up to `from` or its join, and whether that is `from`.
fn passes(joins: &[u32], to: u32, from: u32, join: u32, budget: &mut usize) -> Option<(Vec<u32>, bool)> {
    let mut passes = Vec::new();
    let mut state = to;
    while state != from && state != join {
        *budget = budget.checked_sub(1)?;
        passes.push(state);
        state = at(joins, state);
    }
    Some((passes, state == from))
}
