//! What can still follow a text: stacks of places, shared and numbered.
use super::{hash::NumberMap, nfa::number, pos::Pos, program::Program};
use std::sync::Arc;

/// A set of stacks, by number; what is left of a grammar after some text.
///
/// Sets are interned, so equal sets have equal numbers within one [`Machine`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SetId(pub(super) u32);

impl SetId {
    /// The set without stacks: nothing can follow, and the text before does not match.
    pub(crate) const DEAD: SetId = SetId(0);
    /// The set of the empty stack alone: the text matches and nothing can follow.
    pub(crate) const END: SetId = SetId(1);
    /// The set of the unknown stack alone.
    pub(crate) const BELOW: SetId = SetId(2);
    /// Not yet known.
    pub(super) const UNKNOWN: SetId = SetId(u32::MAX);
}

/// A stack, or several that differ only below the top, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(u32);

impl NodeId {
    const END: NodeId = NodeId(0);
    pub(crate) const BELOW: NodeId = NodeId(1);
}

/// A place, and the stacks to go on with when its rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Node {
    pub(crate) pos: Pos,
    pub(crate) below: SetId,
}

/// The stacks met so far and how bytes lead from one set of them to another.
///
/// A set is *settled*: whenever a stack's rule may end, the stacks below are in the set as well. So a text matches
/// exactly if the set after it holds the empty stack.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(super) program: Arc<Program>,
    nodes: Vec<Node>,
    node_numbers: NumberMap<Node, NodeId>,
    sets: Vec<Set>,
    set_numbers: NumberMap<Arc<[NodeId]>, SetId>,
    unions: NumberMap<(SetId, SetId), SetId>,
    /// About how many bytes of memory all this takes.
    size: usize,
    /// How many stacks have been looked at.
    pub(super) work: usize,
    start: SetId,
}

#[derive(Debug)]
struct Set {
    nodes: Arc<[NodeId]>,
    /// The fewest bytes to the end of the text.
    weight: u64,
    row: Option<Box<Row>>,
}

/// Where a set leads.
#[derive(Debug)]
pub(super) struct Row {
    /// The set after a byte of each class.
    pub(super) next: Box<[SetId]>,
    /// The places at which a byte can be read, with the stacks below them.
    pub(super) items: Box<[Node]>,
    /// The bytes that lead back to the set, as the sum of their kinds, once they are known.
    pub(super) loops: Option<u64>,
}

impl Machine {
    /// A machine that has met only the grammar's start.
    pub(crate) fn new(program: Arc<Program>) -> Self {
        let mut machine = Machine {
            nodes: vec![Node { pos: Pos::END, below: SetId::DEAD }, Node { pos: Pos::BELOW, below: SetId::DEAD }],
            program,
            node_numbers: NumberMap::default(),
            sets: Vec::new(),
            set_numbers: NumberMap::default(),
            unions: NumberMap::default(),
            size: 0,
            work: 0,
            start: SetId::DEAD,
        };
        machine.set(vec![]);
        machine.set(vec![NodeId::END]);
        machine.set(vec![NodeId::BELOW]);
        if let Some(start) = machine.program.start() {
            let mut nodes = Vec::new();
            machine.settle(start, SetId::END, &mut nodes);
            machine.start = machine.set(nodes);
        }
        machine
    }

    /// The set before any text.
    pub(crate) fn start(&self) -> SetId {
        self.start
    }

    /// About how many bytes of memory the tables take.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// How many stacks have been looked at since the machine was made.
    pub(crate) fn work(&self) -> usize {
        self.work
    }

    /// Whether the text so far matches.
    pub(crate) fn accepts(&self, set: SetId) -> bool {
        self.nodes_of(set).first() == Some(&NodeId::END)
    }

    /// Whether the unknown stack is in the set.
    pub(crate) fn is_below(&self, set: SetId) -> bool {
        self.nodes_of(set).first() == Some(&NodeId::BELOW)
    }

    /// The fewest bytes after which the text matches.
    pub(crate) fn weight(&self, set: SetId) -> u64 {
        self.sets.get(set.0 as usize).map_or(u64::MAX, |set| set.weight)
    }

    /// How many stacks are in the set, counting those that differ only below the top once.
    #[cfg(test)]
    pub(crate) fn stack_count(&self, set: SetId) -> usize {
        self.nodes_of(set).len()
    }

    /// The stacks of the set, without the empty and the unknown one.
    pub(crate) fn stacks(&self, set: SetId) -> Vec<Node> {
        let ids = self.nodes_of(set).iter().filter(|&&id| id != NodeId::END && id != NodeId::BELOW);
        ids.filter_map(|&id| self.node(id)).collect()
    }

