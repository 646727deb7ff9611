//! Steps whose types are forgotten.
use crate::{CallbackHandler, ChunkStream, Graph, Result, RunConfig, RunContext, Runnable, StepKind};
use futures::{
    FutureExt, SinkExt, StreamExt,
    channel::mpsc,
    future::{self, BoxFuture},
    stream,
};
use std::{borrow::Cow, fmt, sync::Arc};

/// The dyn-compatible twin of [`Runnable`]. Its names differ, so that neither hides the other.
trait Erased<I, O>: Send + Sync {
    fn dyn_run<'a>(&'a self, input: I, cx: &'a RunContext) -> BoxFuture<'a, Result<O>>;
    fn dyn_run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, O>;
    fn dyn_transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, O>;
    fn dyn_name(&self) -> Cow<'static, str>;
    fn dyn_kind(&self) -> StepKind;
    fn dyn_graph(&self) -> Graph;
    fn dyn_config(&self) -> Option<Cow<'_, RunConfig>>;
}

impl<I: Send + 'static, R: Runnable<I>> Erased<I, R::Output> for R {
    fn dyn_run<'a>(&'a self, input: I, cx: &'a RunContext) -> BoxFuture<'a, Result<R::Output>> {
        self.run(input, cx).boxed()
    }

    fn dyn_run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, R::Output> {
        self.run_stream(input, cx)
    }

    fn dyn_transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, R::Output> {
        self.transform(input, cx)
    }

    fn dyn_name(&self) -> Cow<'static, str> {
        self.name()
    }

    fn dyn_kind(&self) -> StepKind {
        self.kind()
    }

    fn dyn_graph(&self) -> Graph {
        self.graph()
    }

    fn dyn_config(&self) -> Option<Cow<'_, RunConfig>> {
        self.config()
    }
}

/// Any step from `I` to `O`, its own type forgotten; cheap to clone.
///
/// Use it to name a chain in a struct, to choose between steps at run time, or to shorten compile times of very long
/// chains. It streams as the step inside does, and an erased chain keeps its name and its handlers.
///
/// # Examples
///
/// ```
/// use catena::{DynRunnable, Result, input, map};
///
/// fn greeter(polite: bool) -> DynRunnable<String, String> {
///     if polite {
///         (input::<String>() | map(|name: String| format!("Good day, {name}."))).erase()
///     } else {
///         (input::<String>() | map(|name: String| format!("Hi {name}!"))).erase()
///     }
/// }
///
/// assert_eq!(futures::executor::block_on(greeter(true).invoke("Ada"))?, "Good day, Ada.");
/// let chain = greeter(false) | |text: String| async move { Ok(text.len()) };
/// assert_eq!(futures::executor::block_on(chain.invoke("Ada"))?, 7);
/// # Ok::<(), catena::Error>(())
/// ```
#[must_use = "a step does nothing until it is run"]
pub struct DynRunnable<I, O> {
    step: Shared<I, O>,
    handlers: Vec<Arc<dyn CallbackHandler>>,
}

/// The step itself, without the handlers.
struct Shared<I, O>(Arc<dyn Erased<I, O>>);

