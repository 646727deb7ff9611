//! A value put together with what it was made of.
use crate::{Chunk, ChunkStream, Graph, Parts, Result, RunContext, Runnable, StepKind};
use futures::{StreamExt, future};
use std::{borrow::Cow, fmt};

/// A step whose value is put together with its input; see [`assign_with`].
#[derive(Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct AssignWith<R, F> {
    step: R,
    join: F,
}

/// Runs a step on a clone of the input, and puts input and value together.
///
/// # Examples
///
/// ```
/// use catena::{assign_with, input, map};
///
/// #[derive(Debug, PartialEq)]
/// struct Answered {
///     question: String,
///     answer: String,
/// }
///
/// let think = map(|question: String| format!("I do not know {question}"));
/// let chain = input::<String>() | assign_with(think, |question, answer| Answered { question, answer });
/// let answered = futures::executor::block_on(chain.invoke("why"))?;
/// assert_eq!(answered, Answered { question: "why".into(), answer: "I do not know why".into() });
/// # Ok::<(), catena::Error>(())
/// ```
pub fn assign_with<I, P, R, F>(step: R, join: F) -> AssignWith<R, F>
where
    I: Clone + Send + 'static,
    R: Runnable<I>,
    F: Fn(I, R::Output) -> P + Send + Sync,
{
    AssignWith { step, join }
}

impl<I, P, R, F> Runnable<I> for AssignWith<R, F>
where
    I: Clone + Send + 'static,
    P: Send + 'static,
    R: Runnable<I>,
    F: Fn(I, R::Output) -> P + Send + Sync,
{
    type Output = P;

    async fn run(&self, input: I, cx: &RunContext) -> Result<P> {
        let value = cx.step(self.step.name(), &self.step, input.clone()).await?;
        Ok((self.join)(input, value))
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, P> {
        let mut kept = Some(input.clone());
        let chunks = cx.stream_step(self.step.name(), &self.step, input).filter_map(move |chunk| {
            future::ready(match chunk {
                Ok(Chunk::Delta(delta)) => Some(Ok(Chunk::Delta(delta))),
                Ok(Chunk::Done(value)) => kept.take().map(|input| Ok(Chunk::Done((self.join)(input, value)))),
                Err(error) => Some(Err(error)),
            })
        });
        chunks.boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        "assign".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, P>("assign", StepKind::Chain).with_parts(Parts::Inner(Box::new(self.step.graph())))
    }
}

impl<R: fmt::Debug, F> fmt::Debug for AssignWith<R, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssignWith").field("step", &self.step).finish_non_exhaustive()
    }
}
