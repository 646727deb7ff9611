//! The reporting of runs: every start gets exactly one outcome.
use crate::{Chunk, ChunkStream, Completion, Delta, Error, ErrorKind, Result, RunContext};
use futures::{Stream, StreamExt, TryStreamExt};
use std::{
    any::Any,
    marker::PhantomData,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

/// Which events tell of a run that gives an `O`.
pub(crate) trait Events<O>: Send + Unpin {
    fn delta(cx: &RunContext, delta: &Delta);
    fn end(cx: &RunContext, output: &O);
    fn error(cx: &RunContext, error: &Error);
    fn cancel(cx: &RunContext);
}

/// The events of any step.
pub(crate) enum StepEvents {}

impl<O: Any> Events<O> for StepEvents {
    fn delta(cx: &RunContext, delta: &Delta) {
        cx.tell(|handler, run| handler.on_delta(run, delta));
    }

    fn end(cx: &RunContext, output: &O) {
        cx.tell(|handler, run| handler.on_end(run, output));
    }

    fn error(cx: &RunContext, error: &Error) {
        cx.tell(|handler, run| handler.on_error(run, error));
    }

    fn cancel(cx: &RunContext) {
        cx.tell(|handler, run| handler.on_cancel(run));
    }
}

/// The typed events of a model, beside those of the step it is.
pub(crate) enum LlmEvents {}

impl Events<Completion> for LlmEvents {
    fn delta(cx: &RunContext, delta: &Delta) {
        if let Delta::Text(text) = delta {
            cx.tell(|handler, run| handler.on_llm_token(run, text));
        }
    }

    fn end(cx: &RunContext, output: &Completion) {
        cx.tell(|handler, run| handler.on_llm_end(run, output));
    }

    fn error(cx: &RunContext, error: &Error) {
        cx.tell(|handler, run| handler.on_llm_error(run, error));
    }

    fn cancel(cx: &RunContext) {
        cx.tell(|handler, run| handler.on_llm_cancel(run));
    }
}

/// A run that began and owes its handlers an outcome. Dropping it is the outcome "cancelled".
pub(crate) struct Report<O, E: Events<O>> {
    cx: RunContext,
    open: bool,
    events: PhantomData<fn(O) -> E>,
}

impl<O, E: Events<O>> Report<O, E> {
    pub(crate) fn open(cx: RunContext) -> Self {
        Report { cx, open: true, events: PhantomData }
    }

    pub(crate) fn end(&mut self, output: &O) {
        if std::mem::take(&mut self.open) {
            E::end(&self.cx, output);
        }
    }

    fn error(&mut self, error: &Error) {
        if std::mem::take(&mut self.open) {
            E::error(&self.cx, error);
        }
    }

    /// The outcome of a run that ends with this error.
    pub(crate) fn fail(&mut self, error: &Error) {
        // Who cancels a run knows of it, and nothing is wrong with the run.
        if error.kind() == ErrorKind::Cancelled { self.cancel() } else { self.error(error) }
    }

    fn cancel(&mut self) {
        if std::mem::take(&mut self.open) {
            E::cancel(&self.cx);
        }
    }
}

impl<O: Send + 'static, E: Events<O> + 'static> Report<O, E> {
    /// Reports what passes through `chunks`.
    pub(crate) fn watch(self, chunks: ChunkStream<'_, O>, upstream: Upstream) -> ChunkStream<'_, O> {
        Watched { chunks: Some(chunks), report: self, upstream }.boxed()
    }
}

impl<O, E: Events<O>> Drop for Report<O, E> {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Whether the stream that a step reads from has failed: that is not the failure of the step itself, which then ends
/// as cancelled.
#[derive(Default)]
pub(crate) struct Upstream(Arc<AtomicBool>);

impl Upstream {
    /// Notes when `input` gives an error.
    pub(crate) fn note_failure<'a, I: Send + 'static>(&self, input: ChunkStream<'a, I>) -> ChunkStream<'a, I> {
        let failed = Arc::clone(&self.0);
        input.inspect_err(move |_| failed.store(true, Ordering::Relaxed)).boxed()
    }

    fn failed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stream of a reported run. It ends with the value or with an error, and lets go of what it reads from at once.
struct Watched<'a, O, E: Events<O>> {
    // Dropped before the report, so that steps further up are cancelled first.
    chunks: Option<ChunkStream<'a, O>>,
    report: Report<O, E>,
    upstream: Upstream,
}

impl<O, E: Events<O>> Watched<'_, O, E> {
    fn fail(&mut self, error: Error) -> Poll<Option<Result<Chunk<O>>>> {
        self.chunks = None;
        if self.upstream.failed() {
            self.report.cancel();
        } else {
            self.report.fail(&error);
        }
        Poll::Ready(Some(Err(error.in_step(self.report.cx.run().name()))))
    }
}

impl<O: Send + 'static, E: Events<O>> Stream for Watched<'_, O, E> {
    type Item = Result<Chunk<O>>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Some(chunks) = &mut this.chunks else { return Poll::Ready(None) };
        if let Err(error) = this.report.cx.aborted() {
            return this.fail(error);
        }
        let chunk = match ready!(chunks.poll_next_unpin(task)) {
            Some(Ok(chunk)) => chunk,
            Some(Err(error)) => return this.fail(error),
            None => {
                return this.fail(Error::new(
                    ErrorKind::Incomplete,
                    "the stream ended without a value: a step must end its stream with `Done`",
                ));
            }
        };
        match &chunk {
            Chunk::Delta(delta) => E::delta(&this.report.cx, delta),
            Chunk::Done(output) => {
                this.chunks = None;
                if let Err(error) = this.report.cx.may_end() {
                    return this.fail(error);
                }
                this.report.end(output);
            }
        }
        // After the event, so that a handler's wish takes effect on the chunk that made it ask.
        match this.report.cx.aborted() {
            Ok(()) => Poll::Ready(Some(Ok(chunk))),
            Err(error) => this.fail(error),
        }
    }
}