    /// The stacks of the set, with those about to read a counted rule as if they were in it already.
    ///
    /// So the same is said of the rule's beginning wherever it is read.
    pub(crate) fn entered_stacks(&mut self, set: SetId) -> Vec<Node> {
        let mut entered = Vec::new();
        for stack in self.stacks(set) {
            let Some((uncounted, calls)) = self.program.counted_calls(stack.pos) else {
                entered.push(stack);
                continue;
            };
            if self.program.continues(uncounted) {
                entered.push(Node { pos: uncounted, ..stack });
            }
            for call in calls {
                if let Some(pos) = self.program.rule_start(call.rule) {
                    let mut below = Vec::new();
                    self.settle(call.to, stack.below, &mut below);
                    entered.push(Node { pos, below: self.set(below) });
                }
            }
        }
        entered
    }

    /// The empty and the unknown stack, if they are in the set.
    pub(super) fn special(&self, set: SetId) -> impl Iterator<Item = NodeId> + '_ {
        self.nodes_of(set).iter().copied().filter(|&id| id == NodeId::END || id == NodeId::BELOW)
    }

    /// The number of the stack with `pos` above `below`.
    pub(crate) fn stack(&mut self, pos: Pos, below: SetId) -> NodeId {
        self.node_number(Node { pos, below })
    }

    /// Adds to `nodes` what remains when `pos` is reached above `below`.
    pub(crate) fn settle(&mut self, pos: Pos, below: SetId, nodes: &mut Vec<NodeId>) {
        if self.program.continues(pos) {
            let node = self.node_number(Node { pos, below });
            nodes.push(node);
        }
        if self.program.accepts(pos) {
            nodes.extend_from_slice(self.nodes_of(below));
        }
    }

    /// The number of the set of these nodes.
    pub(crate) fn set(&mut self, mut nodes: Vec<NodeId>) -> SetId {
        nodes.sort_unstable();
        nodes.dedup();
        if let Some(&set) = self.set_numbers.get(nodes.as_slice()) {
            return set;
        }
        let weight = nodes.iter().map(|&node| self.node_weight(node)).min().unwrap_or(u64::MAX);
        let nodes: Arc<[NodeId]> = nodes.into();
        let id = SetId(number(self.sets.len()));
        self.size += 120 + 4 * nodes.len();
        self.set_numbers.insert(Arc::clone(&nodes), id);
        self.sets.push(Set { nodes, weight, row: None });
        id
    }

    /// The number of the set of all nodes of both sets.
    pub(super) fn union(&mut self, left: SetId, right: SetId) -> SetId {
        if left == right {
            return left;
        }
        if let Some(&set) = self.unions.get(&(left, right)) {
            return set;
        }
        let set = self.set([self.nodes_of(left), self.nodes_of(right)].concat());
        self.size += 24;
        self.unions.insert((left, right), set);
        set
    }

    pub(super) fn node_number(&mut self, node: Node) -> NodeId {
        if let Some(&id) = self.node_numbers.get(&node) {
            return id;
        }
        let id = NodeId(number(self.nodes.len()));
        self.size += 64;
        self.nodes.push(node);
        self.node_numbers.insert(node, id);
        id
    }

    pub(super) fn node(&self, id: NodeId) -> Option<Node> {
        self.nodes.get(id.0 as usize).copied()
    }

    pub(super) fn nodes_of(&self, set: SetId) -> &[NodeId] {
        self.sets.get(set.0 as usize).map_or(&[], |set| &set.nodes)
    }

    fn node_weight(&self, id: NodeId) -> u64 {
        match self.node(id) {
            Some(node) if id != NodeId::END && id != NodeId::BELOW => {
                self.program.weight(node.pos).saturating_add(self.weight(node.below))
            }
            _ => 0,
        }
    }

    pub(super) fn row(&self, set: SetId) -> Option<&Row> {
        self.sets.get(set.0 as usize)?.row.as_deref()
    }

    pub(super) fn take_row(&mut self, set: SetId) -> Option<Box<Row>> {
        self.sets.get_mut(set.0 as usize)?.row.take()
    }

    pub(super) fn put_row(&mut self, set: SetId, row: Box<Row>, is_new: bool) {
        if is_new {
            self.size += 48 + 4 * row.next.len() + 16 * row.items.len();
        }
        if let Some(set) = self.sets.get_mut(set.0 as usize) {
            set.row = Some(row);
        }
    }
}
