//! Vectors of texts, made by llama.cpp.
use super::{
    builder::LlamaCppBuilder,
    embedder::Input,
    setup::Setup,
    vectors::{Vectors, Wanted, vector_setters},
};
use crate::{Embeddings, Error, ErrorKind, Result};
use llama_cpp_2::context::params::LlamaPoolingType;
use std::{fmt, path::PathBuf, sync::Arc};

/// A local embedding model, run by llama.cpp: the model's own kind (BERT and its like), or any decoder.
///
/// A handle to the thread that owns the model; clones share it, and any number of calls may be made at once. Texts are
/// evaluated together, as many as fit.
///
/// # Errors of a call
/// [`ErrorKind::InvalidOption`](crate::ErrorKind::InvalidOption) for an empty text;
/// [`ErrorKind::ContextOverflow`](crate::ErrorKind::ContextOverflow) for one that is too long, unless
/// [`truncate`](LlamaCppEmbeddingsBuilder::truncate) lets it be cut; [`ErrorKind::Engine`](crate::ErrorKind::Engine); and
/// [`ErrorKind::Closed`](crate::ErrorKind::Closed) once the model's thread has ended.
///
/// # Examples
///
/// ```
/// use catena::{Embeddings, LlamaCppEmbeddings};
///
/// # futures::executor::block_on(async {
/// let model = LlamaCppEmbeddings::builder("models/tiny-random.gguf").n_ctx(128).load()?;
/// let vectors = model.embed(&["a house".to_owned(), "a home".to_owned()]).await?;
/// let length: f32 = vectors[0].iter().map(|value| value * value).sum();
/// assert!((length - 1.0).abs() < 1e-3 && vectors[0].len() == model.dimensions());
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct LlamaCppEmbeddings {
    inner: Arc<Inner>,
}

struct Inner {
    vectors: Vectors,
    normalize: bool,
}

/// How the vectors of a text's tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Pooling {
    /// As the model file says; the mean, where it says nothing, or that each token keeps its own.
    #[default]
    Model,
    /// Their mean.
    Mean,
    /// That of the first token (CLS).
    First,
    /// That of the last token.
    Last,
}

impl Pooling {
    fn to_llama(self) -> Option<LlamaPoolingType> {
        match self {
            Pooling::Model => None,
            Pooling::Mean => Some(LlamaPoolingType::Mean),
            Pooling::First => Some(LlamaPoolingType::Cls),
            Pooling::Last => Some(LlamaPoolingType::Last),
        }
    }
}

/// Loads an embedding model; made by [`LlamaCppEmbeddings::builder`].
#[derive(Debug, Clone)]
#[must_use = "a builder loads nothing until `load` is called"]
pub struct LlamaCppEmbeddingsBuilder {
    setup: Setup,
    options: Options,
}

#[derive(Debug, Clone, Copy)]
struct Options {
    pooling: Pooling,
    normalize: bool,
    truncate: bool,
}

impl LlamaCppEmbeddingsBuilder {
    vector_setters! {
        /// Tokens of a text, and of the texts evaluated together. Default: as many as the model was trained for, at most 8192.
    }

    /// How the vectors of a text's tokens become one. Default: as the model file says.
    pub fn pooling(mut self, pooling: Pooling) -> Self {
        self.options.pooling = pooling;
        self
    }

    /// Whether vectors are brought to the length 1, so that their product is the cosine. Default true.
    pub fn normalize(mut self, normalize: bool) -> Self {
        self.options.normalize = normalize;
        self
    }

    /// Whether what does not fit into the context is cut off the end of a text; otherwise such a text is an error.
    /// Default false.
    pub fn truncate(mut self, truncate: bool) -> Self {
        self.options.truncate = truncate;
        self
    }

    /// Loads the model, blocking this thread until it is there.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`](crate::ErrorKind::InvalidOption) naming the parameter,
    /// [`ErrorKind::Load`](crate::ErrorKind::Load) naming the file, and
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a model that makes no vectors.
    pub fn load(self) -> Result<LlamaCppEmbeddings> {
        let Options { pooling, normalize, truncate } = self.options;
        let vectors = Vectors::load(self.setup, Wanted::Vectors(pooling.to_llama()), truncate)?;
        Ok(LlamaCppEmbeddings { inner: Arc::new(Inner { vectors, normalize }) })
    }

    /// Loads the model on its own thread, without blocking this one.
    ///
    /// # Errors
    /// As [`load`](LlamaCppEmbeddingsBuilder::load).
    pub async fn load_async(self) -> Result<LlamaCppEmbeddings> {
        let Options { pooling, normalize, truncate } = self.options;
        let vectors = Vectors::load_async(self.setup, Wanted::Vectors(pooling.to_llama()), truncate).await?;
        Ok(LlamaCppEmbeddings { inner: Arc::new(Inner { vectors, normalize }) })
    }
}

impl LlamaCppEmbeddings {
    /// Prepares to load the model in this GGUF file.
    pub fn builder(path: impl Into<PathBuf>) -> LlamaCppEmbeddingsBuilder {
        let setup = LlamaCppBuilder::new(path.into()).into_setup();
        let options = Options { pooling: Pooling::default(), normalize: true, truncate: false };
        LlamaCppEmbeddingsBuilder { setup, options }
    }

    /// Numbers in each vector.
    pub fn dimensions(&self) -> usize {
        self.inner.vectors.dimensions
    }
}

#[async_trait::async_trait]
impl Embeddings for LlamaCppEmbeddings {
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let vectors = self.inner.vectors.make(texts.iter().cloned().map(Input::Text).collect()).await?;
        if vectors.iter().flatten().any(|value| value.is_nan()) {
            let message = "the model gave a vector with something that is not a number: the file is damaged or the numbers \
                           overflow; try another quantisation, or less offloading";
            return Err(Error::new(ErrorKind::Engine, message));
        }
        Ok(if self.inner.normalize { vectors.iter().map(|vector| normalized(vector)).collect() } else { vectors })
    }
}

impl fmt::Debug for LlamaCppEmbeddings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlamaCppEmbeddings").field("dimensions", &self.inner.vectors.dimensions).finish_non_exhaustive()
    }
}

/// The vector with the length 1; one without a length stays as it is.
#[expect(clippy::cast_possible_truncation, reason = "summed with more digits than are told")]
fn normalized(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    if length > 0.0 && length.is_finite() {
        vector.iter().map(|value| (f64::from(*value) / length) as f32).collect()
    } else {
        vector.to_vec()
    }
}
