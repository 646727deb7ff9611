//! How far guesses reach.

/// The most tokens of a guess.
const LONGEST: usize = 16;

/// Guesses that fail keep further ones back for so many tokens.
const PAUSE: usize = 24;

/// Guesses that come true grow longer, those that do not get shorter, down to none for a while: a guess costs about as much
/// as a part of a token, and saves whole ones.
#[derive(Debug)]
pub(super) struct Stride {
    length: usize,
    paused_until: usize,
}

impl Stride {
    pub(super) fn new() -> Self {
        Stride { length: 4, paused_until: 0 }
    }

    /// How many tokens to guess behind a text of so many.
    pub(super) fn at(&self, length: usize) -> usize {
        if length < self.paused_until { 0 } else { self.length }
    }

    /// Learns from what became of a guess, `length` tokens into the text.
    pub(super) fn learn(&mut self, guessed: usize, right: usize, length: usize) {
        if right >= guessed {
            self.length = (self.length * 2).min(LONGEST);
        } else if right == 0 {
            self.length /= 2;
            if self.length == 0 {
                (self.length, self.paused_until) = (2, length + PAUSE);
            }
        } else {
            self.length = (right + 1).min(LONGEST);
        }
    }

    /// Guesses nothing behind a text of so many tokens, for a while.
    pub(super) fn rest(&mut self, length: usize) {
        self.paused_until = length + PAUSE;
    }

    /// The text lost so many of its tokens.
    pub(super) fn shorten(&mut self, gone: usize) {
        self.paused_until = self.paused_until.saturating_sub(gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_after_guesses_that_fail() {
        let mut stride = Stride::new();
        for _ in 0..3 {
            assert!(stride.at(9) > 0);
            stride.learn(4, 0, 9);
        }
        assert_eq!((stride.at(10), stride.at(9 + PAUSE)), (0, 2));
        stride.shorten(20);
        assert_eq!(stride.at(PAUSE - 11), 2);
        stride.rest(40);
        assert_eq!((stride.at(39 + PAUSE), stride.at(40 + PAUSE)), (0, 2));
    }
}
