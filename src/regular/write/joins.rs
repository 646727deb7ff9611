//! Where the ways from a state come together.
use super::graph::Graph;
use crate::regular::cells::{at, put};

/// How many steps the search for joins may take for each edge.
const WORK: usize = 64;

/// For each state the first one behind it that all ways to the end of the text lead through: its immediate
/// post-dominator; the exit if there is none, and for all states if that takes too long to find.
///
/// This is the algorithm of Cooper, Harvey and Kennedy on the edges turned around.
pub(super) fn joins(graph: &Graph) -> Vec<u32> {
    let exit = graph.exit();
    let count = graph.states.len() + 1;
    let order = backwards(graph);
    // The place of each state in the order.
    let mut rank = vec![u32::MAX; count];
    for (place, state) in (0..).zip(&order) {
        put(&mut rank, *state, place);
    }
    // Joins are kept as places in the order, so that the smaller is nearer to the exit.
    let mut join = vec![u32::MAX; count];
    put(&mut join, 0_u32, 0);
    let mut work = WORK * (count + graph.states.iter().map(|state| state.ways.len()).sum::<usize>());
    let mut changed = true;
    while changed {
        changed = false;
        for (place, state) in (0_u32..).zip(&order).skip(1) {
            let mut common = u32::MAX;
            for next in graph.next(*state) {
                let mut other = at(&rank, next);
                if next == *state || at(&join, other) == u32::MAX {
                    continue;
                }
                while common != u32::MAX && common != other {
                    if common > other {
                        common = at(&join, common);
                    } else {
                        other = at(&join, other);
                    }
                    work = work.saturating_sub(1);
                }
                common = other;
            }
            if work == 0 {
                return vec![exit; graph.states.len()];
            }
            if at(&join, place) != common {
                put(&mut join, place, common);
                changed = true;
            }
        }
    }
    (0..exit).map(|state| order.get(at(&join, at(&rank, state)) as usize).copied().unwrap_or(exit)).collect()
}

/// The exit and all states, each behind one that it leads to if that can be (reverse postorder on the edges turned around).
fn backwards(graph: &Graph) -> Vec<u32> {
    let exit = graph.exit();
    let count = graph.states.len() + 1;
    let mut before = vec![Vec::new(); count];
    for state in 0..exit {
        for next in graph.next(state) {
            if let Some(before) = before.get_mut(next as usize) {
                before.push(state);
            }
        }
    }
    let mut seen = vec![false; count];
    put(&mut seen, exit, true);
    let mut order = Vec::with_capacity(count);
    let mut way = vec![(exit, 0)];
    while let Some((state, gone)) = way.last_mut() {
        let next = before.get(*state as usize).and_then(|before| before.get(*gone)).copied();
        *gone += 1;
        match next {
            Some(next) if !at(&seen, next) => {
                put(&mut seen, next, true);
                way.push((next, 0));
            }
            Some(_) => {}
            None => {
                order.push(*state);
                way.pop();
            }
        }
    }
    order.reverse();
    order
}
