//! Vectors of texts, made by llama.cpp.
use super::{
    backend::backend,
    builder::{LlamaCppBuilder, Setup},
    engine::or_unknown,
    handle::{closed, panic_message},
    load, log,
};
use crate::{Embeddings, Error, ErrorKind, Result, llm::invalid};
use async_channel::{Receiver, Sender};
use futures::channel::oneshot;
use llama_cpp_2::{
    context::{
        LlamaContext,
        params::{LlamaContextParams, LlamaPoolingType},
    },
    llama_batch::LlamaBatch,
    model::LlamaModel,
    token::LlamaToken,
};
use std::{
    fmt,
    num::NonZeroU32,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    thread::JoinHandle,
};

/// Texts that are evaluated together at most.
const TOGETHER: u32 = 32;

/// A local embedding model, run by llama.cpp: the model's own kind (BERT and its like), or any decoder.
///
/// A handle to the thread that owns the model; clones share it, and any number of calls may be made at once. Texts are
/// evaluated together, as many as fit.
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
    jobs: Sender<Job>,
    fault: Arc<OnceLock<String>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    dimensions: usize,
}

struct Job {
    texts: Vec<String>,
    reply: oneshot::Sender<Result<Vec<Vec<f32>>>>,
}

/// How the vectors of a text's tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Pooling {
    /// As the model file says; the mean, where it says nothing.
    #[default]
    Model,
    /// Their mean.
    Mean,
    /// That of the first token.
    First,
    /// That of the last token.
    Last,
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
    /// Layers to put on the GPU; -1 puts all of them there. Default 0.
    pub fn n_gpu_layers(mut self, n_gpu_layers: i32) -> Self {
        self.setup.n_gpu_layers = n_gpu_layers;
        self
    }

    /// Tokens of a text, and of the texts evaluated together. Default: as many as the model was trained for, at most 8192.
    pub fn n_ctx(mut self, n_ctx: u32) -> Self {
        self.setup.n_ctx = Some(n_ctx);
        self
    }

    /// Threads used. Default: the physical cores.
    pub fn n_threads(mut self, n_threads: u32) -> Self {
        self.setup.n_threads = n_threads;
        self
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
    /// [`ErrorKind::InvalidOption`] naming the parameter, [`ErrorKind::Load`] naming the file.
    pub fn load(self) -> Result<LlamaCppEmbeddings> {
        if let Some(n_ctx) = self.setup.n_ctx.filter(|n_ctx| !(1..=1 << 20).contains(n_ctx)) {
            return Err(invalid("n_ctx", &n_ctx, "from 1 to 1048576"));
        }
        if !(1..=512).contains(&self.setup.n_threads) {
            return Err(invalid("n_threads", &self.setup.n_threads, "from 1 to 512"));
        }
        let (jobs, receiver) = async_channel::unbounded();
        let (ready, outcome) = async_channel::bounded(1);
        let fault = Arc::new(OnceLock::new());
        let told = Arc::clone(&fault);
        let thread = std::thread::Builder::new()
            .name("catena embeddings".to_owned())
            .stack_size(64 << 20)
            .spawn(move || {
                let run = || run(&self.setup, self.options, &receiver, &ready);
                if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
                    let _ = told.set(panic_message(&*panic));
                }
                receiver.close();
                while receiver.try_recv().is_ok() {}
            })
            .map_err(|error| {
                Error::new(ErrorKind::Engine, "the model's thread could not be started").with_source(error)
            })?;
        let dimensions = outcome.recv_blocking().map_err(|_| closed(&fault))??;
        let inner = Inner { jobs, fault, thread: Mutex::new(Some(thread)), dimensions };
        Ok(LlamaCppEmbeddings { inner: Arc::new(inner) })
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
        self.inner.dimensions
    }
}

#[async_trait::async_trait]
impl Embeddings for LlamaCppEmbeddings {
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let (reply, answer) = oneshot::channel();
        let sent = self.inner.jobs.send(Job { texts: texts.to_vec(), reply }).await;
        sent.map_err(|_| closed(&self.inner.fault))?;
        answer.await.map_err(|_| closed(&self.inner.fault))?
    }
}

impl fmt::Debug for LlamaCppEmbeddings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlamaCppEmbeddings").field("dimensions", &self.inner.dimensions).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.jobs.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

/// Loads the model, tells how long its vectors are, and makes vectors until every handle is gone.
fn run(setup: &Setup, options: Options, jobs: &Receiver<Job>, ready: &Sender<Result<usize>>) {
    let loaded = (|| {
        let model = load::open(setup)?;
        let architecture = load::architecture(&model);
        if architecture.starts_with("t5") {
            let message = format!("a model of architecture `{architecture}` makes no vectors: load an embedding model");
            return Err(Error::new(ErrorKind::Unsupported, message).with_path(setup.path.display().to_string()));
        }
        let n_ctx = setup.n_ctx.unwrap_or_else(|| model.n_ctx_train().clamp(1, 8192));
        let context = context(setup, options, &model, n_ctx)?;
        let dimensions = usize::try_from(model.n_embd_out()).unwrap_or_default();
        let batch = LlamaBatch::new(n_ctx as usize, 1);
        let mut embedder = Embedder { model: &model, context, batch, n_ctx: n_ctx as usize, options };
        if ready.send_blocking(Ok(dimensions)).is_err() {
            return Ok(());
        }
        while let Ok(Job { texts, reply }) = jobs.recv_blocking() {
            let vectors = embedder.embed(&texts, || reply.is_canceled());
            let _ = reply.send(vectors);
        }
        Ok(())
    })();
    if let Err(error) = loaded {
        let _ = ready.send_blocking(Err(error));
    }
}

