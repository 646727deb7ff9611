//! Walking the tree of a vocabulary's texts along a grammar.
use super::TokenTrie;
use crate::{
    Result,
    gbnf::{Machine, SetId, too_ambiguous},
};
use std::ops::Range;

/// One walk may look at this many stacks that were not met before.
const MAX_WORK: usize = 1 << 23;

/// Takes note of what a walk comes by.
pub(super) trait Visitor {
    /// The texts of these nodes can follow.
    fn follow(&mut self, trie: &TokenTrie, nodes: Range<usize>);

    /// The texts of these nodes without their last bytes can follow, and the rule may end there.
    fn beyond(&mut self, trie: &TokenTrie, nodes: Range<usize>);
}

/// Visits the `nodes`, those below a node that leads to `start`, whose texts can follow.
///
/// Where no text is longer than `reach`, nodes are left out.
pub(super) fn walk(
    machine: &mut Machine,
    trie: &TokenTrie,
    nodes: Range<usize>,
    start: SetId,
    reach: u32,
    visitor: &mut impl Visitor,
) -> Result<()> {
    let Range { start: mut at, end } = nodes;
    // The sets that lead here and whether the rule may end there, each with the node at which it stops to matter.
    let mut above: Vec<(usize, SetId, bool)> = Vec::new();
    let (mut set, mut ends) = (start, false);
    let most = machine.work().saturating_add(MAX_WORK);
    while at < end {
        while let Some(&(until, set_before, ends_before)) = above.last() {
            if at < until {
                break;
            }
            (set, ends) = (set_before, ends_before);
            above.pop();
        }
        let node = trie.node(at);
        let until = node.end as usize;
        if reach > 0 && trie.deepest(at) <= reach {
            at = until;
            continue;
        }
        if ends {
            visitor.beyond(trie, at..at + 1);
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
            // All that is below leads to the same set.
            visitor.follow(trie, at..until);
            if machine.is_below(next) {
                visitor.beyond(trie, at + 1..until);
            }
            at = until;
            continue;
        }
        visitor.follow(trie, at..at + 1);
        at += 1;
        if at < until {
            above.push((until, set, ends));
            (set, ends) = (next, machine.is_below(next));
        }
    }
    Ok(())
}
