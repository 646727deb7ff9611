//! One step after another.
use crate::{ChunkStream, Graph, Result, RunContext, Runnable, graph::in_a_row};
use futures::FutureExt;

/// Two steps in a row.
#[derive(Debug, Clone)]
pub struct Seq<A, B>(pub(crate) A, pub(crate) B);

impl<I, A, B> Runnable<I> for Seq<A, B>
where
    I: Send + 'static,
    A: Runnable<I>,
    B: Runnable<A::Output>,
{
    type Output = B::Output;

    async fn run(&self, input: I, cx: &RunContext) -> Result<B::Output> {
        let mid = match self.0.ready(input) {
            Ok(mid) => mid,
            // Boxed, or the future of a chain would nest as deep as the chain is long: 19 steps were beyond the
            // compiler's depth limit.
            Err(input) => self.0.run(input, cx).boxed().await?,
        };
        self.1.run(mid, cx).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, B::Output> {
        match self.0.ready(input) {
            Ok(mid) => self.1.run_stream(mid, cx),
            Err(input) => self.1.transform(self.0.run_stream(input, cx), cx),
        }
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, B::Output> {
        self.1.transform(self.0.transform(input, cx), cx)
    }

    fn graph(&self) -> Graph {
        in_a_row::<I, B::Output>(self.0.graph(), self.1.graph())
    }
}
