//! Steps as runs.
use super::RunContext;
use crate::{ChunkStream, Result, Runnable, chunk::failed, report::Upstream};
use futures::FutureExt;
use std::borrow::Cow;

impl RunContext {
    /// Runs `step` as a child run, reporting it to the handlers.
    ///
    /// # Errors
    /// Those of the step; [`Aborted`](crate::ErrorKind::Aborted) when a handler asked for it;
    /// [`Timeout`](crate::ErrorKind::Timeout) and [`Cancelled`](crate::ErrorKind::Cancelled) when the context says so.
    pub async fn step<I: Send + 'static, R: Runnable<I>>(
        &self,
        name: impl Into<Cow<'static, str>> + Send,
        step: &R,
        input: I,
    ) -> Result<R::Output> {
        self.child(name.into(), step.kind(), step.config().as_deref()).call(step, input).await
    }

    /// Runs `step` as this run, which has not begun.
    pub(crate) async fn call<I: Send + 'static, R: Runnable<I>>(&self, step: &R, input: I) -> Result<R::Output> {
        let mut report = self.begin(Some(&input));
        let outcome = match self.may_run(step) {
            Ok(()) if self.run().govern.is_free() => step.run(input, self).await,
            Ok(()) => self.governed(step.run(input, self)).boxed().await,
            Err(error) => Err(error),
        };
        match outcome.and_then(|output| self.may_end().map(|()| output)) {
            Ok(output) => {
                report.end(&output);
                // After the event, so that a handler's wish takes effect on the value that made it ask.
                self.aborted().map(|()| output)
            }
            Err(error) => {
                report.fail(&error);
                Err(error)
            }
        }
        .map_err(|error| error.in_step(self.run().name()))
    }

    /// Runs `step` as a child run, handing out increments and reporting it to the handlers. The run starts now, not
    /// when the stream is first polled.
    pub fn stream_step<'a, I: Send + 'static, R: Runnable<I>>(
        &self,
        name: impl Into<Cow<'static, str>>,
        step: &'a R,
        input: I,
    ) -> ChunkStream<'a, R::Output> {
        self.child(name.into(), step.kind(), step.config().as_deref()).call_stream(step, input)
    }

    /// As [`call`](RunContext::call), handing out increments.
    pub(crate) fn call_stream<'a, I, R>(&self, step: &'a R, input: I) -> ChunkStream<'a, R::Output>
    where
        I: Send + 'static,
        R: Runnable<I>,
    {
        let report = self.begin(Some(&input));
        let cx = self.clone();
        report.watch(self.admitted(step, move || step.run_stream(input, &cx)), Upstream::default())
    }

    /// Runs `step` as a child run on a value that is still being produced.
    pub(crate) fn transform_step<'a, I, R>(
        &self,
        name: Cow<'static, str>,
        step: &'a R,
        input: ChunkStream<'a, I>,
    ) -> ChunkStream<'a, R::Output>
    where
        I: Send + 'static,
        R: Runnable<I>,
    {
        let cx = self.child(name, step.kind(), step.config().as_deref());
        let report = cx.begin(None);
        let upstream = Upstream::default();
        let input = upstream.note_failure(input);
        let chunks = if cx.run().govern.budgets.is_empty() {
            cx.clone().admitted(step, move || step.transform(input, &cx))
        } else {
            match cx.may_run(step) {
                Ok(()) => cx.clone().governed_after(input, move |input| step.run_stream(input, &cx)),
                Err(error) => failed(error),
            }
        };
        report.watch(chunks, upstream)
    }

    /// What `make` streams, once this run may work.
    fn admitted<'a, I: Send + 'static, O: Send + 'static, R: Runnable<I>>(
        &self,
        step: &R,
        make: impl FnOnce() -> ChunkStream<'a, O> + Send + 'a,
    ) -> ChunkStream<'a, O> {
        match self.may_run(step) {
            Ok(()) if self.run().govern.is_free() => make(),
            Ok(()) => self.governed_stream(make),
            Err(error) => failed(error),
        }
    }

    /// Fails where nothing is to begin.
    fn may_run<I: Send + 'static, R: Runnable<I>>(&self, step: &R) -> Result<()> {
        self.aborted().and_then(|()| self.check_given(step))
    }

    /// Fails where a value that is there is none after all: what was given was not asked for, or the run was to stop
    /// before it came.
    pub(crate) fn may_end(&self) -> Result<()> {
        self.check_asked().and_then(|()| self.aborted())
    }
}
