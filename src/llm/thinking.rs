//! Free text before an answer.
use serde::{Deserialize, Serialize};

/// Free text that a model writes before its answer, to think: no grammar holds it, and stop texts are not looked for in
/// it. It is handed out as [`Delta::Reasoning`](crate::Delta::Reasoning) and kept in
/// [`Completion::reasoning`](field@crate::Completion::reasoning), without the marks around it.
///
/// # Examples
///
/// ```
/// use catena::{GenerateOptions, Thinking};
///
/// let thinking = Thinking::until("</think>").after("<think>").max_tokens(200);
/// let options = GenerateOptions::new().thinking(thinking);
/// assert!(options.validate().is_ok());
/// ```
#[doc(alias = "reasoning")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Thinking {
    /// The mark that begins the thoughts and is written first; leave it out where the prompt ends with it.
    #[serde(default)]
    pub open: Option<String>,
    /// The mark that ends them; it is written for the model when their tokens are used up.
    pub close: String,
    /// Tokens of thoughts at most. Default: as many as leave room for the answer.
    #[serde(default)]
    pub max_tokens: Option<usize>,
}

impl Thinking {
    /// Thoughts that end with this mark.
    #[must_use]
    pub fn until(close: impl Into<String>) -> Self {
        Thinking { open: None, close: close.into(), max_tokens: None }
    }

    /// The same, begun with this mark.
    #[must_use]
    pub fn after(mut self, open: impl Into<String>) -> Self {
        self.open = Some(open.into());
        self
    }

    /// The same with at most so many tokens.
    #[must_use]
    pub fn max_tokens(mut self, most: usize) -> Self {
        self.max_tokens = Some(most);
        self
    }
}
