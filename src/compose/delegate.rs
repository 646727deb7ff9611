//! Functions that give the step to run.
use crate::{ChunkStream, Graph, Result, RunContext, Runnable, StepKind, chunk::failed, dynamic::owning_stream};
use std::{borrow::Cow, fmt, marker::PhantomData};

/// A function that gives the step to run; see [`delegate`].
#[must_use = "a step does nothing until it is run"]
pub struct Delegate<F, R> {
    choose: F,
    step: PhantomData<fn() -> R>,
}

/// Runs, on the same input, the step that a function of the input gives.
///
/// That step is a run of its own and streams as ever; it may itself delegate. More than 25 in each other, or as many as
/// [`RunConfig::recursion_limit`](crate::RunConfig::recursion_limit) says, are an
/// [`ErrorKind::RecursionLimit`](crate::ErrorKind::RecursionLimit). Steps of several types are given as
/// [`DynRunnable`](crate::DynRunnable).
///
/// # Examples
///
/// ```
/// use catena::{DynRunnable, Result, delegate, input, map};
///
/// /// Halves a number until it is odd.
/// fn halve() -> DynRunnable<u32, u32> {
///     let choose = |n: &u32| -> Result<DynRunnable<u32, u32>> {
///         Ok(if n % 2 == 1 { DynRunnable::new(map(|n: u32| n)) } else { (input::<u32>() | map(|n: u32| n / 2) | halve()).erase() })
///     };
///     DynRunnable::new(delegate(choose))
/// }
///
/// assert_eq!(futures::executor::block_on(halve().invoke(40_u32))?, 5);
/// # Ok::<(), catena::Error>(())
/// ```
pub fn delegate<I, R, F>(choose: F) -> Delegate<F, R>
where
    I: Send + 'static,
    R: Runnable<I> + 'static,
    F: Fn(&I) -> Result<R> + Send + Sync,
{
    Delegate { choose, step: PhantomData }
}

impl<I, R, F> Runnable<I> for Delegate<F, R>
where
    I: Send + 'static,
    R: Runnable<I> + 'static,
    F: Fn(&I) -> Result<R> + Send + Sync,
{
    type Output = R::Output;

    async fn run(&self, input: I, cx: &RunContext) -> Result<R::Output> {
        let cx = cx.deeper()?;
        let step = (self.choose)(&input)?;
        cx.step(step.name(), &step, input).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, R::Output> {
        let chosen = cx.deeper().and_then(|cx| Ok((cx, (self.choose)(&input)?)));
        match chosen {
            Ok((cx, step)) => owning_stream(step, move |step| cx.stream_step(step.name(), step, input)),
            Err(error) => failed(error),
        }
    }

    fn name(&self) -> Cow<'static, str> {
        "delegate".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        Graph::of::<I, R::Output>("delegate", StepKind::Chain)
            .with_note("to a step that the input decides on")
            .reading_any()
            .running_perhaps()
    }
}

impl<F: Clone, R> Clone for Delegate<F, R> {
    fn clone(&self) -> Self {
        Delegate { choose: self.choose.clone(), step: PhantomData }
    }
}

impl<F, R> fmt::Debug for Delegate<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delegate").finish_non_exhaustive()
    }
}
