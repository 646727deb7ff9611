//! Steps with a configuration of their own.
use crate::{ChunkStream, Graph, Result, RunConfig, RunContext, Runnable, StepKind};
use std::borrow::Cow;

/// A step with a configuration of its own; see [`with_config`].
#[derive(Debug, Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct Configured<R> {
    step: R,
    name: Option<Cow<'static, str>>,
    config: RunConfig,
}

/// The same step, each run of which goes as `config` says too: with this name and these tags, watched by these handlers,
/// within these limits.
///
/// # Examples
///
/// ```
/// use catena::{GenerateOptions, Model, RunConfig, map, testing::FakeLlm, with_config};
///
/// let llm = Model::new(FakeLlm::always("Good day"));
/// let brief = RunConfig::new().name("greeter").tags(["brief"]).options(GenerateOptions::new().max_tokens(8));
/// let chain = catena::input::<String>() | with_config(llm.clone(), brief) | map(|text: String| text.len());
/// assert_eq!(futures::executor::block_on(chain.invoke("Greet me."))?, 8);
/// assert_eq!(llm.requests()[0].options.max_tokens, Some(8));
/// # Ok::<(), catena::Error>(())
/// ```
pub fn with_config<R>(step: R, mut config: RunConfig) -> Configured<R> {
    Configured { step, name: config.name.take(), config }
}

impl<I: Send + 'static, R: Runnable<I>> Runnable<I> for Configured<R> {
    type Output = R::Output;

    async fn run(&self, input: I, cx: &RunContext) -> Result<R::Output> {
        self.step.run(input, cx).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, R::Output> {
        self.step.run_stream(input, cx)
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, R::Output> {
        self.step.transform(input, cx)
    }

    fn name(&self) -> Cow<'static, str> {
        self.name.clone().unwrap_or_else(|| self.step.name())
    }

    fn graph(&self) -> Graph {
        let mut graph = self.step.graph();
        if let Some(name) = &self.name {
            graph.name = name.to_string();
        }
        graph
    }

    fn kind(&self) -> StepKind {
        self.step.kind()
    }

    fn config(&self) -> Option<Cow<'_, RunConfig>> {
        Some(match self.step.config() {
            Some(inner) => Cow::Owned(self.config.clone().overridden_by(inner.into_owned())),
            None => Cow::Borrowed(&self.config),
        })
    }
}
