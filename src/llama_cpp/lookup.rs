//! Guesses at what comes next, from what came before.
use super::stride::Stride;
use llama_cpp_2::token::LlamaToken;
use std::collections::HashMap;

/// Finds the last place where the text went on like it does now, and takes what came after it for a guess.
#[derive(Debug)]
pub(super) struct Lookup {
    /// Where the text goes on after three tokens in a row, and after two.
    after_three: HashMap<[LlamaToken; 3], usize>,
    after_two: HashMap<[LlamaToken; 2], usize>,
    indexed: usize,
    pub(super) stride: Stride,
}

impl Lookup {
    pub(super) fn new() -> Self {
        Lookup { after_three: HashMap::new(), after_two: HashMap::new(), indexed: 0, stride: Stride::new() }
    }

    /// Guesses at most `most` tokens that follow `tokens`.
    pub(super) fn guess(&mut self, tokens: &[LlamaToken], most: usize) -> Vec<LlamaToken> {
        // The last tokens themselves lead nowhere yet.
        while self.indexed + 1 < tokens.len() {
            let next = self.indexed + 1;
            if let Some(&last) = tokens.get(..next).and_then(<[_]>::last_chunk::<3>) {
                self.after_three.insert(last, next);
            }
            if let Some(&last) = tokens.get(..next).and_then(<[_]>::last_chunk::<2>) {
                self.after_two.insert(last, next);
            }
            self.indexed = next;
        }
        let most = self.stride.at(tokens.len()).min(most);
        if most == 0 {
            return Vec::new();
        }
        let three = tokens.last_chunk::<3>().and_then(|last| self.after_three.get(last));
        let at = three.or_else(|| tokens.last_chunk::<2>().and_then(|last| self.after_two.get(last)));
        let Some(&at) = at else { return Vec::new() };
        tokens.get(at..).unwrap_or_default().iter().copied().take(most).collect()
    }

    /// Forgets the text, which is another one from here on by so many tokens less.
    pub(super) fn begin_again(&mut self, gone: usize) {
        self.after_three.clear();
        self.after_two.clear();
        self.indexed = 0;
        self.stride.shorten(gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(text: &str) -> Vec<LlamaToken> {
        text.bytes().map(|byte| LlamaToken(i32::from(byte))).collect()
    }

    #[test]
    fn goes_on_like_the_last_time() {
        let mut lookup = Lookup::new();
        assert_eq!(lookup.guess(&tokens("the name is Ada. the na"), 3), tokens("me "));
        assert_eq!(lookup.guess(&tokens("the name is Ada. the nab"), 3), []);
        assert_eq!(lookup.guess(&tokens("the name is Ada. the nab is"), 2), tokens(" A"));
    }

    proptest! {
        #[test]
        fn a_guess_follows_the_same_tokens_somewhere(text in prop::collection::vec(0_i32..4, 0..60), cut in 1_usize..60) {
            let text: Vec<LlamaToken> = text.into_iter().map(LlamaToken).collect();
            let mut lookup = Lookup::new();
            for length in [cut.min(text.len()), text.len()] {
                let text = &text[..length];
                let guess = lookup.guess(text, 8);
                if !guess.is_empty() {
                    let pattern = [&text[length - 2..], &guess[..]].concat();
                    prop_assert!(text.windows(pattern.len()).any(|window| window == pattern));
                }
            }
        }
    }
}
