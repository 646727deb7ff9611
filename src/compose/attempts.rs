//! Streams that may begin anew.
use crate::{Chunk, ChunkStream, Delta, Error, ErrorKind, Result};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use std::{collections::VecDeque, mem};

/// What a streaming [`retry`](crate::retry()) or [`fallback`](crate::fallback()) does about increments that were handed
/// out before a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum StreamPolicy {
    /// Only a failure before the first increment begins anew; a later one is the stream's.
    #[default]
    BeforeFirst,
    /// Any failure begins anew. If there were increments, [`Delta::Restart`] tells that they are void.
    Restart,
    /// Increments are held back until the value is there, so that those of a failure are never seen.
    Buffer,
}

/// A run of streams, each of which takes the place of the one that failed before it.
pub(super) trait Attempts<'a, O>: Send {
    /// Begins the next.
    fn begin(&mut self) -> ChunkStream<'a, O>;

    /// Whether another follows after this failure, having waited for as long as is due; the error that is the outcome
    /// if not.
    fn failed(&mut self, error: Error) -> BoxFuture<'_, Result<()>>;
}

/// The stream of these attempts.
pub(super) fn stream_of<'a, O: Send + 'static>(
    attempts: impl Attempts<'a, O> + 'a,
    policy: StreamPolicy,
) -> ChunkStream<'a, O> {
    let state = State { attempts, policy, chunks: None, told: false, held: Vec::new(), ready: VecDeque::new() };
    stream::unfold(Some(state), |state| async move {
        let mut state = state?;
        let chunk = state.next().await;
        let ended = matches!(chunk, Err(_) | Ok(Chunk::Done(_)));
        Some((chunk, (!ended).then_some(state)))
    })
    .boxed()
}

struct State<'a, O, A> {
    attempts: A,
    policy: StreamPolicy,
    chunks: Option<ChunkStream<'a, O>>,
    /// Whether increments of this attempt were handed out.
    told: bool,
    held: Vec<Delta>,
    ready: VecDeque<Chunk<O>>,
}

impl<'a, O: Send + 'static, A: Attempts<'a, O>> State<'a, O, A> {
    async fn next(&mut self) -> Result<Chunk<O>> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Ok(chunk);
            }
            let chunks = self.chunks.get_or_insert_with(|| self.attempts.begin());
            let error = match chunks.next().await {
                Some(Ok(Chunk::Delta(delta))) if self.policy == StreamPolicy::Buffer => {
                    self.held.push(delta);
                    continue;
                }
                Some(Ok(Chunk::Delta(delta))) => {
                    self.told = true;
                    return Ok(Chunk::Delta(delta));
                }
                Some(Ok(Chunk::Done(value))) => {
                    self.ready.extend(mem::take(&mut self.held).into_iter().map(Chunk::Delta));
                    self.ready.push_back(Chunk::Done(value));
                    continue;
                }
                Some(Err(error)) => error,
                None => Error::new(ErrorKind::Incomplete, "the stream ended without a value"),
            };
            self.chunks = None;
            if self.told && self.policy == StreamPolicy::BeforeFirst {
                return Err(error);
            }
            self.attempts.failed(error).await?;
            self.held.clear();
            if mem::take(&mut self.told) {
                return Ok(Chunk::Delta(Delta::Restart));
            }
        }
    }
}

/// Whether doing the same again, or another thing in its place, can help: not where the caller is at fault, nor where the
/// run is to stop.
pub(super) fn may_pass(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::InvalidOption
            | ErrorKind::Template
            | ErrorKind::Variables
            | ErrorKind::Grammar
            | ErrorKind::Schema
            | ErrorKind::ChatTemplate
            | ErrorKind::ContextOverflow
            | ErrorKind::Unsupported
            | ErrorKind::UnknownKey
            | ErrorKind::RecursionLimit
    ) && !ends_all(error)
}

/// Whether the run is to stop, whatever could still be tried.
pub(super) fn ends_all(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Aborted | ErrorKind::Cancelled)
}

/// A future in the box that [`Attempts::failed`] gives.
pub(super) fn boxed<'a, T>(future: impl Future<Output = T> + Send + 'a) -> BoxFuture<'a, T> {
    future.boxed()
}
