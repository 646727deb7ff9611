//! Steps and helpers that several tests use.
#[path = "../common/steps.rs"]
mod steps;

use catena::{Chunk, ChunkStream, Delta, Error, ErrorKind, Result, RunContext, Runnable};
use futures::{FutureExt, Stream, StreamExt, TryStreamExt};
use std::borrow::Cow;
pub(crate) use steps::{block_on, never, pauses, text, watched};

/// Turns text into capitals, increment by increment.
#[derive(Clone)]
pub(crate) struct Upper;

impl Runnable<String> for Upper {
    type Output = String;

    async fn run(&self, text: String, _: &RunContext) -> Result<String> {
        Ok(text.to_uppercase())
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, String>, _: &RunContext) -> ChunkStream<'a, String> {
        input
            .map_ok(|chunk| match chunk {
                Chunk::Delta(Delta::Text(text)) => Chunk::Delta(Delta::Text(text.to_uppercase())),
                Chunk::Delta(other) => Chunk::Delta(other),
                Chunk::Done(text) => Chunk::Done(text.to_uppercase()),
            })
            .boxed()
    }
}

/// Another step under a name of its own.
pub(crate) struct Named<R>(pub(crate) &'static str, pub(crate) R);

impl<I: Send + 'static, R: Runnable<I>> Runnable<I> for Named<R> {
    type Output = R::Output;

    async fn run(&self, input: I, cx: &RunContext) -> Result<R::Output> {
        self.1.run(input, cx).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, R::Output> {
        self.1.run_stream(input, cx)
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, R::Output> {
        self.1.transform(input, cx)
    }

    fn name(&self) -> Cow<'static, str> {
        self.0.into()
    }
}

pub(crate) fn failure() -> Error {
    Error::new(ErrorKind::Other, "it broke")
}

pub(crate) async fn fails(_: String) -> Result<String> {
    Err(failure())
}

/// Polls once; what is ready by then.
pub(crate) fn poll_once<T>(future: impl Future<Output = T> + Unpin) -> Option<T> {
    future.now_or_never()
}

#[expect(clippy::option_option, reason = "whether it is ready, and whether there is an item")]
/// What a stream gives without waiting for anything outside of it.
pub(crate) fn ready_now<S: Stream + Unpin>(stream: &mut S) -> Option<Option<S::Item>> {
    // More than once: a stream that owns its chain hands a chunk from one half of itself to the other.
    (0..4).find_map(|_| poll_once(stream.next()))
}
