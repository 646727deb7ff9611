//! Reading and writing tables by number.

/// The entry at this place; the default where there is none.
pub(super) fn at<T: Copy + Default>(table: &[T], place: impl Index) -> T {
    table.get(place.index()).copied().unwrap_or_default()
}

/// Sets the entry at this place, if there is one.
pub(super) fn put<T>(table: &mut [T], place: impl Index, value: T) {
    if let Some(entry) = table.get_mut(place.index()) {
        *entry = value;
    }
}

/// The part of a table between two places; empty where they are not inside of it.
pub(super) fn part<T>(table: &[T], from: impl Index, to: impl Index) -> &[T] {
    table.get(from.index()..to.index()).unwrap_or_default()
}

/// A number as a place of a table.
pub(super) trait Index {
    fn index(self) -> usize;
}

impl Index for usize {
    fn index(self) -> usize {
        self
    }
}

impl Index for u32 {
    fn index(self) -> usize {
        self as usize
    }
}
