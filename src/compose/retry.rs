//! Trying again.
use super::{
    attempts::{Attempts, StreamPolicy, boxed, may_pass, stream_of},
    backoff::Backoff,
};
use crate::{
    ChunkStream, Error, ErrorKind, Graph, Parts, Result, RunConfig, RunContext, Runnable, StepKind, chunk::failed,
};
use futures::future::BoxFuture;
use futures_timer::Delay;
use std::{borrow::Cow, fmt, sync::Arc};

/// A step that is tried again when it fails; see [`retry`].
#[derive(Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct Retry<R> {
    step: R,
    attempts: u32,
    backoff: Backoff,
    when: Arc<dyn Fn(&Error) -> bool + Send + Sync>,
    policy: StreamPolicy,
}

/// Tries a step up to three times, waiting longer and longer in between.
///
/// Each attempt is a run of its own; [`RunInfo::attempt`](crate::RunInfo::attempt) is its number, and from the second on
/// it is tagged `retry:attempt:2` and so on. Handlers are told of each new attempt
/// ([`on_retry`](crate::CallbackHandler::on_retry)). Errors that trying again cannot help, such as a wrong option or a
/// missing variable, and those of a run that is to stop, are not tried again; of the others [`when`](Retry::when) may
/// choose. The last error is that of the step. A stream is tried again as long as nothing of it was handed out;
/// [`streaming`](Retry::streaming) chooses otherwise.
///
/// # Examples
///
/// ```
/// use catena::{Backoff, Error, ErrorKind, Model, input, map, retry, testing::FakeLlm};
///
/// let llm = FakeLlm::scripted::<[&str; 0], _>([]).then_fail(Error::new(ErrorKind::Engine, "out of order"));
/// let llm = Model::new(llm);
/// let chain = input::<String>() | retry(llm).attempts(2).backoff(Backoff::none()) | map(|text: String| text.len());
/// let error = futures::executor::block_on(chain.invoke("Hello?")).unwrap_err();
/// assert_eq!(error.message(), "the script has no more answers: write one for each request", "the second attempt's");
/// ```
pub fn retry<R>(step: R) -> Retry<R> {
    Retry { step, attempts: 3, backoff: Backoff::default(), when: Arc::new(|_| true), policy: StreamPolicy::default() }
}

impl<R> Retry<R> {
    /// How often the step is tried at most. 0 is an [`ErrorKind::InvalidOption`] of the first run.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// How long to wait between attempts.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Only errors of which this holds are tried again.
    pub fn when(mut self, when: impl Fn(&Error) -> bool + Send + Sync + 'static) -> Self {
        self.when = Arc::new(when);
        self
    }

    /// What becomes of increments that were handed out before a failure.
    pub fn streaming(mut self, policy: StreamPolicy) -> Self {
        self.policy = policy;
        self
    }

    fn check(&self) -> Result<()> {
        if self.attempts > 0 {
            return Ok(());
        }
        let message = "a retry of 0 attempts never runs: give at least 1";
        Err(Error::new(ErrorKind::InvalidOption, message))
    }

    /// Waits before the attempt after `attempt`, or gives the error back if there is none.
    async fn again(&self, attempt: u32, error: Error, cx: &RunContext) -> Result<()> {
        if attempt >= self.attempts || !may_pass(&error) || !(self.when)(&error) {
            return Err(error);
        }
        // A run that is over does not wait.
        if cx.aborted().is_err() {
            return Err(error);
        }
        let wait = self.backoff.wait(attempt);
        cx.tell(|handler, run| handler.on_retry(run, attempt, &error, wait));
        if !wait.is_zero() {
            Delay::new(wait).await;
        }
        cx.aborted()
    }
}

fn config(attempt: u32) -> RunConfig {
    let config = RunConfig::new().attempt(attempt);
    if attempt == 1 { config } else { config.tags([format!("retry:attempt:{attempt}")]) }
}

impl<I: Clone + Send + 'static, R: Runnable<I>> Runnable<I> for Retry<R> {
    type Output = R::Output;

    async fn run(&self, input: I, cx: &RunContext) -> Result<R::Output> {
        self.check()?;
        let mut attempt = 1;
        loop {
            match cx.step_with(self.step.name(), config(attempt), &self.step, input.clone()).await {
                Ok(value) => return Ok(value),
                Err(error) => self.again(attempt, error, cx).await?,
            }
            attempt += 1;
        }
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, R::Output> {
        match self.check() {
            Ok(()) => stream_of(Tries { retry: self, attempt: 0, input, cx: cx.clone() }, self.policy),
            Err(error) => failed(error),
        }
    }

    fn name(&self) -> Cow<'static, str> {
        "retry".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let step = self.step.graph();
        let note = format!("up to {} attempts", self.attempts);
        Graph {
            input_schema: step.input_schema.clone(),
            output_schema: step.output_schema.clone(),
            ..Graph::of::<I, R::Output>("retry", StepKind::Chain).with_note(note)
        }
        .with_parts(Parts::Inner(Box::new(step)))
    }
}

struct Tries<'a, I, R> {
    retry: &'a Retry<R>,
    attempt: u32,
    input: I,
    cx: RunContext,
}

impl<'a, I: Clone + Send + 'static, R: Runnable<I>> Attempts<'a, R::Output> for Tries<'a, I, R> {
    fn begin(&mut self) -> ChunkStream<'a, R::Output> {
        self.attempt += 1;
        let step = &self.retry.step;
        self.cx.stream_step_with(step.name(), config(self.attempt), step, self.input.clone())
    }

    fn failed(&mut self, error: Error) -> BoxFuture<'_, Result<()>> {
        // What is borrowed is not the input, which need not be `Sync`.
        let (retry, attempt, cx) = (self.retry, self.attempt, &self.cx);
        boxed(retry.again(attempt, error, cx))
    }
}

impl<R: fmt::Debug> fmt::Debug for Retry<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("step", &self.step)
            .field("attempts", &self.attempts)
            .field("backoff", &self.backoff)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
