//! Functions as steps.
use crate::{Graph, Result, RunContext, Runnable, StepKind};
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

    fn graph(&self) -> Graph {
        Graph::of::<I, O>(self.name(), StepKind::Step)
    }
}

/// An async function that also takes the context, as a step; see [`with_context`].
#[derive(Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct WithContext<F> {
    f: F,
    keys: Option<Vec<String>>,
}

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
    WithContext { f, keys: None }
}

impl<F> WithContext<F> {
    /// The same step, which reads these configurable keys and no others.
    ///
    /// Others are then refused before anything runs; and a key that it reads only sometimes is known to be read.
    ///
    /// ```
    /// use catena::{ErrorKind, RunConfig, RunContext, input, with_context};
    ///
    /// let loud = |text: String, cx: RunContext| async move {
    ///     let loud = cx.configurable("loud").is_some_and(|loud| loud == true);
    ///     Ok(if loud { text.to_uppercase() } else { text })
    /// };
    /// let chain = input::<String>() | with_context(loud).reading(["loud"]);
    /// # futures::executor::block_on(async {
    /// assert_eq!(chain.invoke_in("hey", &RunConfig::new().configurable("loud", true).into()).await?, "HEY");
    /// let error = chain.invoke_in("hey", &RunConfig::new().configurable("lout", true).into()).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::UnknownKey);
    /// # Ok::<(), catena::Error>(()) }).unwrap();
    /// ```
    pub fn reading<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys.get_or_insert_default().extend(keys.into_iter().map(Into::into));
        self
    }
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
        (self.f)(input, cx.clone()).await
    }

    fn name(&self) -> Cow<'static, str> {
        "closure".into()
    }

    fn graph(&self) -> Graph {
        let graph = Graph::of::<I, O>(self.name(), StepKind::Step);
        match &self.keys {
            Some(keys) => graph.reading(keys),
            None => graph.reading_any(),
        }
    }
}
