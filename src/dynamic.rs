//! Steps whose types are forgotten.
use crate::{ChunkStream, Result, RunContext, Runnable};
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
}

/// Any step from `I` to `O`, its own type forgotten; cheap to clone.
///
/// Use it to name a chain in a struct, to choose between steps at run time, or to shorten compile times of very long
/// chains. It streams as the step inside does.
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
/// let chain = greeter(false) | |text: String| async move { Ok(text.len()) };
/// assert_eq!(futures::executor::block_on(chain.invoke("Ada"))?, 7);
/// # Ok::<(), catena::Error>(())
/// ```
#[must_use = "a step does nothing until it is run"]
pub struct DynRunnable<I, O>(Arc<dyn Erased<I, O>>);

impl<I: Send + 'static, O: Send + 'static> DynRunnable<I, O> {
    /// Forgets the type of `step`.
    pub fn new<R: Runnable<I, Output = O> + 'static>(step: R) -> Self {
        DynRunnable(Arc::new(step))
    }

    /// Runs the step on `input`, giving a stream that borrows nothing, as a server needs it.
    ///
    /// No task is spawned: the stream drives the step while it is polled, and dropping it cancels the run.
    pub fn into_stream(self, input: I, cx: RunContext) -> ChunkStream<'static, O> {
        let (mut tx, rx) = mpsc::channel(0);
        let drive = async move {
            let mut chunks = self.run_stream(input, &cx);
            while let Some(chunk) = chunks.next().await {
                if tx.send(chunk).await.is_err() {
                    break;
                }
            }
        };
        stream::select(rx, stream::once(drive).filter_map(|()| future::ready(None))).boxed()
    }
}

impl<I: Send + 'static, O: Send + 'static> Runnable<I> for DynRunnable<I, O> {
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
}

crate::pipe_head!(impl<I, O> DynRunnable<I, O>: I where I: Send + 'static, O: Send + 'static);

impl<I, O> Clone for DynRunnable<I, O> {
    fn clone(&self) -> Self {
        DynRunnable(Arc::clone(&self.0))
    }
}

impl<I, O> fmt::Debug for DynRunnable<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DynRunnable").field(&self.0.dyn_name()).finish()
    }
}
