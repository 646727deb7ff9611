//! The characters a class stands for.
use super::CharClass;

/// The highest character before the surrogates, and the lowest after them.
const GAP: (u32, u32) = (0xD7FF, 0xE000);

/// Every character, as ranges with both ends included.
const ALL: [(char, char); 2] = [('\0', '\u{D7FF}'), ('\u{E000}', char::MAX)];

/// Every character that a text can hold: llama.cpp ends texts at U+0000.
pub(crate) const IN_TEXTS: [(char, char); 2] = [('\u{1}', '\u{D7FF}'), ('\u{E000}', char::MAX)];

impl CharClass {
    /// The characters of the class: ranges in order, apart from each other, none of which holds a surrogate.
    ///
    /// Code points that are no characters are dropped; a negated class is every character but those named.
    pub(crate) fn scalar_ranges(&self) -> Vec<(char, char)> {
        let mut named: Vec<(u32, u32)> = Vec::new();
        for &(low, high) in &self.ranges {
            let high = high.min(u32::from(char::MAX));
            named.push((low, high.min(GAP.0)));
            named.push((low.max(GAP.1), high));
        }
        named.retain(|(low, high)| low <= high);
        named.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for (low, high) in named {
            match merged.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => merged.push((low, high)),
            }
        }
        if self.negated {
            merged = complement(&merged);
        }
        merged.into_iter().filter_map(|(low, high)| Some((char::from_u32(low)?, char::from_u32(high)?))).collect()
    }

    /// The characters of the class that a text can hold, as [`scalar_ranges`](Self::scalar_ranges).
    pub(crate) fn text_ranges(&self) -> Vec<(char, char)> {
        let visible = self.scalar_ranges().into_iter().map(|(low, high)| (low.max('\u{1}'), high));
        visible.filter(|(low, high)| low <= high).collect()
    }
}

fn complement(ranges: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut out = Vec::new();
    for (all_low, all_high) in ALL {
        let (mut from, end) = (u32::from(all_low), u32::from(all_high));
        for &(low, high) in ranges.iter().filter(|(low, high)| *high >= u32::from(all_low) && *low <= end) {
            if low > from {
                out.push((from, low - 1));
            }
            from = high + 1;
        }
        if from <= end {
            out.push((from, end));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code_point() -> impl Strategy<Value = u32> {
        prop_oneof![0u32..300, 0xD7F0u32..0xE010, 0x10_FFF0u32..0x11_0010, any::<u32>()]
    }

    proptest! {
        #[test]
        fn holds_exactly_the_characters_named(
            ranges in prop::collection::vec((code_point(), code_point()), 0..5),
            negated: bool,
            probes in prop::collection::vec(code_point(), 40),
        ) {
            let class = CharClass { negated, ranges: ranges.clone() };
            let scalars = class.scalar_ranges();
            prop_assert!(scalars.windows(2).all(|pair| pair[0].1 < pair[1].0));
            let edges = ranges.iter().flat_map(|r| [r.0, r.1, r.0.wrapping_sub(1), r.1.wrapping_add(1)]);
            for character in probes.into_iter().chain(edges).filter_map(char::from_u32) {
                let named = ranges.iter().any(|&(low, high)| (low..=high).contains(&u32::from(character)));
                let held = scalars.iter().any(|&(low, high)| (low..=high).contains(&character));
                prop_assert_eq!(held, named != negated, "{:?}", character);
                let in_texts = class.text_ranges().iter().any(|&(low, high)| (low..=high).contains(&character));
                prop_assert_eq!(in_texts, held && character != '\0', "{:?}", character);
            }
        }
    }
}
