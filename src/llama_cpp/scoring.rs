//! Asking how probable given texts are.
use super::{Choices, LlamaCpp, Score, command::Aim};
use crate::{Completion, Error, ErrorKind, GenerateOptions, Prompt, Request, Result};
use futures::future::try_join_all;

impl LlamaCpp {
    /// How probable the model finds a text after a prompt, token by token. Nothing is written.
    ///
    /// The text is cut into tokens by itself, so begin it with the space or line break that follows the prompt.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`] for an empty text, [`ErrorKind::ContextOverflow`] where prompt and text do not fit
    /// into the context, and those of any call.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::LlamaCpp;
    ///
    /// # futures::executor::block_on(async {
    /// let llm = LlamaCpp::builder("models/tiny-random.gguf").n_ctx(256).load()?;
    /// let score = llm.score("The capital of France is", " Paris").await?;
    /// assert!(score.logprob() < 0.0 && score.text == " Paris");
    /// # Ok::<(), catena::Error>(()) }).unwrap();
    /// ```
    pub async fn score(&self, prompt: impl Into<Prompt>, text: impl Into<String>) -> Result<Score> {
        self.score_with(prompt.into(), text.into(), &GenerateOptions::new()).await
    }

    /// The same with what `options` say of how long and how urgently the answer is waited for, and of the adapter.
    async fn score_with(&self, prompt: Prompt, text: String, options: &GenerateOptions) -> Result<Score> {
        let GenerateOptions { timeout, priority, overflow, lora, .. } = options.clone();
        let options = GenerateOptions { timeout, priority, overflow, lora, ..GenerateOptions::new().logprobs(0) };
        let request = Request::new(prompt).with_options(options);
        let completion = self.finish(request, Aim::Score(text.clone())).await?;
        Ok(Score::new(text, completion.logprobs.into_iter().map(|token| token.chosen).collect()))
    }

    /// Answers as a model would that wants to write `text`, as far as the grammar lets it. So it can be measured with any
    /// weights what a grammar costs that the model agrees with.
    #[doc(hidden)]
    pub async fn generate_wishing(&self, request: Request, text: impl Into<String>) -> Result<Completion> {
        self.finish(request, Aim::Wish(text.into())).await
    }

    /// How probable the model finds each of some texts after a prompt. The prompt is evaluated once, and the texts
    /// together.
    ///
    /// A text that begins another one is at least as probable as that: let texts end in a way that tells them apart,
    /// with a full stop or a line break.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`] where there is no text, and those of [`score`](LlamaCpp::score).
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::LlamaCpp;
    ///
    /// # futures::executor::block_on(async {
    /// let llm = LlamaCpp::builder("models/tiny-random.gguf").n_ctx(256).load()?;
    /// let choices = llm.choose("Review: I loved it.\nSentiment:", [" positive\n", " negative\n"]).await?;
    /// println!("{} with {:.2}", choices.text().trim(), choices.probabilities()[choices.best()]);
    /// # Ok::<(), catena::Error>(()) }).unwrap();
    /// ```
    pub async fn choose<S: Into<String>>(
        &self,
        prompt: impl Into<Prompt>,
        texts: impl IntoIterator<Item = S>,
    ) -> Result<Choices> {
        let texts = texts.into_iter().map(Into::into).collect();
        self.choose_with(prompt.into(), texts, &GenerateOptions::new()).await
    }

    pub(super) async fn choose_with(
        &self,
        prompt: Prompt,
        texts: Vec<String>,
        options: &GenerateOptions,
    ) -> Result<Choices> {
        let scores = texts.into_iter().map(|text| self.score_with(prompt.clone(), text, options));
        let scores = try_join_all(scores).await?;
        if scores.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidOption,
                "there is nothing to choose from: give at least one text",
            ));
        }
        Ok(Choices::new(scores))
    }
}
