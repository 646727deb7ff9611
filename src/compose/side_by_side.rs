//! What steps that run side by side have in common.
use crate::{Chunk, ChunkStream, Delta, Error, ErrorKind, Result, RunConfig, RunContext, Runnable, context::Lanes};
use futures::{
    FutureExt, Stream, StreamExt, TryStreamExt,
    stream::{self, BoxStream, FuturesUnordered},
};
use std::{
    borrow::Cow,
    future,
    sync::{Arc, Mutex, PoisonError},
};

/// Runs `step` as a child run when it is its turn.
pub(crate) async fn run_in_turn<I: Send + 'static, R: Runnable<I>>(
    lanes: &Lanes,
    cx: &RunContext,
    name: Cow<'static, str>,
    step: &R,
    input: I,
) -> Result<R::Output> {
    let _turn = lanes.enter().await;
    cx.step(name, step, input).await
}

/// The values of all in their order. The first failure, in time, ends the others: `try_join_all` looks at many in their
/// order.
pub(crate) fn all<T, F: Future<Output = Result<T>>>(
    runs: impl IntoIterator<Item = F>,
) -> impl Future<Output = Result<Vec<T>>> {
    let runs = runs.into_iter().enumerate().map(|(at, run)| run.map(move |value| value.map(|value| (at, value))));
    let runs: FuturesUnordered<_> = runs.collect();
    async move {
        let mut values: Vec<_> = runs.try_collect().await?;
        values.sort_unstable_by_key(|(at, _)| *at);
        Ok(values.into_iter().map(|(_, value)| value).collect())
    }
}

/// Streams `step` as a child run when it is its turn.
pub(crate) fn stream_in_turn<'a, I: Send + 'static, R: Runnable<I>>(
    lanes: &Arc<Lanes>,
    cx: &RunContext,
    name: Cow<'static, str>,
    step: &'a R,
    input: I,
) -> ChunkStream<'a, R::Output> {
    if lanes.are_free() {
        return cx.stream_step(name, step, input);
    }
    let (lanes, cx) = (Arc::clone(lanes), cx.clone());
    let chunks = async move {
        let turn = lanes.enter().await;
        cx.stream_step(name, step, input).inspect(move |_| {
            let _held = &turn;
        })
    };
    chunks.into_stream().flatten().boxed()
}

/// As [`stream_in_turn`], on a value that is still being produced.
pub(crate) fn transform_in_turn<'a, I: Send + 'static, R: Runnable<I>>(
    lanes: &Arc<Lanes>,
    cx: &RunContext,
    name: Cow<'static, str>,
    step: &'a R,
    input: ChunkStream<'a, I>,
) -> ChunkStream<'a, R::Output> {
    if lanes.are_free() {
        return cx.transform_step(name, step, input);
    }
    let (lanes, cx) = (Arc::clone(lanes), cx.clone());
    let chunks = async move {
        let turn = lanes.enter().await;
        cx.transform_step(name, step, input).inspect(move |_| {
            let _held = &turn;
        })
    };
    chunks.into_stream().flatten().boxed()
}

/// Where the value of a member is kept until all have theirs.
#[derive(Debug)]
pub(crate) struct Slot<O>(Arc<Mutex<Option<O>>>);

impl<O: Send + 'static> Slot<O> {
    pub(crate) fn new() -> Self {
        Slot(Arc::default())
    }

    /// The same place.
    pub(crate) fn share(&self) -> Self {
        Slot(Arc::clone(&self.0))
    }

    pub(crate) fn take(&self) -> Result<O> {
        let value = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        value.ok_or_else(|| Error::new(ErrorKind::Incomplete, "a step that runs beside others gave no value"))
    }

    /// The increments of `chunks`, as those of this branch; the value is kept.
    pub(crate) fn fill<'a>(&self, branch: impl Into<Arc<str>>, chunks: ChunkStream<'a, O>) -> Increments<'a> {
        let (slot, branch) = (Arc::clone(&self.0), branch.into());
        let increments = chunks.filter_map(move |chunk| {
            future::ready(match chunk {
                Ok(Chunk::Delta(delta)) => {
                    Some(Ok(Delta::Branch { branch: Arc::clone(&branch), delta: Box::new(delta) }))
                }
                Ok(Chunk::Done(value)) => {
                    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
                    None
                }
                Err(error) => Some(Err(error)),
            })
        });
        increments.boxed()
    }
}

/// The increments of one member.
pub(crate) type Increments<'a> = BoxStream<'a, Result<Delta>>;

/// The increments of all members as they come, then the value; the first failure is the last thing that comes.
pub(crate) fn merged<'a, O: Send + 'static>(
    members: impl IntoIterator<Item = Increments<'a>>,
    value: impl FnOnce() -> Result<O> + Send + 'a,
) -> ChunkStream<'a, O> {
    with_value(stream::select_all(members), value)
}

/// These increments, then the value; the first failure is the last thing that comes.
pub(crate) fn with_value<'a, O: Send + 'static>(
    increments: impl Stream<Item = Result<Delta>> + Send + 'a,
    value: impl FnOnce() -> Result<O> + Send + 'a,
) -> ChunkStream<'a, O> {
    let increments = increments.map(|delta| delta.map(Chunk::Delta));
    let chunks = increments.chain(stream::once(async move { value().map(Chunk::Done) }));
    let until_failure = chunks.scan(false, |failed, chunk| {
        let before = std::mem::replace(failed, chunk.is_err());
        future::ready((!before).then_some(chunk))
    });
    until_failure.boxed()
}

impl RunContext {
    /// As [`step`](RunContext::step), the run having this configuration too.
    pub(crate) async fn step_with<I: Send + 'static, R: Runnable<I>>(
        &self,
        name: Cow<'static, str>,
        config: RunConfig,
        step: &R,
        input: I,
    ) -> Result<R::Output> {
        self.child(name, step.kind(), Some(&over(config, step.config()))).call(step, input).await
    }

    /// As [`stream_step`](RunContext::stream_step), the run having this configuration too.
    pub(crate) fn stream_step_with<'a, I: Send + 'static, R: Runnable<I>>(
        &self,
        name: Cow<'static, str>,
        config: RunConfig,
        step: &'a R,
        input: I,
    ) -> ChunkStream<'a, R::Output> {
        self.child(name, step.kind(), Some(&over(config, step.config()))).call_stream(step, input)
    }
}

fn over(config: RunConfig, inner: Option<Cow<'_, RunConfig>>) -> RunConfig {
    match inner {
        Some(inner) => config.overridden_by(inner.into_owned()),
        None => config,
    }
}
