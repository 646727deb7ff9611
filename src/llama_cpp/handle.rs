//! The handle to a model.
use super::{
    builder::LlamaCppBuilder,
    command::{Aim, Command, Job, Tickets},
    load::Loaded,
    owner::{self, Fault, closed},
    report::LoadReport,
    setup::Setup,
    stats::{Counters, Stats},
    worker,
};
use crate::{
    ChatTemplate, Chunk, ChunkStream, Completion, Error, ErrorKind, Grammar, LLM, Message, Prompt, Request, Result,
    RunContext,
};
use async_channel::{Receiver, RecvError, Sender};
use futures::{
    FutureExt, StreamExt, TryStreamExt,
    channel::{mpsc, oneshot},
    stream,
};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Instant,
};

/// A local model, run by llama.cpp.
///
/// A handle to the thread that owns the model; clones share it. The model is freed when the last clone is dropped,
/// which waits for the token in progress. Any number of calls may be made at once, from any thread and with any async
/// runtime or none: they are written together, up to `n_parallel` of them, and further ones wait. What a prompt has in
/// common with one before or beside it is evaluated once. Dropping the future or stream of a call stops it within one
/// token, or one batch of its prompt. What can go wrong in a call is listed at [`LLM::generate`].
///
/// # Examples
///
/// ```
/// use catena::{LlamaCpp, Template};
///
/// # futures::executor::block_on(async {
/// let llm = LlamaCpp::builder("models/tiny-random.gguf").n_ctx(512).temperature(0.0).max_tokens(8).load()?;
/// let chain = Template::new("Question: {question}\nAnswer:")? | llm.clone();
/// let text = chain.invoke([("question", "Who was Ada Lovelace?")]).await?;
/// let completion = llm.detailed().invoke("Once upon a time").await?;
/// assert_eq!(completion.usage.completion_tokens, 8);
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct LlamaCpp {
    inner: Arc<Inner>,
}

struct Inner {
    commands: Sender<Command>,
    tickets: Tickets,
    /// Calls that may wait.
    queue: usize,
    fault: Fault,
    counters: Arc<Counters>,
    thread: Mutex<Option<JoinHandle<()>>>,
    report: LoadReport,
    identity: String,
    chat_template: Option<Result<ChatTemplate>>,
    bos: Option<String>,
    id: String,
}

/// A model that its thread is loading.
pub(super) struct Loading {
    commands: Sender<Command>,
    tickets: Tickets,
    /// Calls that may wait.
    queue: usize,
    fault: Fault,
    counters: Arc<Counters>,
    thread: JoinHandle<()>,
    id: String,
    pub(super) outcome: Receiver<Result<Loaded>>,
}

impl Loading {
    /// Starts the owner thread.
    pub(super) fn start(setup: Setup) -> Result<Self> {
        let (sender, commands) = async_channel::unbounded();
        let queue = setup.queue.unwrap_or(usize::MAX);
        let (ready, outcome) = async_channel::bounded(1);
        let id = model_name(&setup.path);
        let counters = Arc::new(Counters::default());
        let counting = Arc::clone(&counters);
        let name = format!("catena {}", id.replace('\0', ""));
        let (thread, fault) = owner::start(name, commands, move |commands, fault| {
            worker::run(&setup, &counting, commands, &ready, fault);
        })?;
        Ok(Loading { commands: sender, tickets: Tickets::default(), queue, fault, counters, thread, id, outcome })
    }

    /// The handle, once the thread has told what became of the model.
    pub(super) fn finish(self, outcome: Result<Result<Loaded>, RecvError>) -> Result<LlamaCpp> {
        let Loading { commands, tickets, queue, fault, counters, thread, id, .. } = self;
        let Loaded { report, identity, vocabulary, chat_template } = outcome.map_err(|_| closed(&fault))??;
        let inner = Inner {
            commands,
            tickets,
            queue,
            fault,
            counters,
            thread: Mutex::new(Some(thread)),
            report,
            identity,
            chat_template,
            bos: vocabulary.bos.clone(),
            id,
        };
        Ok(LlamaCpp { inner: Arc::new(inner) })
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.commands.close();
        // The promise is that the memory is free afterwards.
        owner::join(&self.thread);
    }
}

impl LlamaCpp {
    /// Prepares to load the model in this GGUF file.
    pub fn builder(path: impl Into<PathBuf>) -> LlamaCppBuilder {
        LlamaCppBuilder::new(path.into())
    }

    /// What loading found in the file and decided, and what you should know.
    pub fn report(&self) -> &LoadReport {
        &self.inner.report
    }

    /// Whether the engine serves calls.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`] with the reason, once the model's thread has ended: then every call is answered so, and the
    /// model is to be loaded again.
    pub fn health(&self) -> Result<()> {
        if self.inner.commands.is_closed() || self.inner.fault.get().is_some() { Err(self.closed()) } else { Ok(()) }
    }

    /// What the engine has done so far.
    pub fn stats(&self) -> Stats {
        self.inner.counters.waiting.set(self.inner.tickets.taken());
        self.inner.counters.read()
    }

