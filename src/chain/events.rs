//! What happens in a run, as a stream.
use super::Chain;
use crate::{
    Chunk, ChunkStream, Result, RunContext, Runnable,
    callback::{EventFilter, EventReceiver, Filtered, QueuePolicy, RunEvent, queue},
};
use futures::{Stream, StreamExt};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// What [`Chain::events`] gives: the events of the run, then its outcome.
#[derive(Debug)]
#[non_exhaustive]
pub enum ChainEvent<O> {
    /// Something happened to the run or to one in it.
    Run(RunEvent),
    /// The value, or the error; nothing follows.
    Outcome(Result<O>),
}

/// The stream that [`Chain::events`] gives. Dropping it cancels the run.
#[must_use = "a run goes on only while its events are read"]
pub struct Events<'a, O> {
    chunks: Option<ChunkStream<'a, O>>,
    told: EventReceiver,
    outcome: Option<Result<O>>,
}

impl<I: Send + 'static, O: Send + 'static, R: Runnable<I, Output = O>> Chain<I, O, R> {
    /// Runs the chain once, as [`stream`](Chain::stream) does, and hands out everything that happens to it and to the
    /// runs in it, and at the end the value or the error.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::{ChainEvent, Model, callback::EventKind, map, testing::FakeLlm};
    /// use futures::StreamExt;
    ///
    /// let chain = Model::new(FakeLlm::always("Good day")) | map(|text: String| text.len());
    /// let mut told = Vec::new();
    /// let mut events = chain.events("Greet me.");
    /// futures::executor::block_on(async {
    ///     while let Some(event) = events.next().await {
    ///         match event {
    ///             ChainEvent::Run(event) if event.what.is_outcome() => told.push(event.run.name.clone()),
    ///             ChainEvent::Outcome(length) => assert_eq!(length.unwrap(), 8),
    ///             _ => (),
    ///         }
    ///     }
    /// });
    /// assert_eq!(told, ["fake", "map", "chain"]);
    /// ```
    pub fn events(&self, input: impl Into<I>) -> Events<'_, O> {
        self.events_in(input, &RunContext::new(), EventFilter::new())
    }

    /// As [`events`](Chain::events), within this context, and only of the runs that `filter` accepts.
    pub fn events_in(&self, input: impl Into<I>, cx: &RunContext, filter: EventFilter) -> Events<'_, O> {
        // Nothing is lost: the run goes on only while its events are read.
        let (handler, told) = queue(usize::MAX, QueuePolicy::DropNewest);
        let cx = cx.clone().with(Filtered::new(handler, filter));
        Events { chunks: Some(self.stream_in(input, &cx)), told, outcome: None }
    }
}

// Nothing in it is pinned in place.
impl<O> Unpin for Events<'_, O> {}

impl<O: Send + 'static> Stream for Events<'_, O> {
    type Item = ChainEvent<O>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Poll::Ready(Some(event)) = this.told.poll_next_unpin(task) {
                return Poll::Ready(Some(ChainEvent::Run(event)));
            }
            let Some(chunks) = &mut this.chunks else {
                return Poll::Ready(this.outcome.take().map(ChainEvent::Outcome));
            };
            match chunks.poll_next_unpin(task) {
                Poll::Ready(Some(Ok(Chunk::Delta(_)))) => (),
                Poll::Ready(Some(Ok(Chunk::Done(value)))) => this.outcome = Some(Ok(value)),
                Poll::Ready(Some(Err(error))) => this.outcome = Some(Err(error)),
                Poll::Ready(None) => this.chunks = None,
                Poll::Pending => {
                    return match this.told.poll_next_unpin(task) {
                        Poll::Ready(Some(event)) => Poll::Ready(Some(ChainEvent::Run(event))),
                        _ => Poll::Pending,
                    };
                }
            }
        }
    }
}

impl<O> fmt::Debug for Events<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("told", &self.told).finish_non_exhaustive()
    }
}