fn context<'model>(
    setup: &Setup,
    options: Options,
    model: &'model LlamaModel,
    n_ctx: u32,
) -> Result<LlamaContext<'model>> {
    let threads = i32::try_from(setup.n_threads).unwrap_or(i32::MAX);
    let params = |pooling: LlamaPoolingType| {
        LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(n_ctx))
            // Models that look at a text as a whole must be given it as a whole.
            .with_n_batch(n_ctx.max(TOGETHER))
            .with_n_ubatch(n_ctx.max(TOGETHER))
            .with_n_seq_max(TOGETHER)
            .with_kv_unified(true)
            .with_n_threads(threads)
            .with_n_threads_batch(threads)
            .with_embeddings(true)
            .with_pooling_type(pooling)
    };
    let pooling = match options.pooling {
        Pooling::Model if model.meta_val_str(&format!("{}.pooling_type", load::architecture(model))).is_ok() => {
            LlamaPoolingType::Unspecified
        }
        Pooling::Model | Pooling::Mean => LlamaPoolingType::Mean,
        Pooling::First => LlamaPoolingType::Cls,
        Pooling::Last => LlamaPoolingType::Last,
    };
    let backend = backend()?;
    let (context, log) = log::catching(|| model.new_context(backend, params(pooling)));
    context.map_err(|error| {
        let message = format!("llama.cpp could not make a context of {n_ctx} tokens: {}", or_unknown(&log));
        Error::new(ErrorKind::Load, message).with_path(setup.path.display().to_string()).with_source(error)
    })
}

struct Embedder<'model> {
    model: &'model LlamaModel,
    context: LlamaContext<'model>,
    batch: LlamaBatch<'static>,
    n_ctx: usize,
    options: Options,
}

impl Embedder<'_> {
    fn embed(&mut self, texts: &[String], is_cancelled: impl Fn() -> bool) -> Result<Vec<Vec<f32>>> {
        let texts: Vec<Vec<LlamaToken>> =
            texts.iter().enumerate().map(|(at, text)| self.tokens(at, text)).collect::<Result<_>>()?;
        let mut vectors = Vec::with_capacity(texts.len());
        let mut rest = texts.as_slice();
        while !rest.is_empty() && !is_cancelled() {
            let mut room = self.n_ctx;
            let fits = |text: &&Vec<LlamaToken>| {
                let fits = text.len() <= room;
                room -= text.len().min(room);
                fits
            };
            let count = rest.iter().take(TOGETHER as usize).take_while(fits).count().max(1);
            let (now, later) = rest.split_at(count);
            self.evaluate(now, &mut vectors)?;
            rest = later;
        }
        Ok(vectors)
    }

    fn tokens(&self, at: usize, text: &str) -> Result<Vec<LlamaToken>> {
        let mut tokens = self.model.vocab().tokenize(text.as_bytes(), true, false);
        if tokens.is_empty() {
            return Err(Error::new(ErrorKind::InvalidOption, format!("text {at} is empty: there is nothing to embed")));
        }
        if tokens.len() > self.n_ctx && !self.options.truncate {
            let message = format!(
                "text {at} has {} tokens, but the context holds {}: split it, load the model with a larger `n_ctx`, or \
                 let its end be cut off with `truncate`",
                tokens.len(),
                self.n_ctx
            );
            return Err(Error::new(ErrorKind::ContextOverflow, message));
        }
        tokens.truncate(self.n_ctx);
        Ok(tokens)
    }

    fn evaluate(&mut self, texts: &[Vec<LlamaToken>], vectors: &mut Vec<Vec<f32>>) -> Result<()> {
        self.context.clear_kv_cache();
        self.batch.clear();
        for (sequence, tokens) in (0_i32..).zip(texts) {
            for (position, &token) in (0_i32..).zip(tokens) {
                self.batch.add(token, position, &[sequence], true).map_err(Error::other)?;
            }
        }
        let (outcome, log) = log::catching(|| self.context.decode(&mut self.batch));
        outcome.map_err(|error| {
            let message = format!("llama.cpp could not evaluate {} texts: {}", texts.len(), or_unknown(&log));
            Error::new(ErrorKind::Engine, message).with_source(error)
        })?;
        for (sequence, _) in (0_i32..).zip(texts) {
            let vector = self.context.embeddings_seq_ith(sequence).map_err(|error| {
                Error::new(ErrorKind::Engine, "llama.cpp gave no vector for a text").with_source(error)
            })?;
            vectors.push(if self.options.normalize { normalized(vector) } else { vector.to_vec() });
        }
        Ok(())
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
