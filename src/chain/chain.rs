//! The pipeline itself.
use crate::{
    CallbackHandler, Chunk, ChunkStream, Delta, DynRunnable, Graph, Map, Result, RunConfig, RunContext, Runnable, Seq,
    Start, Step, StepKind, map,
};
use futures::{Stream, StreamExt};
use std::{borrow::Cow, fmt, marker::PhantomData, ops::BitOr, sync::Arc};

/// A pipeline from `I` to `O`; `|` adds a step.
///
/// `R` is what the chain is made of. Name it `impl Runnable<I, Output = O>`, or [`erase`](Chain::erase) it.
/// A chain begins with a prompt, a model, or [`input`].
///
/// # Examples
///
/// ```
/// use catena::{Template, map, testing::FakeLlm, Model};
///
/// # futures::executor::block_on(async {
/// let prompt = Template::new("Translate to French: {text}")?;
/// let llm = Model::new(FakeLlm::always("Bonjour"));
/// let chain = prompt | llm | map(|text: String| text.to_uppercase());
/// assert_eq!(chain.invoke([("text", "Hello")]).await?, "BONJOUR");
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[must_use = "a chain does nothing until it is invoked"]
pub struct Chain<I, O, R> {
    pub(super) steps: R,
    pub(super) name: Cow<'static, str>,
    pub(super) config: Option<Box<RunConfig>>,
    handlers: Vec<Arc<dyn CallbackHandler>>,
    signature: PhantomData<fn(I) -> O>,
}

/// A chain with no steps yet, from `I` to `I`.
///
/// # Examples
///
/// ```
/// use catena::input;
///
/// let chain = input::<u32>() | |n: u32| async move { Ok(n * 2) };
/// assert_eq!(futures::executor::block_on(chain.invoke(21_u32))?, 42);
/// # Ok::<(), catena::Error>(())
/// ```
pub fn input<I: Send + 'static>() -> Chain<I, I, Start> {
    Chain { steps: Start, name: "chain".into(), config: None, handlers: Vec::new(), signature: PhantomData }
}

impl<I: Send + 'static, O: Send + 'static, R> Chain<I, O, R> {
    /// Adds a step, as `|` does.
    pub fn pipe<S: Runnable<O>>(self, step: S) -> Chain<I, S::Output, Seq<R, Step<S>>> {
        let Chain { steps, name, config, handlers, signature: _ } = self;
        Chain { steps: Seq(steps, Step(step)), name, config, handlers, signature: PhantomData }
    }

    /// Adds a function that neither waits nor fails.
    pub fn map<P: Send + 'static, F: Fn(O) -> P + Send + Sync>(self, f: F) -> Chain<I, P, Seq<R, Step<Map<F>>>> {
        self.pipe(map(f))
    }

    /// The same chain under this name in the run tree and in errors.
    pub fn named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = name.into();
        self
    }

    /// The same chain, every invocation of it watched by this handler too.
    ///
    /// As a step of another chain it is the steps in it that the handler sees.
    pub fn with_callback(mut self, handler: impl CallbackHandler + 'static) -> Self {
        self.handlers.push(Arc::new(handler));
        self
    }
}

impl<I: Send + 'static, O: Send + 'static, R: Runnable<I, Output = O>> Chain<I, O, R> {
    /// Runs the chain once.
    ///
    /// # Errors
    /// The first error of a step, with the step's name: of a prompt [`ErrorKind::Variables`](crate::ErrorKind::Variables)
    /// and [`ErrorKind::Template`](crate::ErrorKind::Template), of a parser [`ErrorKind::Parse`](crate::ErrorKind::Parse) and
    /// [`ErrorKind::Truncated`](crate::ErrorKind::Truncated), of a model what [`LLM::generate`](crate::LLM::generate) lists.
    pub async fn invoke(&self, input: impl Into<I>) -> Result<O> {
        self.invoke_in(input, &RunContext::new()).await
    }

