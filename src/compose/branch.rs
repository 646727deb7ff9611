//! One step or another, by what the input is.
use crate::{ChunkStream, DynRunnable, Graph, GraphBranch, Parts, Result, RunConfig, RunContext, Runnable, StepKind};
use std::{borrow::Cow, fmt, sync::Arc};

type Condition<I> = Arc<dyn Fn(&I) -> bool + Send + Sync>;

/// Conditions with their steps, not a step yet: [`otherwise`](BranchWithoutOtherwise::otherwise) makes it one. See [`branch`].
#[must_use = "conditions do nothing until `otherwise` makes a step of them"]
pub struct BranchWithoutOtherwise<I, O> {
    cases: Vec<(Condition<I>, DynRunnable<I, O>)>,
}

/// The step of the first condition that holds; see [`branch`].
#[must_use = "a step does nothing until it is run"]
pub struct Branch<I, O> {
    cases: Vec<(Condition<I>, DynRunnable<I, O>)>,
    otherwise: DynRunnable<I, O>,
}

/// Runs the step of the first condition that holds, and [`otherwise`](BranchWithoutOtherwise::otherwise) another.
///
/// The step that is chosen is a run of its own, tagged `branch:0`, `branch:1`, … or `branch:otherwise`. It streams as
/// that step does.
///
/// # Examples
///
/// ```
/// use catena::{branch, input, map};
///
/// let size = branch()
///     .when(|n: &u32| *n < 10, map(|n: u32| format!("{n} is small")))
///     .when(|n: &u32| *n < 100, map(|n: u32| format!("{n} is fair")))
///     .otherwise(map(|n: u32| format!("{n} is large")));
/// let chain = input::<u32>() | size;
/// assert_eq!(futures::executor::block_on(chain.invoke(12_u32))?, "12 is fair");
/// # Ok::<(), catena::Error>(())
/// ```
pub fn branch<I: Send + 'static, O: Send + 'static>() -> BranchWithoutOtherwise<I, O> {
    BranchWithoutOtherwise { cases: Vec::new() }
}

impl<I: Send + 'static, O: Send + 'static> BranchWithoutOtherwise<I, O> {
    /// Adds a step for inputs of which this holds, and of which no condition before did.
    pub fn when<R>(mut self, condition: impl Fn(&I) -> bool + Send + Sync + 'static, step: R) -> Self
    where
        R: Runnable<I, Output = O> + 'static,
    {
        self.cases.push((Arc::new(condition), DynRunnable::new(step)));
        self
    }

    /// The step for all other inputs.
    pub fn otherwise<R: Runnable<I, Output = O> + 'static>(self, step: R) -> Branch<I, O> {
        Branch { cases: self.cases, otherwise: DynRunnable::new(step) }
    }
}

impl<I: Send + 'static, O: Send + 'static> Branch<I, O> {
    fn choose(&self, input: &I) -> (&DynRunnable<I, O>, RunConfig) {
        let chosen = self.cases.iter().enumerate().find(|(_, (condition, _))| condition(input));
        match chosen {
            Some((at, (_, step))) => (step, RunConfig::new().tags([format!("branch:{at}")])),
            None => (&self.otherwise, RunConfig::new().tags(["branch:otherwise"])),
        }
    }
}

impl<I: Send + 'static, O: Send + 'static> Runnable<I> for Branch<I, O> {
    type Output = O;

    async fn run(&self, input: I, cx: &RunContext) -> Result<O> {
        let (step, config) = self.choose(&input);
        cx.step_with(step.name(), config, step, input).await
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, O> {
        let (step, config) = self.choose(&input);
        cx.stream_step_with(step.name(), config, step, input)
    }

    fn name(&self) -> Cow<'static, str> {
        "branch".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let cases = self.cases.iter().enumerate();
        let cases = cases.map(|(at, (_, step))| GraphBranch::new(format!("condition {at}"), step.graph()));
        let cases = cases.chain([GraphBranch::new("otherwise", self.otherwise.graph())]).collect();
        Graph::of::<I, O>("branch", StepKind::Chain).with_parts(Parts::Choice(cases))
    }
}

crate::pipe_head!(impl<I, O> Branch<I, O>: I where I: Send + 'static, O: Send + 'static);

impl<I, O> Clone for Branch<I, O> {
    fn clone(&self) -> Self {
        Branch { cases: self.cases.clone(), otherwise: self.otherwise.clone() }
    }
}

impl<I, O> fmt::Debug for Branch<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Branch").field("cases", &self.cases.len()).finish_non_exhaustive()
    }
}

impl<I, O> fmt::Debug for BranchWithoutOtherwise<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BranchWithoutOtherwise").field("cases", &self.cases.len()).finish_non_exhaustive()
    }
}
