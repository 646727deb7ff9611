//! Steps to choose among when a chain is called.
use super::router::unknown;
use crate::{
    ChunkStream, DynRunnable, Error, ErrorKind, Graph, GraphBranch, Parts, Result, RunContext, Runnable, StepKind,
    chunk::failed,
};
use std::{borrow::Cow, fmt};

/// One of several steps, chosen by the call; see [`alternatives`].
#[must_use = "a step does nothing until it is run"]
pub struct Alternatives<I, O> {
    key: Cow<'static, str>,
    /// The default comes first.
    steps: Vec<(String, DynRunnable<I, O>)>,
}

/// One of several steps: the one that the call's configuration names under `key`, and `step`, named `default`, if it
/// names none.
///
/// Choose with [`RunConfig::configurable`](crate::RunConfig::configurable). A name that none has is an
/// [`ErrorKind::UnknownKey`], which lists those there are. The step that is chosen is a run of its own, and streams as
/// ever.
///
/// # Examples
///
/// ```
/// use catena::{Model, RunConfig, alternatives, input, map, testing::FakeLlm};
///
/// let (small, large) = (Model::new(FakeLlm::always("yes")), Model::new(FakeLlm::always("Yes, indeed.")));
/// let chain = input::<String>() | alternatives("model", "small", small).or("large", large) | map(|text: String| text.len());
/// # futures::executor::block_on(async {
/// assert_eq!(chain.invoke("Is it?").await?, 3);
/// assert_eq!(chain.invoke_in("Is it?", &RunConfig::new().configurable("model", "large").into()).await?, 12);
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
pub fn alternatives<I, O, R>(
    key: impl Into<Cow<'static, str>>,
    default: impl Into<String>,
    step: R,
) -> Alternatives<I, O>
where
    I: Send + 'static,
    O: Send + 'static,
    R: Runnable<I, Output = O> + 'static,
{
    Alternatives { key: key.into(), steps: vec![(default.into(), DynRunnable::new(step))] }
}

impl<I: Send + 'static, O: Send + 'static> Alternatives<I, O> {
    /// Adds a step under this name. A name given twice is an [`ErrorKind::InvalidOption`] of the first run.
    pub fn or<R: Runnable<I, Output = O> + 'static>(mut self, name: impl Into<String>, step: R) -> Self {
        self.steps.push((name.into(), DynRunnable::new(step)));
        self
    }

    fn choose(&self, cx: &RunContext) -> Result<&DynRunnable<I, O>> {
        let mut sorted: Vec<_> = self.steps.iter().map(|(name, _)| name).collect();
        sorted.sort_unstable();
        if let Some((name, _)) = sorted.iter().zip(sorted.iter().skip(1)).find(|(a, b)| a == b) {
            let message = format!("two alternatives are named `{name}`: leave out one of them");
            return Err(Error::new(ErrorKind::InvalidOption, message));
        }
        let named = match cx.configurable(&self.key) {
            None => self.steps.first().map(|(_, step)| step).ok_or(String::new()),
            Some(name) => {
                let text = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
                self.steps.iter().find(|(name, _)| *name == text).map(|(_, step)| step).ok_or(text)
            }
        };
        named.map_err(|name| {
            let what = format!("alternative of `{}` named", self.key);
            unknown(&what, &name, self.steps.iter().map(|(name, _)| name.as_str()))
        })
    }
}

impl<I: Send + 'static, O: Send + 'static> Runnable<I> for Alternatives<I, O> {
    type Output = O;

    async fn run(&self, input: I, cx: &RunContext) -> Result<O> {
        let step = self.choose(cx)?;
        cx.step(step.name(), step, input).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, O> {
        match self.choose(cx) {
            Ok(step) => cx.stream_step(step.name(), step, input),
            Err(error) => failed(error),
        }
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, O> {
        match self.choose(cx) {
            Ok(step) => cx.transform_step(step.name(), step, input),
            Err(error) => failed(error),
        }
    }

    fn name(&self) -> Cow<'static, str> {
        self.key.clone()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let steps = self.steps.iter().map(|(name, step)| GraphBranch::new(name, step.graph())).collect();
        let default = self.steps.first().map(|(name, _)| format!("`{name}` unless configured")).unwrap_or_default();
        Graph::of::<I, O>(self.key.clone(), StepKind::Chain)
            .with_note(default)
            .with_parts(Parts::Choice(steps))
            .reading([&*self.key])
    }
}

crate::pipe_head!(impl<I, O> Alternatives<I, O>: I where I: Send + 'static, O: Send + 'static);

impl<I, O> Clone for Alternatives<I, O> {
    fn clone(&self) -> Self {
        Alternatives { key: self.key.clone(), steps: self.steps.clone() }
    }
}

impl<I, O> fmt::Debug for Alternatives<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.steps.iter().map(|(name, _)| name).collect();
        f.debug_struct("Alternatives").field("key", &self.key).field("steps", &names).finish()
    }
}
