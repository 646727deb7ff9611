//! Places in rules.

/// A place in a rule: what has been read of the rule is behind it.
///
/// Either the number of a place of the program, or a counter and the repetitions left in it, which may be without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pos(u64);

const COUNTED: u64 = 1 << 63;
const ENDLESS: u64 = 1 << 62;
/// There are fewer counters than this, so that no place of one is [`Pos::END`] or [`Pos::BELOW`].
pub(super) const MAX_COUNTERS: usize = (1 << 30) - 1;

impl Pos {
    /// The place after the whole text.
    pub(crate) const END: Pos = Pos(u64::MAX);
    /// The place below the part of a stack that is looked at.
    pub(crate) const BELOW: Pos = Pos(u64::MAX - 1);

    pub(super) fn plain(place: u32) -> Self {
        Pos(u64::from(place))
    }

    pub(super) fn counted(counter: u32, left: u32) -> Self {
        Pos(COUNTED | (u64::from(counter) << 32) | u64::from(left))
    }

    pub(super) fn endless(counter: u32, optional: bool) -> Self {
        Pos(COUNTED | ENDLESS | (u64::from(counter) << 32) | u64::from(optional))
    }

    pub(super) fn view(self) -> View {
        let low = u32::try_from(self.0 & 0xFFFF_FFFF).unwrap_or(u32::MAX);
        if self.0 & COUNTED == 0 {
            return View::Plain(low);
        }
        let counter = u32::try_from((self.0 & !(COUNTED | ENDLESS)) >> 32).unwrap_or(u32::MAX);
        if self.0 & ENDLESS == 0 { View::Counted(counter, low) } else { View::Endless(counter, low != 0) }
    }
}

/// What a [`Pos`] says.
pub(super) enum View {
    Plain(u32),
    /// A counter, and how many repetitions are left.
    Counted(u32, u32),
    /// A counter far from its end, and whether its rule may end there.
    Endless(u32, bool),
}

/// A place of a counter without end that stands for another place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endless {
    pub(crate) pos: Pos,
    /// From both places the same texts of so many bytes can be read, and at the end of each the rule may end after both
    /// or neither.
    pub(crate) reach: u32,
}
