//! Going on where the context is full.
use crate::{Error, ErrorKind, GenerateOptions, Overflow, Result};
use llama_cpp_2::token::LlamaToken;

/// What is forgotten of a text that has filled its context.
///
/// What is left is evaluated again, where llama.cpp would move the positions of what it holds: that works with models that
/// cannot move them, and the text depends on nothing that was forgotten, so that all which was evaluated stays of use to
/// others. It costs a prompt of half a context for each half a context that is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    /// Tokens at the beginning that stay.
    keep: usize,
    n_ctx: usize,
}

impl Shift {
    /// How a text goes on whose prompt has so many tokens, if it is to go on.
    pub(super) fn of(options: &GenerateOptions, prompt: usize, n_ctx: usize) -> Result<Option<Self>> {
        if options.overflow != Some(Overflow::Shift) {
            return Ok(None);
        }
        if options.max_tokens.is_none() {
            let message = "with `overflow` set to shift nothing but `max_tokens` is sure to end a text: give it";
            return Err(Error::new(ErrorKind::InvalidOption, message).with_path("max_tokens"));
        }
        let most = n_ctx / 2;
        let keep = options.n_keep.unwrap_or(if prompt <= most { prompt } else { 0 });
        if keep > most {
            let message = format!("`n_keep` is {keep}; it must be at most {most}, half of the context");
            return Err(Error::new(ErrorKind::InvalidOption, message).with_path("n_keep"));
        }
        // Models lean on the first token, which begins every text they have seen.
        Ok(Some(Shift { keep: keep.max(1), n_ctx }))
    }

    /// Forgets the older half of what stands behind the tokens to keep, if the text has outgrown the context. Says how many
    /// tokens went.
    pub(super) fn forget(self, tokens: &mut Vec<LlamaToken>) -> usize {
        if tokens.len() <= self.n_ctx {
            return 0;
        }
        // One token at least is behind them, to go on from.
        let left = self.keep + ((self.n_ctx - self.keep) / 2).max(1);
        let gone = tokens.len() - left;
        tokens.drain(self.keep..self.keep + gone);
        gone
    }

    /// Tokens at the beginning that stay.
    pub(super) fn keep(self) -> usize {
        self.keep
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn options() -> GenerateOptions {
        GenerateOptions::new().overflow(Overflow::Shift).max_tokens(10)
    }

    #[test]
    fn what_is_kept_is_the_prompt_if_it_is_short() {
        let keep = |options: &GenerateOptions, prompt| Shift::of(options, prompt, 100).unwrap().map(Shift::keep);
        assert_eq!(keep(&options(), 50), Some(50));
        assert_eq!(keep(&options(), 51), Some(1));
        assert_eq!(keep(&options().n_keep(7), 51), Some(7));
        assert_eq!(keep(&GenerateOptions::new(), 51), None);
        let kind_of = |options: &GenerateOptions| Shift::of(options, 51, 100).unwrap_err().path().map(str::to_owned);
        assert_eq!(kind_of(&options().n_keep(51)).as_deref(), Some("n_keep"));
        assert_eq!(kind_of(&GenerateOptions::new().overflow(Overflow::Shift)).as_deref(), Some("max_tokens"));
    }

    proptest! {
        #[test]
        fn head_and_tail_stay(n_ctx in 2_usize..40, keep in 1_usize..20, length in 0_usize..120) {
            let shift = Shift { keep: keep.min(n_ctx / 2), n_ctx };
            let whole: Vec<LlamaToken> = (0..).map(LlamaToken).take(length).collect();
            let mut tokens = whole.clone();
            let gone = shift.forget(&mut tokens);
            prop_assert_eq!(tokens.len() + gone, length);
            prop_assert!(tokens.len() <= n_ctx);
            if gone > 0 {
                prop_assert!(tokens.len() > shift.keep && (tokens.len() < n_ctx || n_ctx == 2));
                prop_assert_eq!(&tokens[..shift.keep], &whole[..shift.keep]);
                prop_assert_eq!(&tokens[shift.keep..], &whole[shift.keep + gone..]);
            }
        }
    }
}
