//! The thread that owns a model which makes vectors, or scores, of whole texts.
use super::{
    backend::backend,
    builder::Setup,
    engine::or_unknown,
    load, log,
    owner::{self, Fault, closed, telling},
};
use crate::{Error, ErrorKind, Result, llm::invalid};
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
    num::NonZeroU32,
    sync::{Arc, Mutex, OnceLock},
    thread::JoinHandle,
};

/// Texts that are evaluated together at most.
const TOGETHER: u32 = 32;

/// What a model is made to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Vectors, pooled as the file says, or in this way.
    Vectors(Option<LlamaPoolingType>),
    /// How well two texts go together.
    Scores,
}

/// What a vector is made of.
#[derive(Debug, Clone)]
pub(super) enum Input {
    Text(String),
    /// A question, and a text that may answer it.
    Pair(Arc<str>, String),
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

impl Vectors {
    /// Loads the model, blocking this thread until it is there. With `truncate` the end of a text that does not fit into
    /// the context is cut off; otherwise such a text is an error.
    pub(super) fn load(setup: Setup, wanted: Wanted, truncate: bool) -> Result<Self> {
        if let Some(n_ctx) = setup.n_ctx.filter(|n_ctx| !(1..=1 << 20).contains(n_ctx)) {
            return Err(invalid("n_ctx", &n_ctx, "from 1 to 1048576"));
        }
        if !(1..=512).contains(&setup.n_threads) {
            return Err(invalid("n_threads", &setup.n_threads, "from 1 to 512"));
        }
        let (jobs, receiver) = async_channel::unbounded();
        let (ready, outcome) = async_channel::bounded(1);
        let (thread, fault) = owner::start("catena vectors".to_owned(), receiver, move |jobs, fault| {
            run(&setup, wanted, truncate, jobs, &ready, fault);
        })?;
        let dimensions = outcome.recv_blocking().map_err(|_| closed(&fault))??;
        Ok(Vectors { jobs, fault, thread: Mutex::new(Some(thread)), dimensions })
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
    let loaded = (|| {
        let model = load::open(setup)?;
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
            Wanted::Vectors(None) if pooling.is_some() => LlamaPoolingType::Unspecified,
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
    })();
    if let Err(error) = loaded {
        let _ = ready.send_blocking(Err(error));
    }
}

/// What a model file says of its pooling when it is one that ranks.
const RANK: &str = "4";

fn context<'model>(
    setup: &Setup,
    pooling: LlamaPoolingType,
    model: &'model LlamaModel,
    n_ctx: u32,
) -> Result<LlamaContext<'model>> {
    let threads = i32::try_from(setup.n_threads).unwrap_or(i32::MAX);
    let params = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(n_ctx))
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

struct Embedder<'model> {
    model: &'model LlamaModel,
    context: LlamaContext<'model>,
    batch: LlamaBatch<'static>,
    n_ctx: usize,
    truncate: bool,
    /// How the model wants a question and a text put together, where it wants that in words.
    template: Option<String>,
}

impl Embedder<'_> {
    fn make(&mut self, inputs: &[Input], is_cancelled: impl Fn() -> bool) -> Result<Vec<Vec<f32>>> {
        let texts: Vec<Vec<LlamaToken>> =
            inputs.iter().enumerate().map(|(at, input)| self.tokens(at, input)).collect::<Result<_>>()?;
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

    fn tokens(&self, at: usize, input: &Input) -> Result<Vec<LlamaToken>> {
        let vocab = self.model.vocab();
        let (text, before, after) = match input {
            Input::Text(text) => (vocab.tokenize(text.as_bytes(), true, false), Vec::new(), Vec::new()),
            Input::Pair(question, text) => self.pair(question, text),
        };
        if text.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidOption,
                format!("text {at} is empty: there is nothing to read in it"),
            ));
        }
        let around = before.len() + after.len();
        let length = text.len() + around;
        let room = self.n_ctx.saturating_sub(around);
        if length > self.n_ctx && (!self.truncate || room == 0) {
            let with = if around > 0 { format!(" with the {around} of its question") } else { String::new() };
            let message = format!(
                "text {at} has {} tokens{with}, but the context holds {}: split it, load the model with a larger `n_ctx`, \
                 or let its end be cut off with `truncate`",
                text.len(),
                self.n_ctx
            );
            return Err(Error::new(ErrorKind::ContextOverflow, message));
        }
        // What the tokenizer puts behind a text stays there: many models make their vectors of it.
        let end = match input {
            Input::Text(_) => vocab.tokenize(b"", true, false).last().copied(),
            Input::Pair(..) => None,
        };
        let end = end.filter(|end| text.len() > room && text.last() == Some(end));
        let text = text.into_iter().take(room - usize::from(end.is_some()));
        Ok(before.into_iter().chain(text).chain(end).chain(after).collect())
    }

    /// The tokens of a text, and those before it, of the question, and behind it.
    fn pair(&self, question: &str, text: &str) -> (Vec<LlamaToken>, Vec<LlamaToken>, Vec<LlamaToken>) {
        let vocab = self.model.vocab();
        let tokens = |text: &str, control: bool| vocab.tokenize(text.as_bytes(), false, control);
        if let Some((before, after)) = self.template.as_deref().and_then(|template| template.split_once("{document}")) {
            let (begin, rest) = before.split_once("{query}").unwrap_or((before, ""));
            let begin = vocab.tokenize(begin.as_bytes(), true, true);
            let before = [begin, tokens(question, false), tokens(rest, true)].concat();
            return (tokens(text, false), before, tokens(after, true));
        }
        let eos = if vocab.eos().0 >= 0 { vocab.eos() } else { vocab.sep() };
        let some = |wanted: bool, token: LlamaToken| Vec::from_iter((wanted && token.0 >= 0).then_some(token));
        let ends = some(vocab.should_add_eos(), eos);
        let begin = some(vocab.should_add_bos(), vocab.bos());
        let between = some(vocab.should_add_sep(), vocab.sep());
        (tokens(text, false), [begin, tokens(question, false), ends.clone(), between].concat(), ends)
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
            vectors.push(vector.to_vec());
        }
        Ok(())
    }
}
