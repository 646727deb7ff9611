//! A step as a run of its own.
use crate::{ChunkStream, Graph, Result, RunConfig, RunContext, Runnable, StepKind};
use std::borrow::Cow;

/// A step that is a run of its own in the run tree.
#[derive(Debug, Clone)]
pub struct Step<R>(pub(crate) R);

impl<I: Send + 'static, R: Runnable<I>> Runnable<I> for Step<R> {
    type Output = R::Output;

    async fn run(&self, input: I, cx: &RunContext) -> Result<R::Output> {
        cx.step(self.0.name(), &self.0, input).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, R::Output> {
        cx.stream_step(self.0.name(), &self.0, input)
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, R::Output> {
        cx.transform_step(self.0.name(), &self.0, input)
    }

    fn config(&self) -> Option<Cow<'_, RunConfig>> {
        self.0.config()
    }

    fn kind(&self) -> StepKind {
        self.0.kind()
    }

    fn graph(&self) -> Graph {
        self.0.graph()
    }

    fn name(&self) -> Cow<'static, str> {
        self.0.name()
    }
}
