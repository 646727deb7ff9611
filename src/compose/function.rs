//! Functions as steps.
use crate::{Result, RunContext, Runnable};
use std::{borrow::Cow, fmt};

/// A plain function as a step; see [`map`].
#[derive(Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct Map<F>(F);

/// A function that neither waits nor fails, as a step.
///
/// # Examples
///
/// ```
/// use catena::{input, map};
///
/// let chain = input::<String>() | map(|text: String| text.to_uppercase());
/// assert_eq!(futures::executor::block_on(chain.invoke("ada"))?, "ADA");
/// # Ok::<(), catena::Error>(())
/// ```
pub fn map<I, O, F: Fn(I) -> O>(f: F) -> Map<F> {
    Map(f)
}

impl<F> fmt::Debug for Map<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Map").finish_non_exhaustive()
    }
}

impl<I: Send + 'static, O: Send + 'static, F: Fn(I) -> O + Send + Sync> Runnable<I> for Map<F> {
    type Output = O;

    async fn run(&self, input: I, _: &RunContext) -> Result<O> {
        Ok((self.0)(input))
    }

    fn name(&self) -> Cow<'static, str> {
        "map".into()
    }
}

/// An async function that also takes the context, as a step; see [`with_context`].
#[derive(Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct WithContext<F>(F);

/// An async function of an input and the [`RunContext`], as a step. Runs it starts with that context become its
/// children in the run tree.
///
/// # Examples
///
/// ```
/// use catena::{RunContext, input, map, with_context};
///
/// let shout = (input::<String>() | map(|text: String| text.to_uppercase())).named("shout");
/// let chain = input::<String>()
///     | with_context(move |text: String, cx: RunContext| {
///         let shout = shout.clone();
///         async move { shout.invoke_in(text, &cx).await }
///     });
/// assert_eq!(futures::executor::block_on(chain.invoke("ada"))?, "ADA");
/// # Ok::<(), catena::Error>(())
/// ```
pub fn with_context<I, O, F, Fut>(f: F) -> WithContext<F>
where
    F: Fn(I, RunContext) -> Fut,
    Fut: Future<Output = Result<O>>,
{
    WithContext(f)
}

impl<F> fmt::Debug for WithContext<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WithContext").finish_non_exhaustive()
    }
}

impl<I, O, F, Fut> Runnable<I> for WithContext<F>
where
    I: Send + 'static,
    O: Send + 'static,
    F: Fn(I, RunContext) -> Fut + Send + Sync,
    Fut: Future<Output = Result<O>> + Send,
{
    type Output = O;

    async fn run(&self, input: I, cx: &RunContext) -> Result<O> {
        (self.0)(input, cx.clone()).await
    }

    fn name(&self) -> Cow<'static, str> {
        "closure".into()
    }
}