impl<I: Send + 'static, O: Send + 'static> DynRunnable<I, O> {
    /// Forgets the type of `step`.
    pub fn new<R: Runnable<I, Output = O> + 'static>(step: R) -> Self {
        DynRunnable::watched(step, Vec::new())
    }

    pub(crate) fn watched<R>(step: R, handlers: Vec<Arc<dyn CallbackHandler>>) -> Self
    where
        R: Runnable<I, Output = O> + 'static,
    {
        DynRunnable { step: Shared(Arc::new(step)), handlers }
    }

    /// What the step is made of, without running it.
    pub fn graph(&self) -> Graph {
        Runnable::graph(self)
    }

    /// Runs the step once.
    ///
    /// # Errors
    /// Those of the step, with the name of the innermost step that failed.
    pub async fn invoke(&self, input: impl Into<I>) -> Result<O> {
        self.invoke_in(input, &RunContext::new()).await
    }

    /// Runs the step once within this context: watched by its handlers, or as a part of the run it belongs to.
    ///
    /// # Errors
    /// Those of the step, with the name of the innermost step that failed.
    pub async fn invoke_in(&self, input: impl Into<I>, cx: &RunContext) -> Result<O> {
        cx.watched_by(&self.handlers).step(self.name(), &self.step, input.into()).await
    }

    /// Runs the step once, handing out increments on the way. Dropping the stream cancels the run.
    pub fn stream(&self, input: impl Into<I>) -> ChunkStream<'_, O> {
        self.stream_in(input, &RunContext::new())
    }

    /// As [`stream`](DynRunnable::stream), within this context.
    pub fn stream_in(&self, input: impl Into<I>, cx: &RunContext) -> ChunkStream<'_, O> {
        cx.watched_by(&self.handlers).stream_step(self.name(), &self.step, input.into())
    }

    /// As [`stream_in`](DynRunnable::stream_in), giving a stream that borrows nothing, as a server needs it.
    ///
    /// No task is spawned: the stream drives the step while it is polled, and the run begins when it is first polled.
    /// Dropping the stream cancels the run.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::{ChunkStream, Model, RunContext, map, testing::FakeLlm};
    /// use futures::StreamExt;
    ///
    /// fn answer(question: &str) -> ChunkStream<'static, String> {
    ///     let chain = Model::new(FakeLlm::always("Good day to you.")) | map(|text: String| text);
    ///     chain.erase().into_stream(question, RunContext::new())
    /// }
    ///
    /// assert_eq!(futures::executor::block_on(answer("Greet me.").count()), 1);
    /// ```
    pub fn into_stream(self, input: impl Into<I>, cx: RunContext) -> ChunkStream<'static, O> {
        let input = input.into();
        owning_stream(self, move |step| step.stream_in(input, &cx))
    }
}

/// The stream that `make` makes of `owner`, owning it. It is made when it is first polled.
pub(crate) fn owning_stream<S: Send + Sync + 'static, O: Send + 'static>(
    owner: S,
    make: impl FnOnce(&S) -> ChunkStream<'_, O> + Send + 'static,
) -> ChunkStream<'static, O> {
    let (mut tx, rx) = mpsc::channel(0);
    let drive = async move {
        let mut chunks = make(&owner);
        while let Some(chunk) = chunks.next().await {
            if tx.send(chunk).await.is_err() {
                break;
            }
        }
    };
    stream::select(rx, stream::once(drive).filter_map(|()| future::ready(None))).boxed()
}

impl<I: Send + 'static, O: Send + 'static> Runnable<I> for DynRunnable<I, O> {
    type Output = O;

    async fn run(&self, input: I, cx: &RunContext) -> Result<O> {
        self.step.run(input, &cx.watched_by(&self.handlers)).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, O> {
        self.step.run_stream(input, &cx.watched_by(&self.handlers))
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, O> {
        self.step.transform(input, &cx.watched_by(&self.handlers))
    }

    fn name(&self) -> Cow<'static, str> {
        self.step.name()
    }

    fn kind(&self) -> StepKind {
        self.step.kind()
    }

    fn graph(&self) -> Graph {
        self.step.graph()
    }

    fn config(&self) -> Option<Cow<'_, RunConfig>> {
        self.step.config()
    }
}

impl<I: Send + 'static, O: Send + 'static> Runnable<I> for Shared<I, O> {
    type Output = O;

    async fn run(&self, input: I, cx: &RunContext) -> Result<O> {
        self.0.dyn_run(input, cx).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, O> {
        self.0.dyn_run_stream(input, cx)
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, O> {
        self.0.dyn_transform(input, cx)
    }

    fn name(&self) -> Cow<'static, str> {
        self.0.dyn_name()
    }

    fn kind(&self) -> StepKind {
        self.0.dyn_kind()
    }

    fn graph(&self) -> Graph {
        self.0.dyn_graph()
    }

    fn config(&self) -> Option<Cow<'_, RunConfig>> {
        self.0.dyn_config()
    }
}

crate::pipe_head!(impl<I, O> DynRunnable<I, O>: I where I: Send + 'static, O: Send + 'static);

impl<I, O> Clone for DynRunnable<I, O> {
    fn clone(&self) -> Self {
        DynRunnable { step: Shared(Arc::clone(&self.step.0)), handlers: self.handlers.clone() }
    }
}

impl<I, O> fmt::Debug for DynRunnable<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynRunnable").field(&self.step.0.dyn_name()).finish()
    }
}
