//! One byte further.
use super::{
    machine::{Machine, Node, NodeId, Row, SetId},
    pos::Pos,
};
use crate::{Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// One step may look at this many stacks.
const MAX_WORK: usize = 1 << 18;
/// Larger unions of sets are remembered by their parts.
const JOINED_AT_ONCE: usize = 256;
/// The tables may grow to this many bytes; only a grammar that is ambiguous without end gets there.
const MAX_SIZE: usize = 1 << 29;

impl Machine {
    /// The set after `byte`; fails with [`ErrorKind::Grammar`] if the grammar is too ambiguous to be followed.
    pub(crate) fn step(&mut self, set: SetId, byte: u8) -> Result<SetId> {
        let class = usize::from(self.program.class(byte));
        if let Some(row) = self.row(set) {
            match row.next.get(class) {
                Some(&next) if next != SetId::UNKNOWN => return Ok(next),
                _ => {}
            }
        }
        self.step_new(set, class, byte)
    }

    /// The set after `bytes`.
    pub(crate) fn steps(&mut self, set: SetId, bytes: &[u8]) -> Result<SetId> {
        bytes.iter().try_fold(set, |set, &byte| if set == SetId::DEAD { Ok(set) } else { self.step(set, byte) })
    }

    /// The kinds of bytes, as [`kind`] tells them apart, of which all lead from the set back to it.
    pub(crate) fn loops(&mut self, set: SetId) -> Result<u64> {
        if let Some(loops) = self.row(set).and_then(|row| row.loops) {
            return Ok(loops);
        }
        let mut loops = u64::MAX;
        for byte in 0..=u8::MAX {
            if loops & kind(byte) != 0 && self.step(set, byte)? != set {
                loops &= !kind(byte);
            }
        }
        if let Some(mut row) = self.take_row(set) {
            row.loops = Some(loops);
            self.put_row(set, row, false);
        }
        Ok(loops)
    }

    fn step_new(&mut self, set: SetId, class: usize, byte: u8) -> Result<SetId> {
        let known = self.take_row(set);
        let is_new = known.is_none();
        let mut row = if let Some(row) = known {
            row
        } else {
            let next = vec![SetId::UNKNOWN; self.program.class_count()].into_boxed_slice();
            Box::new(Row { next, items: self.items(set)?, loops: None })
        };
        let next = self.after(&row.items, byte);
        if let (Ok(next), Some(slot)) = (&next, row.next.get_mut(class)) {
            *slot = *next;
        }
        self.put_row(set, row, is_new);
        next
    }

    fn after(&mut self, items: &[Node], byte: u8) -> Result<SetId> {
        let program = std::sync::Arc::clone(&self.program);
        let mut nodes = Vec::new();
        for item in items {
            for edge in program.byte_edges(item.pos) {
                if edge.low <= byte && byte <= edge.high {
                    self.settle(edge.to, item.below, &mut nodes);
                    check_work(nodes.len())?;
                }
            }
        }
        self.join(&mut nodes)?;
        self.check_size()?;
        Ok(self.set(nodes))
    }

    /// Makes one of all stacks with the same place at the top, so that there are never more than places.
    fn join(&mut self, nodes: &mut Vec<NodeId>) -> Result<()> {
        nodes.sort_unstable();
        nodes.dedup();
        self.work += 1 + nodes.len();
        let mut places: Vec<Pos> = nodes.iter().filter_map(|&id| Some(self.node(id)?.pos)).collect();
        places.sort_unstable();
        if places.windows(2).all(|pair| pair.first() != pair.last()) {
            return Ok(());
        }
        let mut by_place: BTreeMap<Pos, Vec<NodeId>> = BTreeMap::new();
        for &id in &*nodes {
            if let Some(node) = self.node(id) {
                by_place.entry(node.pos).or_default().push(id);
            }
        }
        nodes.clear();
        for (pos, alike) in by_place {
            match alike.as_slice() {
                [one] => nodes.push(*one),
                many => {
                    let below = self.below_all(many)?;
                    let node = self.node_number(Node { pos, below });
                    nodes.push(node);
                }
            }
        }
        Ok(())
    }

    /// The set of everything below these nodes.
    fn below_all(&mut self, nodes: &[NodeId]) -> Result<SetId> {
        let mut belows: Vec<SetId> = nodes.iter().filter_map(|&id| Some(self.node(id)?.below)).collect();
        belows.sort_unstable();
        belows.dedup();
        let count: usize = belows.iter().map(|&below| self.nodes_of(below).len()).sum();
        if count > JOINED_AT_ONCE {
            // A text read in many ways brings up the same sets, and a few more, at each byte. Joined one by one in the
            // same order, most joints are known from the byte before.
            let mut all = SetId::DEAD;
            for below in belows {
                all = self.union(all, below);
                self.check_size()?;
            }
            return Ok(all);
        }
        let nodes = belows.iter().flat_map(|&below| self.nodes_of(below)).copied().collect();
        Ok(self.set(nodes))
    }

    fn check_size(&self) -> Result<()> {
        if self.size() > MAX_SIZE { Err(too_ambiguous()) } else { Ok(()) }
    }

    /// The places of the set, and of all rules called there, at which bytes can be read.
    ///
    /// Calls of one rule are joined: it is entered once, above all the places to come back to. Rules are entered in the
    /// order of their ranks, so all calls of one are known by then.
    fn items(&mut self, set: SetId) -> Result<Box<[Node]>> {
        let program = std::sync::Arc::clone(&self.program);
        let mut items = Vec::new();
        let mut calls: BTreeMap<(u32, u32), Vec<NodeId>> = BTreeMap::new();
        let mut open = self.stacks(set);
        let mut work = 0;
        loop {
            for node in open.drain(..) {
                if !program.byte_edges(node.pos).is_empty() {
                    items.push(node);
                }
                program.each_call(node.pos, |call| {
                    let rank = program.rank(call.rule);
                    let below = calls.entry((rank, call.rule)).or_default();
                    let before = below.len();
                    self.settle(call.to, node.below, below);
                    work += below.len() - before;
                    check_work(work)
                })?;
            }
            let Some(((_, rule), below)) = calls.pop_first() else { break };
            if let Some(pos) = program.rule_start(rule) {
                let below = self.set(below);
                open.push(Node { pos, below });
            }
        }
        self.work += items.len() + work;
        Ok(items.into_boxed_slice())
    }
}

/// The kind of a byte, as one bit: one for small letters, capitals, digits, most controls, and all bytes that are not
/// ASCII, and one for each other sign.
pub(crate) fn kind(byte: u8) -> u64 {
    let place = match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        0x80.. => 3,
        b'\n' => 4,
        b'\t' => 5,
        b'\r' => 6,
        0..=0x1F | 0x7F => 7,
        b' '..=b'/' => 8 + (byte - b' '),
        b':'..=b'@' => 24 + (byte - b':'),
        b'['..=b'`' => 31 + (byte - b'['),
        b'{'..=b'~' => 37 + (byte - b'{'),
    };
    1 << place
}

fn check_work(work: usize) -> Result<()> {
    if work > MAX_WORK { Err(too_ambiguous()) } else { Ok(()) }
}

pub(crate) fn too_ambiguous() -> Error {
    Error::new(ErrorKind::Grammar, "the grammar can read this text in too many ways; make it less ambiguous")
}
