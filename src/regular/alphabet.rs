//! Classes of characters that an automaton does not tell apart.
use super::{
    cells::{at, put},
    ranges::{LAST, Ranges},
};
use crate::gbnf::{NumberMap, number};

/// Every character's class, as ranges in order. Classes are numbered in the order of their first characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Alphabet {
    /// Low and high end, and the class.
    ranges: Vec<(u32, u32, u32)>,
    len: u32,
}

impl Alphabet {
    /// One class with every character.
    pub(super) fn whole() -> Self {
        Alphabet { ranges: Ranges::all().iter().map(|(low, high)| (low, high, 0)).collect(), len: 1 }
    }

    /// A class for each of these characters, in their order, and one for all others.
    pub(super) fn singles(sorted: &[char]) -> (Self, impl Fn(char) -> u32) {
        let mut ranges = Vec::with_capacity(2 * sorted.len() + 2);
        let mut next = 0;
        for (class, code) in (1..).zip(sorted.iter().map(|c| u32::from(*c))) {
            ranges.extend(Ranges::new(code.checked_sub(1).map(|before| (next, before))).iter().map(|r| (r.0, r.1, 0)));
            ranges.push((code, code, class));
            next = code + 1;
        }
        ranges.extend(Ranges::new([(next, LAST)]).iter().map(|(low, high)| (low, high, 0)));
        let class = |c| sorted.binary_search(&c).map_or(0, |place| number(place + 1));
        (Alphabet { ranges, len: number(sorted.len() + 1) }, class)
    }

    /// The coarsest classes that these sets do not cut, and the classes in each set.
    pub(super) fn of(sets: &[Ranges]) -> (Self, Vec<Vec<u32>>) {
        let mut turns: Vec<(u32, u32)> = Vec::new();
        for (set, number) in sets.iter().zip(0..) {
            turns.extend(set.iter().flat_map(|(low, high)| [(low, number), (high + 1, number)]));
        }
        turns.sort_unstable();
        let mut inside = vec![0_u64; sets.len().div_ceil(64)];
        let mut known: NumberMap<Vec<u64>, u32> = NumberMap::default();
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); sets.len()];
        let mut ranges = Vec::new();
        let mut turns = turns.into_iter().peekable();
        let mut low = 0;
        while low <= LAST {
            while let Some((_, set)) = turns.next_if(|turn| turn.0 == low) {
                if let Some(word) = inside.get_mut(set as usize / 64) {
                    *word ^= 1 << (set % 64);
                }
            }
            let next = turns.peek().map_or(LAST + 1, |turn| turn.0);
            let chars = Ranges::new([(low, next - 1)]);
            low = next;
            // The surrogates are no characters, and a class without a character would make equal sets differ.
            if chars.is_empty() {
                continue;
            }
            let fresh = number(known.len());
            let class = match known.get(&inside) {
                Some(class) => *class,
                None => {
                    known.insert(inside.clone(), fresh);
                    for (word, bits) in inside.iter().enumerate() {
                        let mut bits = *bits;
                        while bits != 0 {
                            if let Some(member) = members.get_mut(word * 64 + bits.trailing_zeros() as usize) {
                                member.push(fresh);
                            }
                            bits &= bits - 1;
                        }
                    }
                    fresh
                }
            };
            ranges.extend(chars.iter().map(|(low, high)| (low, high, class)));
        }
        let len = number(known.len());
        (Alphabet { ranges: merged(ranges), len }, members)
    }

    /// The classes cut by both alphabets, and for each of them the class in either.
    pub(super) fn both(&self, other: &Self) -> (Self, Vec<(u32, u32)>) {
        let mut pairs = Vec::new();
        let mut known: NumberMap<(u32, u32), u32> = NumberMap::default();
        let mut ranges = Vec::with_capacity(self.ranges.len() + other.ranges.len());
        let mut others = other.ranges.iter().copied().peekable();
        for &(mut low, high, class) in &self.ranges {
            while let Some(&(_, end, with)) = others.peek() {
                let class = *known.entry((class, with)).or_insert_with(|| {
                    pairs.push((class, with));
                    number(pairs.len() - 1)
                });
                ranges.push((low, end.min(high), class));
                if end <= high {
                    others.next();
                }
                if end >= high {
                    break;
                }
                low = end + 1;
            }
        }
        let len = number(pairs.len());
        (Alphabet { ranges, len }, pairs)
    }

    /// The same alphabet with classes put together by `to`, and the number that each class now has.
    pub(super) fn coarser(&self, to: &[u32]) -> (Self, Vec<u32>) {
        let mut numbers: NumberMap<u32, u32> = NumberMap::default();
        let mut ranges = Vec::with_capacity(self.ranges.len());
        for &(low, high, class) in &self.ranges {
            let fresh = number(numbers.len());
            ranges.push((low, high, *numbers.entry(at(to, class)).or_insert(fresh)));
        }
        let len = number(numbers.len());
        let renamed = to.iter().map(|class| numbers.get(class).copied().unwrap_or_default()).collect();
        (Alphabet { ranges: merged(ranges), len }, renamed)
    }

    /// For each class, the class of its characters in an alphabet that is no finer.
    pub(super) fn within(&self, coarser: &Self) -> Vec<u32> {
        let mut classes = vec![0; self.len as usize];
        for &(low, _, class) in &self.ranges {
            put(&mut classes, class, coarser.class_at(low));
        }
        classes
    }

    /// How many classes there are.
    pub(super) fn len(&self) -> u32 {
        self.len
    }

    /// The class of a character.
    pub(super) fn class(&self, c: char) -> u32 {
        self.class_at(c.into())
    }

    fn class_at(&self, code: u32) -> u32 {
        let after = self.ranges.partition_point(|(low, _, _)| *low <= code);
        at(&self.ranges, after.saturating_sub(1)).2
    }

    /// The ranges in order, each with its class.
    pub(super) fn ranges(&self) -> &[(u32, u32, u32)] {
        &self.ranges
    }
}

/// Puts neighbours of one class together, but not across the surrogates.
fn merged(ranges: impl IntoIterator<Item = (u32, u32, u32)>) -> Vec<(u32, u32, u32)> {
    let mut out: Vec<(u32, u32, u32)> = Vec::new();
    for (low, high, class) in ranges {
        match out.last_mut() {
            Some(last) if last.2 == class && last.1 + 1 == low => last.1 = high,
            _ => out.push((low, high, class)),
        }
    }
    out
}
