//! Counting tokens.
use crate::{LLM, Model, Result};
use async_trait::async_trait;
use std::sync::Arc;

/// Tells how many tokens a text has. Prompts and histories are cut to size by it.
///
/// A closure from a text to a number is one, for estimates and tests; `LlamaCpp`, and a [`Model`] of it, count as the
/// model does.
///
/// ```
/// use catena::TokenCounter;
///
/// let words = |text: &str| text.split_whitespace().count();
/// assert_eq!(futures::executor::block_on(words.count_tokens("three short words"))?, 3);
/// # Ok::<(), catena::Error>(())
/// ```
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not count tokens",
    label = "expected a `TokenCounter`",
    note = "give a model of `LlamaCpp`, a closure `|text: &str| -> usize`, or implement `catena::TokenCounter`"
)]
pub trait TokenCounter: Send + Sync {
    /// How many tokens the text has, without those that a model puts around a whole prompt.
    ///
    /// # Errors
    /// Those of the tokenizer.
    async fn count_tokens(&self, text: &str) -> Result<usize>;
}

#[async_trait]
impl<F: Fn(&str) -> usize + Send + Sync> TokenCounter for F {
    async fn count_tokens(&self, text: &str) -> Result<usize> {
        Ok(self(text))
    }
}

#[async_trait]
impl<T: TokenCounter + ?Sized> TokenCounter for Arc<T> {
    async fn count_tokens(&self, text: &str) -> Result<usize> {
        (**self).count_tokens(text).await
    }
}

#[async_trait]
impl<L: LLM + TokenCounter + ?Sized> TokenCounter for Model<L> {
    async fn count_tokens(&self, text: &str) -> Result<usize> {
        (**self).count_tokens(text).await
    }
}

#[cfg(feature = "llama-cpp")]
#[async_trait]
impl TokenCounter for crate::LlamaCpp {
    async fn count_tokens(&self, text: &str) -> Result<usize> {
        Ok(self.tokenize(text, false).await?.len())
    }
}