    /// The tokens of a text. With `special`, what the tokenizer puts around a text is added, and control tokens that
    /// are written out are read as such.
    ///
    /// # Errors
    /// [`ErrorKind::Closed`] when the engine is gone.
    pub async fn tokenize(&self, text: impl Into<String>, special: bool) -> Result<Vec<u32>> {
        let text = text.into();
        self.ask(|reply| Command::Tokenize { text, special, reply }).await
    }

    /// The text of tokens, control tokens included.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOption`] for a number that is no token, [`ErrorKind::Closed`] when the engine is gone.
    pub async fn detokenize(&self, tokens: impl Into<Vec<u32>>) -> Result<String> {
        let tokens = tokens.into();
        self.ask(|reply| Command::Detokenize { tokens, reply }).await
    }

    /// The fewest tokens that an answer held to this grammar takes: with so many for `max_tokens` every answer is a
    /// whole sentence.
    ///
    /// # Errors
    /// [`ErrorKind::Grammar`] for a grammar that cannot be used, [`ErrorKind::OutOfTokens`] where no context holds the
    /// shortest answer, [`ErrorKind::Closed`] when the engine is gone.
    pub async fn fewest_tokens(&self, grammar: &Grammar) -> Result<usize> {
        let grammar = grammar.clone();
        self.ask(|reply| Command::FewestTokens { grammar, reply }).await
    }

    /// The prompt that the chat template makes of messages, with the beginning of the answer.
    ///
    /// # Errors
    /// [`ErrorKind::ChatTemplate`] when there is no template, or it fails.
    pub fn render_chat(&self, messages: &[Message]) -> Result<String> {
        match &self.inner.chat_template {
            Some(Ok(template)) => template.render(messages, true),
            Some(Err(error)) => Err(error.clone()),
            None => Err(Error::new(
                ErrorKind::ChatTemplate,
                "the model has no chat template: it may be a base model; ask it with text, or give the template with \
                 `chat_template` when you load it",
            )
            .with_path(self.inner.report.path.display().to_string())),
        }
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<Result<T>>) -> Command) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let sent = self.inner.commands.send(command(reply)).await;
        sent.map_err(|_| closed(&self.inner.fault))?;
        answer.await.map_err(|_| closed(&self.inner.fault))?
    }

    /// Sends a request to the owner thread.
    pub(super) async fn start(
        &self,
        request: Request,
        aim: Aim,
    ) -> Result<mpsc::UnboundedReceiver<Result<Chunk<Completion>>>> {
        // What the prompt is made of takes time, too.
        let arrived = Instant::now();
        request.options.validate()?;
        let (prompt, add_special) = match request.prompt {
            Prompt::Text(text) => (text, true),
            Prompt::Messages(messages) if messages.is_empty() => {
                return Err(Error::new(ErrorKind::InvalidOption, "there are no messages to answer: give at least one"));
            }
            Prompt::Messages(messages) => {
                let text = self.prompt_of(messages, &request.options).await?;
                let begun = self.inner.bos.as_deref().is_some_and(|bos| !bos.is_empty() && text.starts_with(bos));
                (text, !begun)
            }
        };
        let (reply, answer) = mpsc::unbounded();
        let Request { options, grammar, .. } = request;
        // A time beyond the end of the clock is no limit.
        let deadline = options.timeout.and_then(|timeout| arrived.checked_add(timeout));
        let ticket = Some(self.inner.tickets.take(self.inner.queue)?);
        let job = Job { prompt, add_special, options, grammar, aim, reply, arrived, deadline, ticket };
        let sent = self.inner.commands.send(Command::Generate(Box::new(job))).await;
        sent.map_err(|_| self.closed())?;
        Ok(answer)
    }

    /// Sends a request to the owner thread, and waits for what comes of it.
    pub(super) async fn finish(&self, request: Request, aim: Aim) -> Result<Completion> {
        let mut chunks = self.start(request, aim).await?;
        while let Some(chunk) = chunks.next().await {
            if let Chunk::Done(completion) = chunk? {
                return Ok(completion);
            }
        }
        Err(self.closed())
    }

    /// What a call is told when the owner thread is gone.
    pub(super) fn closed(&self) -> Error {
        closed(&self.inner.fault)
    }
}

impl LLM for LlamaCpp {
    fn generate(&self, request: Request, _: &RunContext) -> ChunkStream<'_, Completion> {
        let answer = async move {
            let chunks = self.start(request, Aim::Open).await?;
            let gone = stream::once(async { Err(closed(&self.inner.fault)) });
            Ok::<_, Error>(chunks.chain(gone))
        };
        let mut done = false;
        let chunks = answer.into_stream().try_flatten();
        // The engine is only gone if it left without an answer.
        chunks
            .take_while(move |chunk| {
                let over = std::mem::replace(&mut done, !matches!(chunk, Ok(Chunk::Delta(_))));
                std::future::ready(!over)
            })
            .boxed()
    }

    fn id(&self) -> &str {
        &self.inner.id
    }

    fn identity(&self) -> String {
        self.inner.identity.clone()
    }
}

impl fmt::Debug for LlamaCpp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlamaCpp").field("report", &self.inner.report).finish_non_exhaustive()
    }
}

/// What a model is called: the name of its file.
pub(super) fn model_name(path: &Path) -> String {
    path.file_stem().map_or_else(|| "llama.cpp".into(), |stem| stem.to_string_lossy().into_owned())
}
