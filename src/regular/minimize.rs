//! Which states of an automaton accept the same texts.
//!
//! Valmari's and Lehtinen's way: blocks of states and sets of edges with one label are split in turn, always by the
//! smaller part, in time that grows with the edges and the logarithm of the states.
use super::{
    cells::{at, part, put},
    raw::{Edge, Neighbours},
};
use crate::gbnf::number;

/// The block of each state; two states are in one block if they accept the same texts.
///
/// Every state must be able to come to an accepting one, so that a missing edge differs from every edge.
pub(super) fn blocks(accepts: &[bool], edges: &[Edge]) -> Vec<u32> {
    let mut states = Partition::new(accepts.len());
    for (state, accepts) in (0..).zip(accepts) {
        if *accepts {
            states.mark(state);
        }
    }
    states.split();
    let mut labels = Partition::by_label(edges);
    let incoming = Neighbours::new(accepts.len(), edges, |edge| edge.2);
    let (mut block, mut set) = (1, 0);
    while set < labels.len() {
        for place in labels.range(set) {
            states.mark(at(edges, at(&labels.members, place)).0);
        }
        states.split();
        set += 1;
        while block < states.len() {
            for place in states.range(block) {
                for edge in incoming.of(at(&states.members, place)) {
                    labels.mark(*edge);
                }
            }
            labels.split();
            block += 1;
        }
    }
    states.set_of
}

/// Numbers in sets that can be split.
struct Partition {
    /// All numbers, those of a set side by side, its marked ones first.
    members: Vec<u32>,
    place_of: Vec<u32>,
    set_of: Vec<u32>,
    /// Where each set begins and ends in `members`, and how many of it are marked.
    sets: Vec<(u32, u32, u32)>,
    /// The sets with marks.
    touched: Vec<u32>,
}

impl Partition {
    /// One set.
    fn new(count: usize) -> Self {
        let members: Vec<u32> = (0..number(count)).collect();
        let sets = if count == 0 { Vec::new() } else { vec![(0, number(count), 0)] };
        Partition { place_of: members.clone(), members, set_of: vec![0; count], sets, touched: Vec::new() }
    }

    /// A set for each label.
    fn by_label(edges: &[Edge]) -> Self {
        let mut partition = Partition::new(edges.len());
        partition.sets.clear();
        let label = |edge: &u32| at(edges, *edge).1;
        partition.members.sort_unstable_by_key(|edge| (label(edge), *edge));
        let mut begin = 0;
        for same in partition.members.chunk_by(|a, b| label(a) == label(b)) {
            let set = number(partition.sets.len());
            for (place, member) in (begin..).zip(same) {
                put(&mut partition.place_of, *member, place);
                put(&mut partition.set_of, *member, set);
            }
            let end = begin + number(same.len());
            partition.sets.push((begin, end, 0));
            begin = end;
        }
        partition
    }

    fn len(&self) -> u32 {
        number(self.sets.len())
    }

    /// The places of a set's members.
    fn range(&self, set: u32) -> std::ops::Range<u32> {
        let (begin, end, _) = at(&self.sets, set);
        begin..end
    }

    /// Marks a number that is not marked yet.
    fn mark(&mut self, member: u32) {
        let set = at(&self.set_of, member);
        let Some((begin, _, marked)) = self.sets.get_mut(set as usize) else {
            return;
        };
        let to = *begin + *marked;
        if *marked == 0 {
            self.touched.push(set);
        }
        *marked += 1;
        let from = at(&self.place_of, member);
        let other = at(&self.members, to);
        put(&mut self.members, from, other);
        put(&mut self.place_of, other, from);
        put(&mut self.members, to, member);
        put(&mut self.place_of, member, to);
    }

    /// Takes the marked numbers of each set apart from the others; the smaller part becomes the new set.
    fn split(&mut self) {
        while let Some(set) = self.touched.pop() {
            let fresh = self.len();
            let Some(old) = self.sets.get_mut(set as usize) else {
                continue;
            };
            let (begin, end, marked) = *old;
            let middle = begin + marked;
            if middle == end {
                old.2 = 0;
                continue;
            }
            let (kept, new) = if marked <= end - middle {
                ((middle, end, 0), (begin, middle, 0))
            } else {
                ((begin, middle, 0), (middle, end, 0))
            };
            *old = kept;
            for member in part(&self.members, new.0, new.1) {
                put(&mut self.set_of, *member, fresh);
            }
            self.sets.push(new);
        }
    }
}
