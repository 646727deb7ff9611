//! How well texts answer a question, told by llama.cpp.
use super::{
    builder::LlamaCppBuilder,
    embedder::Input,
    setup::Setup,
    vectors::{Vectors, Wanted, vector_setters},
};
use crate::{Error, ErrorKind, Result};
use std::{fmt, path::PathBuf, sync::Arc};

/// A local model that tells how well texts answer a question (a cross-encoder, such as bge-reranker or Qwen3-Reranker),
/// run by llama.cpp.
///
/// It reads question and text together, and so is more exact than a comparison of vectors, and dearer: let it order what
/// [`Embeddings`](crate::Embeddings) found.
///
/// A handle to the thread that owns the model; clones share it, and any number of calls may be made at once.
///
/// # Examples
///
/// ```no_run
/// use catena::LlamaCppReranker;
///
/// # futures::executor::block_on(async {
/// let model = LlamaCppReranker::builder("bge-reranker-v2-m3.gguf").load()?;
/// let texts = ["Paris is the capital of France.".to_owned(), "Bread is made of flour.".to_owned()];
/// let ranked = model.rerank("What is the capital of France?", &texts).await?;
/// println!("{} ({})", texts[ranked[0].index], ranked[0].score);
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct LlamaCppReranker {
    vectors: Arc<Vectors>,
}

/// A text, and how well it answers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Ranked {
    /// Its place among the texts that were given.
    pub index: usize,
    /// What the model gives it, more being better: what range this has depends on the model.
    pub score: f32,
}

/// Loads a model that ranks; made by [`LlamaCppReranker::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder loads nothing until `load` is called"]
pub struct LlamaCppRerankerBuilder {
    setup: Setup,
    truncate: bool,
}

impl LlamaCppRerankerBuilder {
    vector_setters! {
        /// Tokens of a question and a text, and of what is evaluated together. Default: as many as the model was trained
        /// for, at most 8192.
    }

    /// Whether what does not fit into the context is cut off the end of a text; otherwise such a text is an error.
    /// Default false.
    pub fn truncate(mut self, truncate: bool) -> Self {
        self.truncate = truncate;
        self
    }

    /// Loads the model, blocking this thread until it is there.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`] naming the parameter, [`ErrorKind::Load`] naming the file, and
    /// [`ErrorKind::Unsupported`] for a model that does not rank.
    pub fn load(self) -> Result<LlamaCppReranker> {
        Ok(LlamaCppReranker { vectors: Arc::new(Vectors::load(self.setup, Wanted::Scores, self.truncate)?) })
    }

    /// Loads the model on its own thread, without blocking this one.
    ///
    /// # Errors
    /// As [`load`](LlamaCppRerankerBuilder::load).
    pub async fn load_async(self) -> Result<LlamaCppReranker> {
        let vectors = Vectors::load_async(self.setup, Wanted::Scores, self.truncate).await?;
        Ok(LlamaCppReranker { vectors: Arc::new(vectors) })
    }
}

impl LlamaCppReranker {
    /// Prepares to load the model in this GGUF file.
    pub fn builder(path: impl Into<PathBuf>) -> LlamaCppRerankerBuilder {
        LlamaCppRerankerBuilder { setup: LlamaCppBuilder::new(path.into()).into_setup(), truncate: false }
    }

    /// The texts in the order of how well they answer, the best one first; of equals the first.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`] for an empty text, [`ErrorKind::ContextOverflow`] for one that is too long with its
    /// question, [`ErrorKind::Engine`], and [`ErrorKind::Closed`] when the engine is gone.
    pub async fn rerank(&self, question: &str, texts: &[String]) -> Result<Vec<Ranked>> {
        let question: Arc<str> = question.into();
        let inputs = texts.iter().map(|text| Input::Pair(Arc::clone(&question), text.clone())).collect();
        let scores = self.vectors.make(inputs).await?;
        let ranked = scores.iter().enumerate().map(|(index, scores)| match scores.first() {
            Some(&score) if !score.is_nan() => Ok(Ranked { index, score }),
            _ => Err(Error::new(ErrorKind::Engine, format!("the model gave text {index} no score that is a number"))),
        });
        let mut ranked: Vec<Ranked> = ranked.collect::<Result<_>>()?;
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(ranked)
    }
}

impl fmt::Debug for LlamaCppReranker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlamaCppReranker").finish_non_exhaustive()
    }
}
