//! Walking the tree of a vocabulary's texts along a grammar.
use super::TokenTrie;
use crate::{
    Result,
    gbnf::{Machine, SetId, too_ambiguous},
};
use std::ops::Range;

/// One walk may look at this many stacks that were not met before.
const MAX_WORK: usize = 1 << 23;

/// Nodes whose texts can follow.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    /// One node, or one with all that are below it.
    pub(super) nodes: Range<usize>,
    /// The set after each of them.
    pub(super) set: SetId,
}

/// Visits the `nodes`, those below a node that leads to `start`, whose texts can follow.
///
/// A node comes together with those below it where all lead to the same set. Where no text is longer than `reach`,
/// nodes are left out.
pub(super) fn walk(
    machine: &mut Machine,
    trie: &TokenTrie,
    nodes: Range<usize>,
    start: SetId,
    reach: u32,
    mut visit: impl FnMut(&Machine, Visit),
) -> Result<()> {
    let Range { start: mut at, end } = nodes;
    // The sets that lead here, each with the node at which it stops to matter.
    let mut above: Vec<(usize, SetId)> = Vec::new();
    let mut set = start;
    let most = machine.work().saturating_add(MAX_WORK);
    while at < end {
        while let Some(&(until, before)) = above.last() {
            if at < until {
                break;
            }
            set = before;
            above.pop();
        }
        let node = trie.node(at);
        let until = node.end as usize;
        if trie.deepest(at) <= reach {
            at = until;
            continue;
        }
        let next = machine.step(set, node.byte)?;
        if next == SetId::DEAD {
            at = until;
            continue;
        }
        if machine.work() > most {
            return Err(too_ambiguous());
        }
        if next == set && at + 1 < until && trie.kinds(at) & !machine.loops(next)? == 0 {
            visit(machine, Visit { nodes: at..until, set: next });
            at = until;
            continue;
        }
        visit(machine, Visit { nodes: at..at + 1, set: next });
        at += 1;
        if at < until {
            above.push((until, set));
            set = next;
        }
    }
    Ok(())
}
