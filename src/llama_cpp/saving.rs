//! Keeping the state after a prompt in a file.
use super::{LlamaCpp, command::Aim};
use crate::{GenerateOptions, IntoRequest, Request, Result};
use std::path::PathBuf;

impl LlamaCpp {
    /// Evaluates a prompt, as far as that was not done yet, and writes the model's state after it into a file. Gives the
    /// tokens of the prompt. Of the options those count that say how long the call may take, and its adapter.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) where the file cannot be written whole, and those of any prompt.
    pub async fn save_state(&self, prompt: impl IntoRequest, path: impl Into<PathBuf>) -> Result<usize> {
        let Request { prompt, options, .. } = prompt.into_request();
        let GenerateOptions { timeout, priority, overflow, lora, .. } = options;
        let options = GenerateOptions { timeout, priority, overflow, lora, ..GenerateOptions::new() };
        self.count(Request::new(prompt).with_options(options), Aim::Save(path.into())).await
    }

    /// Takes over a state that [`save_state`](LlamaCpp::save_state) wrote, and gives its tokens: prompts that begin like
    /// its prompt are evaluated from where they differ, as long as it is kept. Of a recurrent model, or a prompt longer than
    /// a model looks back (its sliding window), that goes for prompts that begin with all of it.
    ///
    /// # Errors
    /// [`ErrorKind::Load`](crate::ErrorKind::Load) for a file that is damaged, no state, or one of another model or of one
    /// that was loaded in another way; [`ErrorKind::Io`](crate::ErrorKind::Io) where it cannot be read;
    /// [`ErrorKind::InvalidOption`](crate::ErrorKind::InvalidOption) where `cache_tokens` keeps no such state;
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a model that was loaded with `deterministic`.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::LlamaCpp;
    ///
    /// # futures::executor::block_on(async {
    /// let folder = tempfile::tempdir().unwrap();
    /// let path = folder.path().join("head.state");
    /// let load = || LlamaCpp::builder("models/tiny-random.gguf").n_ctx(512).max_tokens(8).load();
    /// let head = "You are a helpful assistant. Answer the question with the facts that you have. Question: ";
    /// let count = load()?.save_state(head, &path).await?;
    ///
    /// let llm = load()?;
    /// assert_eq!(llm.load_state(&path).await?, count);
    /// let answer = llm.detailed().invoke(format!("{head}Who was Ada Lovelace?")).await?;
    /// assert!(answer.usage.cached_tokens > 0);
    /// # Ok::<(), catena::Error>(()) }).unwrap();
    /// ```
    pub async fn load_state(&self, path: impl Into<PathBuf>) -> Result<usize> {
        self.count(Request::new(""), Aim::Load(path.into())).await
    }

    /// The tokens that a request without an answer is about.
    async fn count(&self, request: Request, aim: Aim) -> Result<usize> {
        Ok(self.finish(request, aim).await?.usage.prompt_tokens)
    }
}
