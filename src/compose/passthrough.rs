//! Steps that change nothing.
use crate::{ChunkStream, Graph, Parts, Result, RunContext, Runnable, StepKind};

/// The beginning of a chain: hands its input on, unseen by callbacks.
#[derive(Debug, Clone, Copy)]
pub struct Start;

impl<I: Send + 'static> Runnable<I> for Start {
    type Output = I;

    async fn run(&self, input: I, _: &RunContext) -> Result<I> {
        Ok(input)
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, _: &RunContext) -> ChunkStream<'a, I> {
        input
    }

    fn ready(&self, input: I) -> Result<I, I> {
        Ok(input)
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, I>("", StepKind::Chain).with_parts(Parts::Sequence(Vec::new()))
    }
}

/// A step that hands its input on; see [`passthrough`].
#[derive(Debug, Clone, Copy)]
#[must_use = "a step does nothing until it is run"]
pub struct Passthrough;

/// A step that hands its input on, as it streams in; keeps a value beside other results in a tuple.
///
/// # Examples
///
/// ```
/// use catena::{input, map, passthrough};
///
/// let chain = input::<String>() | (passthrough(), map(|text: String| text.len()));
/// assert_eq!(futures::executor::block_on(chain.invoke("four"))?, ("four".to_owned(), 4));
/// # Ok::<(), catena::Error>(())
/// ```
pub fn passthrough() -> Passthrough {
    Passthrough
}

impl<I: Send + 'static> Runnable<I> for Passthrough {
    type Output = I;

    async fn run(&self, input: I, _: &RunContext) -> Result<I> {
        Ok(input)
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, _: &RunContext) -> ChunkStream<'a, I> {
        input
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, I>(Runnable::<I>::name(self), StepKind::Step)
    }
}
