//! The thread that owns a model which makes vectors, or scores, of whole texts.
use super::{
    backend::backend,
    embedder::{Embedder, Input, TOGETHER},
    engine::or_unknown,
    load, log,
    owner::{self, Fault, closed, telling},
    setup::Setup,
    vocab::has_tokenizer,
};
use crate::{Error, ErrorKind, Result, llm::invalid};
use async_channel::{Receiver, RecvError, Sender};
use futures::channel::oneshot;
use llama_cpp_2::{
    context::{
        LlamaContext,
        params::{LlamaContextParams, LlamaPoolingType},
    },
    llama_batch::LlamaBatch,
    model::LlamaModel,
};
use std::{
    num::NonZeroU32,
    sync::{Mutex, OnceLock},
    thread::JoinHandle,
};

/// The setters of a builder that loads a model which gives vectors; what `n_ctx` holds differs.
macro_rules! vector_setters {
    ($(#[$n_ctx:meta])*) => {
        $crate::llama_cpp::builder::setters! {
            /// Layers to put on the GPU; -1 puts all of them there. Default 0.
            n_gpu_layers: i32 => n_gpu_layers = n_gpu_layers;
            /// The GPU that does what is not split. Default 0.
            main_gpu: i32 => main_gpu = main_gpu;
            /// The devices to use, by the numbers that [`LlamaCpp::devices`](crate::LlamaCpp::devices) lists. Default: all.
            devices: Vec<usize> => devices = devices;
            $(#[$n_ctx])*
            n_ctx: u32 => n_ctx = Some(n_ctx);
            /// Threads used. Default: the physical cores.
            n_threads: u32 => n_threads = n_threads;
            /// Sends llama.cpp's log to `tracing`, target `llama.cpp`, for all models of the process. Default false.
            verbose: bool => verbose = verbose;
        }
    };
}

pub(super) use vector_setters;

/// What a model is made to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Vectors, pooled as the file says, or in this way.
    Vectors(Option<LlamaPoolingType>),
    /// How well two texts go together.
    Scores,
}

/// A handle to the thread; dropping it waits for the thread's end.
pub(super) struct Vectors {
    jobs: Sender<Job>,
    fault: Fault,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Numbers in each vector.
    pub(super) dimensions: usize,
}

struct Job {
    inputs: Vec<Input>,
    reply: oneshot::Sender<Result<Vec<Vec<f32>>>>,
}

/// A model that its thread is loading.
struct Loading {
    jobs: Sender<Job>,
    fault: Fault,
    thread: JoinHandle<()>,
    outcome: Receiver<Result<usize>>,
}

impl Loading {
    /// Starts the thread.
    fn start(setup: Setup, wanted: Wanted, truncate: bool) -> Result<Self> {
        if let Some(n_ctx) = setup.n_ctx.filter(|n_ctx| !(1..=1 << 20).contains(n_ctx)) {
            return Err(invalid("n_ctx", &n_ctx, "from 1 to 1048576"));
        }
        if !(1..=512).contains(&setup.n_threads) {
            return Err(invalid("n_threads", &setup.n_threads, "from 1 to 512"));
        }
        setup.check_gpus()?;
        let (jobs, receiver) = async_channel::unbounded();
        let (ready, outcome) = async_channel::bounded(1);
        let (thread, fault) = owner::start("catena vectors".to_owned(), receiver, move |jobs, fault| {
            run(&setup, wanted, truncate, jobs, &ready, fault);
        })?;
        Ok(Loading { jobs, fault, thread, outcome })
    }

    /// The handle, once the thread has told what became of the model.
    fn finish(self, outcome: Result<Result<usize>, RecvError>) -> Result<Vectors> {
        let Loading { jobs, fault, thread, .. } = self;
        let dimensions = outcome.map_err(|_| closed(&fault))??;
        Ok(Vectors { jobs, fault, thread: Mutex::new(Some(thread)), dimensions })
    }
}

impl Vectors {
    /// Loads the model, blocking this thread until it is there. With `truncate` the end of a text that does not fit into
    /// the context is cut off; otherwise such a text is an error.
    pub(super) fn load(setup: Setup, wanted: Wanted, truncate: bool) -> Result<Self> {
        let loading = Loading::start(setup, wanted, truncate)?;
        let outcome = loading.outcome.recv_blocking();
        loading.finish(outcome)
    }

    /// As [`load`](Vectors::load), without blocking this thread.
    pub(super) async fn load_async(setup: Setup, wanted: Wanted, truncate: bool) -> Result<Self> {
        let loading = Loading::start(setup, wanted, truncate)?;
        let outcome = loading.outcome.recv().await;
        loading.finish(outcome)
    }

    /// A vector of each.
    pub(super) async fn make(&self, inputs: Vec<Input>) -> Result<Vec<Vec<f32>>> {
        let (reply, answer) = oneshot::channel();
        let sent = self.jobs.send(Job { inputs, reply }).await;
        sent.map_err(|_| closed(&self.fault))?;
        answer.await.map_err(|_| closed(&self.fault))?
    }
}

impl Drop for Vectors {
    fn drop(&mut self) {
        self.jobs.close();
        owner::join(&self.thread);
    }
}

/// Loads the model, tells how long its vectors are, and makes vectors until the handle is gone.
fn run(
    setup: &Setup,
    wanted: Wanted,
    truncate: bool,
    jobs: &Receiver<Job>,
    ready: &Sender<Result<usize>>,
    fault: &OnceLock<String>,
) {
    let loaded = telling(fault, || -> Result<()> {
        let model = load::open(setup)?;
        if !has_tokenizer(&model) {
            return Err(load::no_tokenizer(setup));
        }
        let architecture = load::architecture(&model);
        let unsupported = |message: String| {
            Err(Error::new(ErrorKind::Unsupported, message).with_path(setup.path.display().to_string()))
        };
        if architecture.starts_with("t5") {
            return unsupported(format!(
                "a model of architecture `{architecture}` makes no vectors: load an embedding model"
            ));
        }
        let pooling = model.meta_val_str(&format!("{architecture}.pooling_type")).ok();
        let ranks = pooling.as_deref() == Some(RANK);
        if ranks != (wanted == Wanted::Scores) {
            return unsupported(if ranks {
                "the model ranks texts, and makes no vectors of them: load it with `LlamaCppReranker`".to_owned()
            } else {
                "the model has no head that ranks texts: load a reranker, such as bge-reranker".to_owned()
            });
        }
        let pooling = match wanted {
            Wanted::Scores => LlamaPoolingType::Rank,
            Wanted::Vectors(Some(pooling)) => pooling,
            Wanted::Vectors(None) if pooling.as_deref().is_some_and(|pooling| pooling != EACH) => {
                LlamaPoolingType::Unspecified
            }
            Wanted::Vectors(None) => LlamaPoolingType::Mean,
        };
        let n_ctx = setup.n_ctx.unwrap_or_else(|| model.n_ctx_train().clamp(1, 8192));
        let context = context(setup, pooling, &model, n_ctx)?;
        let dimensions =
            if ranks { model.n_cls_out() as usize } else { usize::try_from(model.n_embd_out()).unwrap_or_default() };
        let batch = LlamaBatch::new(n_ctx as usize, 1);
        let template = model.meta_val_str("tokenizer.chat_template.rerank").ok();
        let mut embedder = Embedder { model: &model, context, batch, n_ctx: n_ctx as usize, truncate, template };
        if ready.send_blocking(Ok(dimensions)).is_err() {
            return Ok(());
        }
        while let Ok(Job { inputs, reply }) = jobs.recv_blocking() {
            let vectors = telling(fault, || embedder.make(&inputs, || reply.is_canceled()));
            let _ = reply.send(vectors);
        }
        Ok(())
    });
    if let Err(error) = loaded {
        let _ = ready.send_blocking(Err(error));
    }
}

/// What a model file says of its pooling when it is one that ranks.
const RANK: &str = "4";

/// And where each token keeps its own vector.
const EACH: &str = "0";

fn context<'model>(
    setup: &Setup,
    pooling: LlamaPoolingType,
    model: &'model LlamaModel,
    n_ctx: u32,
) -> Result<LlamaContext<'model>> {
    let threads = i32::try_from(setup.n_threads).unwrap_or(i32::MAX);
    let params = LlamaContextParams::default()
        // llama.cpp makes batches no larger than the context, and wants room in them for all sequences.
        .with_n_ctx(NonZeroU32::new(n_ctx.max(TOGETHER)))
        // Models that look at a text as a whole must be given it as a whole.
        .with_n_batch(n_ctx.max(TOGETHER))
        .with_n_ubatch(n_ctx.max(TOGETHER))
        .with_n_seq_max(TOGETHER)
        .with_kv_unified(true)
        .with_n_threads(threads)
        .with_n_threads_batch(threads)
        .with_embeddings(true)
        .with_pooling_type(pooling);
    let backend = backend()?;
    let (context, log) = log::catching(|| model.new_context(backend, params));
    context.map_err(|error| {
        let message = format!("llama.cpp could not make a context of {n_ctx} tokens: {}", or_unknown(&log));
        Error::new(ErrorKind::Load, message).with_path(setup.path.display().to_string()).with_source(error)
    })
}
