//! The trait every step implements.
use crate::{Chunk, ChunkStream, Graph, Result, RunConfig, RunContext, StepKind, chunk::whole};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use std::{any::type_name, borrow::Cow};

/// A step: takes an `I`, gives an [`Output`](Runnable::Output).
///
/// Implement [`run`](Runnable::run); the streaming methods fall back on it. Every async function and closure from `I`
/// to a [`Result`] is a step, and so is a tuple of steps, a [`Chain`](crate::Chain) and a
/// [`DynRunnable`](crate::DynRunnable).
///
/// Callers use the verbs of [`Chain`](crate::Chain) (`invoke`, `stream`, `batch`); these here are for implementors.
/// Reporting to callbacks is not a step's business: whoever joins steps reports them.
///
/// # Examples
///
/// A step that streams what it makes:
///
/// ```
/// use catena::{Chunk, ChunkStream, Delta, Result, RunContext, Runnable, input};
/// use futures::{StreamExt, stream};
///
/// /// Spells a word out.
/// struct Spell;
///
/// impl Runnable<String> for Spell {
///     type Output = String;
///
///     async fn run(&self, word: String, _: &RunContext) -> Result<String> {
///         Ok(word)
///     }
///
///     fn run_stream(&self, word: String, _: &RunContext) -> ChunkStream<'_, String> {
///         let letters: Vec<_> = word.chars().map(|c| Ok(Chunk::Delta(Delta::Text(c.into())))).collect();
///         stream::iter(letters).chain(stream::iter([Ok(Chunk::Done(word))])).boxed()
///     }
/// }
///
/// let chain = input::<String>() | Spell;
/// let letters = futures::executor::block_on(chain.stream_text("abc").count());
/// assert_eq!(letters, 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step that takes `{I}`",
    label = "expected a step that takes `{I}`",
    note = "the step before hands over `{I}`; convert it in between with `| map(|x: {I}| ...)`",
    note = "an async function or closure is a step when it is `Fn({I}) -> impl Future<Output = Result<_>> + Send`",
    note = "a tuple is a step when each of its members takes `{I}`, and `{I}` is `Clone`; so are `Parallel`, `retry` and \
            `fallback` of such steps"
)]
pub trait Runnable<I: Send + 'static>: Send + Sync {
    /// What the step gives.
    type Output: Send + 'static;

    /// Runs the step once.
    fn run(&self, input: I, cx: &RunContext) -> impl Future<Output = Result<Self::Output>> + Send;

    /// Runs the step once, handing out increments on the way. For steps that produce gradually.
    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, Self::Output> {
        let cx = cx.clone();
        stream::once(async move { self.run(input, &cx).await.map(Chunk::Done) }).boxed()
    }

    /// Runs the step on a value that is still being produced. For steps that can start early.
    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, Self::Output> {
        let cx = cx.clone();
        async move { Ok(self.run_stream(whole(input).await?, &cx)) as Result<_> }.into_stream().try_flatten().boxed()
    }

    /// The output, where it is the input itself. Only the beginning of a chain has this: so its first step runs on a
    /// value that is there, and not on a stream of it.
    #[doc(hidden)]
    fn ready(&self, input: I) -> Result<Self::Output, I> {
        Err(input)
    }

    /// The name shown in the run tree and in errors.
    fn name(&self) -> Cow<'static, str> {
        last_segment(type_name::<Self>()).into()
    }

    /// What sort of step it is, for handlers and drawings.
    fn kind(&self) -> StepKind {
        StepKind::Step
    }

    /// What holds for each run of this step, beside what its context says. Steps that stand in for another pass on
    /// the other's.
    fn config(&self) -> Option<Cow<'_, RunConfig>> {
        None
    }

    /// What it is made of. Steps that run others tell of them, and steps that read configurable values of the keys.
    fn graph(&self) -> Graph {
        Graph::of::<I, Self::Output>(self.name(), self.kind()).reading_any()
    }
}

/// The last name of a path, without the arguments of generic types.
fn last_segment(path: &str) -> &str {
    let mut depth = 0_usize;
    let mut end = path.len();
    if path.ends_with('>') {
        for (at, c) in path.char_indices().rev() {
            // The arrow of a function's type closes no argument list.
            match c {
                '>' if !path.get(..at).is_some_and(|before| before.ends_with('-')) => depth += 1,
                '<' => depth = depth.saturating_sub(1),
                _ => (),
            }
            if depth == 0 {
                end = at;
                break;
            }
        }
    }
    let path = path.get(..end).unwrap_or(path).trim_end_matches(':');
    path.rsplit("::").next().unwrap_or(path)
}

// The one blanket impl. `Fn` is a fundamental trait, so it leaves every other type free.
impl<I, F, Fut, O> Runnable<I> for F
where
    I: Send + 'static,
    F: Fn(I) -> Fut + Send + Sync,
    Fut: Future<Output = Result<O>> + Send,
    O: Send + 'static,
{
    type Output = O;

    async fn run(&self, input: I, _: &RunContext) -> Result<O> {
        self(input).await
    }

    fn name(&self) -> Cow<'static, str> {
        let path = type_name::<F>();
        if path.contains("{{closure}}") { "closure".into() } else { last_segment(path).into() }
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, O>(self.name(), StepKind::Step)
    }
}

#[cfg(test)]
mod tests {
    use super::last_segment;

    #[test]
    fn the_last_name_of_a_path() {
        for (path, name) in [
            ("app::steps::Spell", "Spell"),
            ("app::Parser<app::Recipe>", "Parser"),
            ("app::retrieve<alloc::vec::Vec<alloc::string::String>>", "retrieve"),
            ("app::Wrap<fn(u8) -> app::Wrap<u8>>", "Wrap"),
            ("<app::A as app::B<u8>>::make::Local", "Local"),
            ("<app::A as app::B<u8>>::make::Local<u8>", "Local"),
            ("Bare", "Bare"),
        ] {
            assert_eq!(last_segment(path), name);
        }
    }
}