    /// Runs the chain once within this context: watched by its handlers, or as a part of the run it belongs to.
    ///
    /// # Errors
    /// As [`invoke`](Chain::invoke), and those of the context: [`ErrorKind::Aborted`](crate::ErrorKind::Aborted),
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) and, for a
    /// configurable key that nothing reads, [`ErrorKind::UnknownKey`](crate::ErrorKind::UnknownKey).
    pub async fn invoke_in(&self, input: impl Into<I>, cx: &RunContext) -> Result<O> {
        self.run_in(cx).call(&self.steps, input.into()).await
    }

    /// Runs the chain once, handing out increments on the way. Dropping the stream cancels the run. For a stream that
    /// outlives the chain, as a server's answer does, [`erase`](Chain::erase) it and take
    /// [`into_stream`](DynRunnable::into_stream).
    pub fn stream(&self, input: impl Into<I>) -> ChunkStream<'_, O> {
        self.stream_in(input, &RunContext::new())
    }

    /// As [`stream`](Chain::stream), within this context.
    pub fn stream_in(&self, input: impl Into<I>, cx: &RunContext) -> ChunkStream<'_, O> {
        self.run_in(cx).call_stream(&self.steps, input.into())
    }

    /// A run of this chain, which has not begun.
    fn run_in(&self, cx: &RunContext) -> RunContext {
        cx.watched_by(&self.handlers).child(self.name.clone(), StepKind::Chain, self.config.as_deref())
    }

    /// Only the text of [`stream`](Chain::stream), as it is written.
    ///
    /// Closures, [`map`](Chain::map), tuples and parsers that make values of text hand out no text, so a chain that ends in one
    /// has none on the way, nor has one of a provider that answers at once: its stream ends with the value alone. To watch a
    /// model behind them, give a handler such as
    /// [`StreamingStdout`](crate::callback::StreamingStdout). Text that [`Delta::Restart`] makes void stays; where a
    /// [`StreamPolicy`](crate::StreamPolicy) restarts, read [`stream`](Chain::stream).
    pub fn stream_text(&self, input: impl Into<I>) -> impl Stream<Item = Result<String>> + Send + Unpin {
        text_of(self.stream(input))
    }

    /// What the chain is made of, without running it.
    pub fn graph(&self) -> Graph {
        Runnable::graph(self)
    }

    /// The same chain with its steps forgotten.
    pub fn erase(mut self) -> DynRunnable<I, O>
    where
        R: 'static,
    {
        let handlers = std::mem::take(&mut self.handlers);
        DynRunnable::watched(self, handlers)
    }
}

/// The text in a stream, and its errors.
pub(crate) fn text_of<O: Send + 'static>(
    chunks: ChunkStream<'_, O>,
) -> impl Stream<Item = Result<String>> + Send + Unpin + use<'_, O> {
    chunks.filter_map(|chunk| {
        std::future::ready(match chunk {
            Ok(Chunk::Delta(Delta::Text(text))) => Some(Ok(text)),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        })
    })
}

// `R` has no bound here: a bound that fails on the left makes the compiler say that `|` does not exist, while a bound
// that fails on the right makes it say what `S` cannot take.
impl<I: Send + 'static, O: Send + 'static, R, S: Runnable<O>> BitOr<S> for Chain<I, O, R> {
    type Output = Chain<I, S::Output, Seq<R, Step<S>>>;

    fn bitor(self, step: S) -> Self::Output {
        self.pipe(step)
    }
}

impl<I: Send + 'static, O: Send + 'static, R: Runnable<I, Output = O>> Runnable<I> for Chain<I, O, R> {
    type Output = O;

    async fn run(&self, input: I, cx: &RunContext) -> Result<O> {
        self.steps.run(input, &cx.watched_by(&self.handlers)).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, O> {
        self.steps.run_stream(input, &cx.watched_by(&self.handlers))
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, O> {
        self.steps.transform(input, &cx.watched_by(&self.handlers))
    }

    fn name(&self) -> Cow<'static, str> {
        self.name.clone()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn config(&self) -> Option<Cow<'_, RunConfig>> {
        self.config.as_deref().map(Cow::Borrowed)
    }

    fn graph(&self) -> Graph {
        Graph { name: self.name.to_string(), kind: StepKind::Chain, ..self.steps.graph() }
    }
}

impl<I, O, R: Clone> Clone for Chain<I, O, R> {
    fn clone(&self) -> Self {
        Chain {
            steps: self.steps.clone(),
            name: self.name.clone(),
            config: self.config.clone(),
            handlers: self.handlers.clone(),
            signature: PhantomData,
        }
    }
}

impl<I, O, R> fmt::Debug for Chain<I, O, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").field("name", &self.name).finish_non_exhaustive()
    }
}
