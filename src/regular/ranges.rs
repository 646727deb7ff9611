//! Sets of characters.

/// The highest code point.
pub(super) const LAST: u32 = char::MAX as u32;

/// A set of characters as ranges of code points with both ends included: sorted, apart from each other, none of which
/// holds a surrogate or reaches across them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    /// The characters among these code points; ranges may be in any order, overlap and hold surrogates.
    pub(super) fn new(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut parts: Vec<(u32, u32)> =
            ranges.into_iter().flat_map(|range| split(range).into_iter().flatten()).collect();
        parts.sort_unstable();
        let mut out: Vec<(u32, u32)> = Vec::with_capacity(parts.len());
        for (low, high) in parts {
            match out.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => out.push((low, high)),
            }
        }
        Ranges(out)
    }

    pub(super) fn of(low: char, high: char) -> Self {
        Ranges::new([(low.into(), high.into())])
    }

    pub(super) fn single(c: char) -> Self {
        Ranges(vec![(c.into(), c.into())])
    }

    pub(super) fn all() -> Self {
        Ranges::new([(0, LAST)])
    }

    pub(super) fn not(&self) -> Self {
        let mut out = Vec::with_capacity(self.0.len() + 2);
        let mut next = 0;
        for &(low, high) in &self.0 {
            if low > next {
                out.push((next, low - 1));
            }
            next = high + 1;
        }
        if next <= LAST {
            out.push((next, LAST));
        }
        Ranges::new(out)
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        Ranges::new(self.0.iter().chain(&other.0).copied())
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        self.not().or(&other.not()).not()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, code: u32) -> bool {
        let after = self.0.partition_point(|(low, _)| *low <= code);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, high)| code <= *high)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn as_slice(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// The only character of the set, if it has one alone.
    pub(super) fn only(&self) -> Option<char> {
        match self.0.as_slice() {
            [(low, high)] if low == high => char::from_u32(*low),
            _ => None,
        }
    }
}

/// The parts of a range below and above the surrogates.
fn split((low, high): (u32, u32)) -> [Option<(u32, u32)>; 2] {
    let below = (low, high.min(0xD7FF));
    let above = (low.max(0xE000), high.min(LAST));
    [below, above].map(|part| (part.0 <= part.1).then_some(part))
}
