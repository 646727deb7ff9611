//! Other steps in place of one that failed.
use super::attempts::{Attempts, StreamPolicy, boxed, ends_all, stream_of};
use crate::{
    ChunkStream, DynRunnable, Error, Graph, GraphBranch, Parts, Result, RunConfig, RunContext, Runnable, StepKind,
};
use futures::future::BoxFuture;
use std::{borrow::Cow, fmt, sync::Arc};

/// A step with others that take its place when it fails; see [`fallback`].
#[must_use = "a step does nothing until it is run"]
pub struct Fallback<I, O> {
    first: DynRunnable<I, O>,
    others: Vec<Other<I, O>>,
    when: Arc<dyn Fn(&Error) -> bool + Send + Sync>,
    policy: StreamPolicy,
}

/// A step that takes the place of another.
enum Other<I, O> {
    Plain(DynRunnable<I, O>),
    Told(DynRunnable<(I, Error), O>),
}

/// Runs a step and, when it fails, the others that [`or`](Fallback::or) adds, one after the other, on the same input.
///
/// Each is a run of its own, the others tagged `fallback:1` and so on. If all fail, the error is that of the first. A run
/// that is to stop does not fall back; of all other errors [`when`](Fallback::when) may choose. A stream falls back as long as
/// nothing of it was handed out; [`streaming`](Fallback::streaming) chooses otherwise.
///
/// # Examples
///
/// ```
/// use catena::{Model, Result, fallback, input, map, testing::FakeLlm};
///
/// let broken = |_: String| async move { Err(catena::Error::other("no network")) as Result<String> };
/// let chain = input::<String>()
///     | fallback(broken).or(Model::new(FakeLlm::always("Good day")))
///     | map(|text: String| text.len());
/// assert_eq!(futures::executor::block_on(chain.invoke("Greet me."))?, 8);
/// # Ok::<(), catena::Error>(())
/// ```
pub fn fallback<I, O, R>(first: R) -> Fallback<I, O>
where
    I: Send + 'static,
    O: Send + 'static,
    R: Runnable<I, Output = O> + 'static,
{
    Fallback {
        first: DynRunnable::new(first),
        others: Vec::new(),
        when: Arc::new(|_| true),
        policy: StreamPolicy::default(),
    }
}

impl<I: Send + 'static, O: Send + 'static> Fallback<I, O> {
    /// Adds a step for when all before it have failed.
    pub fn or<R: Runnable<I, Output = O> + 'static>(mut self, step: R) -> Self {
        self.others.push(Other::Plain(DynRunnable::new(step)));
        self
    }

    /// Adds a step for when all before it have failed, which is also given the error of the one before it.
    pub fn or_told<R: Runnable<(I, Error), Output = O> + 'static>(mut self, step: R) -> Self {
        self.others.push(Other::Told(DynRunnable::new(step)));
        self
    }

    /// Only errors of which this holds let the next step take over; any other is that of the whole.
    pub fn when(mut self, when: impl Fn(&Error) -> bool + Send + Sync + 'static) -> Self {
        self.when = Arc::new(when);
        self
    }

    /// What becomes of increments that were handed out before a failure.
    pub fn streaming(mut self, policy: StreamPolicy) -> Self {
        self.policy = policy;
        self
    }
}

/// How far a run has come.
struct Tries<'a, I, O> {
    fallback: &'a Fallback<I, O>,
    next: usize,
    first_error: Option<Error>,
    last_error: Option<Error>,
    input: I,
    cx: RunContext,
}

/// The step whose turn it is, with what it takes.
enum Turn<'a, I, O> {
    Plain(&'a DynRunnable<I, O>, I),
    Told(&'a DynRunnable<(I, Error), O>, (I, Error)),
}

impl<'a, I: Clone + Send + 'static, O: Send + 'static> Tries<'a, I, O> {
    fn new(fallback: &'a Fallback<I, O>, input: I, cx: &RunContext) -> Self {
        Tries { fallback, next: 0, first_error: None, last_error: None, input, cx: cx.clone() }
    }

    fn turn(&mut self) -> (Turn<'a, I, O>, RunConfig) {
        let at = self.next;
        self.next += 1;
        let input = self.input.clone();
        let config = RunConfig::new().tags([format!("fallback:{at}")]);
        let other = at.checked_sub(1).and_then(|at| self.fallback.others.get(at));
        match (other, self.last_error.take()) {
            (Some(Other::Plain(step)), _) => (Turn::Plain(step, input), config),
            (Some(Other::Told(step)), Some(error)) => (Turn::Told(step, (input, error)), config),
            _ => (Turn::Plain(&self.fallback.first, input), RunConfig::new()),
        }
    }

    /// Whether there is a next turn after this error; the error of the whole if not.
    fn after(&mut self, error: Error) -> Result<()> {
        let over = ends_all(&error) || self.cx.aborted().is_err() || !(self.fallback.when)(&error);
        if over {
            return Err(error);
        }
        let first = self.first_error.get_or_insert_with(|| error.clone());
        if self.next > self.fallback.others.len() {
            return Err(first.clone());
        }
        self.last_error = Some(error);
        Ok(())
    }
}

impl<'a, I: Clone + Send + 'static, O: Send + 'static> Attempts<'a, O> for Tries<'a, I, O> {
    fn begin(&mut self) -> ChunkStream<'a, O> {
        match self.turn() {
            (Turn::Plain(step, input), config) => self.cx.stream_step_with(step.name(), config, step, input),
            (Turn::Told(step, input), config) => self.cx.stream_step_with(step.name(), config, step, input),
        }
    }

    fn failed(&mut self, error: Error) -> BoxFuture<'_, Result<()>> {
        let after = self.after(error);
        boxed(async move { after })
    }
}

impl<I: Clone + Send + 'static, O: Send + 'static> Runnable<I> for Fallback<I, O> {
    type Output = O;

    async fn run(&self, input: I, cx: &RunContext) -> Result<O> {
        let mut tries = Tries::new(self, input, cx);
        loop {
            let outcome = match tries.turn() {
                (Turn::Plain(step, input), config) => cx.step_with(step.name(), config, step, input).await,
                (Turn::Told(step, input), config) => cx.step_with(step.name(), config, step, input).await,
            };
            match outcome {
                Ok(value) => return Ok(value),
                Err(error) => tries.after(error)?,
            }
        }
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, O> {
        stream_of(Tries::new(self, input, cx), self.policy)
    }

    fn name(&self) -> Cow<'static, str> {
        "fallback".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let others = self.others.iter().map(|other| match other {
            Other::Plain(step) => GraphBranch::new("after a failure", step.graph()),
            Other::Told(step) => GraphBranch::new("after a failure, told of it", step.graph()),
        });
        let steps = [GraphBranch::new("first", self.first.graph())].into_iter().chain(others).collect();
        Graph::of::<I, O>("fallback", StepKind::Chain).with_parts(Parts::Choice(steps))
    }
}

crate::pipe_head!(impl<I, O> Fallback<I, O>: I where I: Clone + Send + 'static, O: Send + 'static);

impl<I, O> Clone for Other<I, O> {
    fn clone(&self) -> Self {
        match self {
            Other::Plain(step) => Other::Plain(step.clone()),
            Other::Told(step) => Other::Told(step.clone()),
        }
    }
}

impl<I, O> Clone for Fallback<I, O> {
    fn clone(&self) -> Self {
        let Fallback { first, others, when, policy } = self;
        Fallback { first: first.clone(), others: others.clone(), when: Arc::clone(when), policy: *policy }
    }
}

impl<I, O> fmt::Debug for Fallback<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fallback")
            .field("others", &self.others.len())
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
