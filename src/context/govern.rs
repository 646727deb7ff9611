//! Runs that must wait for their turn, or may be interrupted.
use super::{Cancellation, RunContext, budget::Permits, context::timed_out, scope::Govern};
use crate::{Chunk, ChunkStream, Error, Result, chunk::whole};
use futures::{
    FutureExt, Stream, StreamExt, TryStreamExt,
    future::{self, BoxFuture, Either},
};
use futures_timer::Delay;
use std::{
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Instant,
};

impl Govern {
    /// Whether the run may work at once and to its end.
    pub(super) fn is_free(&self) -> bool {
        self.budgets.is_empty() && !self.interruptible
    }
}

impl RunContext {
    /// `work`, once there is a permit for it, and until it is interrupted.
    pub(super) async fn governed<T>(&self, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let admitted = async {
            let _permits = Permits::of(&self.run().govern.budgets).await;
            work.await
        };
        match future::select(self.interrupted(), pin!(admitted)).await {
            Either::Left((error, _)) => Err(error),
            Either::Right((outcome, _)) => outcome,
        }
    }

    /// What `make` streams, once there is a permit for it, and until it is interrupted.
    pub(super) fn governed_stream<'a, O: Send + 'static>(
        &self,
        make: impl FnOnce() -> ChunkStream<'a, O> + Send + 'a,
    ) -> ChunkStream<'a, O> {
        let budgets = self.run().govern.budgets.clone();
        let chunks = if budgets.is_empty() {
            make()
        } else {
            let admitted = async move {
                let permits = Permits::of(&budgets).await;
                make().inspect(move |_| {
                    let _held = &permits;
                })
            };
            admitted.into_stream().flatten().boxed()
        };
        Interruptible { chunks, interrupted: Some(self.interrupted()) }.boxed()
    }

    /// What `make` streams of a value that is still being produced, once the value and a permit are there, and until it is
    /// interrupted. Where the value comes from there may be runs that have the permit until they end, and they go on only
    /// while they are read, so that the value comes first.
    pub(super) fn governed_after<'a, I: Send + 'static, O: Send + 'static>(
        &self,
        input: ChunkStream<'a, I>,
        make: impl FnOnce(I) -> ChunkStream<'a, O> + Send + 'a,
    ) -> ChunkStream<'a, O> {
        let budgets = self.run().govern.budgets.clone();
        let admitted = async move {
            let input = whole(input).await?;
            let permits = Permits::of(&budgets).await;
            Ok(make(input).inspect(move |_| {
                let _held = &permits;
            })) as Result<_>
        };
        let chunks = admitted.into_stream().try_flatten().boxed();
        Interruptible { chunks, interrupted: Some(self.interrupted()) }.boxed()
    }

    /// Waits until the run must stop, and tells why.
    fn interrupted(&self) -> BoxFuture<'static, Error> {
        let limits = self.limits();
        let cancelled = future::select_all(
            limits
                .cancellations
                .iter()
                .map(|cancellation| cancellation.cancelled().boxed())
                .chain([future::pending().boxed()]),
        );
        let cancelled = cancelled.map(|_| Cancellation::error());
        match limits.deadline {
            None => cancelled.boxed(),
            Some(deadline) => {
                let late = Delay::new(deadline.saturating_duration_since(Instant::now())).map(|()| timed_out());
                future::select(cancelled, late).map(|first| first.factor_first().0).boxed()
            }
        }
    }
}

/// A stream that ends with an error when it is interrupted.
struct Interruptible<'a, O> {
    chunks: ChunkStream<'a, O>,
    interrupted: Option<BoxFuture<'static, Error>>,
}

impl<O> Stream for Interruptible<'_, O> {
    type Item = Result<Chunk<O>>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(interrupted) = &mut this.interrupted {
            if let Poll::Ready(error) = interrupted.poll_unpin(task) {
                this.interrupted = None;
                return Poll::Ready(Some(Err(error)));
            }
        }
        this.chunks.poll_next_unpin(task)
    }
}
