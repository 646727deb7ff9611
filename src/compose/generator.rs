//! Functions that give streams.
use crate::{Chunk, ChunkStream, Graph, Result, RunContext, Runnable, StepKind, chunk::whole};
use futures::{Stream, StreamExt};
use std::{borrow::Cow, fmt};

/// A function that gives a stream, as a step; see [`generator`].
#[derive(Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct Generator<F>(F);

/// A function from an input to a stream of increments and then the value, as a step.
///
/// # Examples
///
/// ```
/// use catena::{Chunk, Delta, generator, input};
/// use futures::{StreamExt, stream};
///
/// let spell = generator(|word: String| {
///     let letters: Vec<_> = word.chars().map(|c| Ok(Chunk::Delta(Delta::Text(c.into())))).collect();
///     stream::iter(letters).chain(stream::iter([Ok(Chunk::Done(word))]))
/// });
/// let chain = input::<String>() | spell;
/// # futures::executor::block_on(async {
/// assert_eq!(chain.stream_text("abc").count().await, 3);
/// assert_eq!(chain.invoke("abc").await?, "abc");
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
pub fn generator<I, O, F, S>(f: F) -> Generator<F>
where
    F: Fn(I) -> S,
    S: Stream<Item = Result<Chunk<O>>>,
{
    Generator(f)
}

impl<I, O, F, S> Runnable<I> for Generator<F>
where
    I: Send + 'static,
    O: Send + 'static,
    F: Fn(I) -> S + Send + Sync,
    S: Stream<Item = Result<Chunk<O>>> + Send + 'static,
{
    type Output = O;

    async fn run(&self, input: I, _: &RunContext) -> Result<O> {
        whole((self.0)(input).boxed()).await
    }

    fn run_stream(&self, input: I, _: &RunContext) -> ChunkStream<'_, O> {
        (self.0)(input).boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        "generator".into()
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, O>(self.name(), StepKind::Step)
    }
}

impl<F> fmt::Debug for Generator<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Generator").finish_non_exhaustive()
    }
}
