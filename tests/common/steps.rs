//! Helpers that the tests of chains and those of steps made of steps share.
use catena::{
    Chunk, Delta, Result, RunContext,
    testing::{Expect, ExpectHandle},
};
use futures::future;
use std::task::Poll;

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    futures::executor::block_on(future)
}

pub(crate) async fn never(_: String) -> Result<String> {
    future::pending().await
}

/// Lets others run this many times, then is done.
pub(crate) fn pauses(mut left: usize) -> impl Future<Output = ()> + Send + 'static {
    future::poll_fn(move |task| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        task.waker().wake_by_ref();
        Poll::Pending
    })
}

/// A context watched by this script, and the handle that checks it.
pub(crate) fn watched(script: Expect) -> (RunContext, ExpectHandle) {
    let (handler, handle) = script.handler();
    (RunContext::new().with(handler), handle)
}

pub(crate) fn text<T>(text: &str) -> Chunk<T> {
    Chunk::Delta(Delta::Text(text.to_owned()))
}
