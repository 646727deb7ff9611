//! Sets of tokens.
use std::fmt;

/// A set of tokens of a vocabulary: those that may follow.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenMask {
    words: Box<[u64]>,
    vocabulary: usize,
    count: usize,
}

impl TokenMask {
    /// The mask of the tokens whose bits are set; bits from `vocabulary` on must not be.
    pub(super) fn new(words: Vec<u64>, vocabulary: usize) -> Self {
        let count = words.iter().map(|word| word.count_ones() as usize).sum();
        TokenMask { words: words.into_boxed_slice(), vocabulary, count }
    }

    /// Whether the token may follow. A number outside of the vocabulary may not.
    pub fn allows(&self, token: u32) -> bool {
        self.words.get(token as usize / 64).is_some_and(|word| word >> (token % 64) & 1 == 1)
    }

    /// The tokens that may follow, in rising order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        members(&self.words)
    }

    /// How many tokens may follow.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether no token may follow.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many tokens the vocabulary has.
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    /// The set as bits, the lowest of the first word for token 0; bits outside of the vocabulary are not set.
    pub fn words(&self) -> &[u64] {
        &self.words
    }
}

impl fmt::Debug for TokenMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenMask({} of {})", self.count, self.vocabulary)
    }
}

/// Sets the bit of a token.
pub(super) fn insert(words: &mut [u64], token: u32) {
    if let Some(word) = words.get_mut(token as usize / 64) {
        *word |= 1 << (token % 64);
    }
}

/// Clears the bit of a token.
pub(super) fn remove(words: &mut [u64], token: u32) {
    if let Some(word) = words.get_mut(token as usize / 64) {
        *word &= !(1 << (token % 64));
    }
}

/// The tokens whose bits are set, in rising order.
pub(super) fn members(words: &[u64]) -> impl Iterator<Item = u32> + '_ {
    (0u32..).step_by(64).zip(words).flat_map(|(first, &word)| {
        let rest = |word: &u64| Some(word & (word - 1)).filter(|&rest| rest != 0);
        std::iter::successors(Some(word).filter(|&word| word != 0), rest).map(move |word| first + word.trailing_zeros())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn holds_what_was_inserted(tokens in prop::collection::btree_set(0u32..200, 0..50)) {
            let mut words = vec![0; 4];
            for &token in &tokens {
                insert(&mut words, token);
            }
            let mask = TokenMask::new(words, 200);
            prop_assert_eq!(mask.count(), tokens.len());
            prop_assert!((0..300).all(|token| mask.allows(token) == tokens.contains(&token)));
            prop_assert!(mask.iter().eq(tokens));
        }
    }
}
