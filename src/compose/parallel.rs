//! Named steps side by side.
use super::{
    side_by_side::{Slot, all, merged, run_in_turn, stream_in_turn, transform_in_turn},
    tee::Tee,
};
use crate::{
    ChunkStream, DynRunnable, Error, ErrorKind, Graph, GraphBranch, Parts, Result, RunContext, Runnable, StepKind,
    chunk::failed,
};
use futures::FutureExt;
use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

/// Named steps that run side by side, each on a clone of the input; gathered at run time.
///
/// All give values of one type. The first failure cancels the others. Each branch is a run under its name, and what it
/// hands out on the way comes as [`Delta::Branch`](crate::Delta::Branch). Behind a step that streams each branch has what
/// comes in as it comes. A few steps of different types run side by side
/// as a tuple.
///
/// # Examples
///
/// ```
/// use catena::{Parallel, input, map};
///
/// let shapes = Parallel::new()
///     .with("upper", map(|text: String| text.to_uppercase()))
///     .with("lower", map(|text: String| text.to_lowercase()));
/// let chain = input::<String>() | shapes;
/// let both = futures::executor::block_on(chain.invoke("Ada"))?;
/// assert_eq!((both["upper"].as_str(), both["lower"].as_str()), ("ADA", "ada"));
///
/// // What the branches give fills a prompt, as what was retrieved and the question do:
/// use catena::{Template, Vars};
/// let prompt = chain | map(Vars::from) | Template::new("{upper} or {lower}?")?;
/// # Ok::<(), catena::Error>(())
/// ```
#[must_use = "a step does nothing until it is run"]
pub struct Parallel<I, O> {
    branches: Vec<(Arc<str>, DynRunnable<I, O>)>,
}

impl<I: Send + 'static, O: Send + 'static> Parallel<I, O> {
    /// No steps yet.
    pub fn new() -> Self {
        Parallel { branches: Vec::new() }
    }

    /// Adds a step under this name. A name given twice is an [`ErrorKind::InvalidOption`] of the first run.
    pub fn with<R: Runnable<I, Output = O> + 'static>(mut self, name: impl Into<String>, step: R) -> Self {
        self.branches.push((name.into().into(), DynRunnable::new(step)));
        self
    }

    /// The stream of all branches, each of which `begin` begins.
    fn streamed<'a>(
        &'a self,
        begin: impl Fn(Cow<'static, str>, &'a DynRunnable<I, O>) -> ChunkStream<'a, O>,
    ) -> ChunkStream<'a, BTreeMap<String, O>> {
        if let Err(error) = self.check() {
            return failed(error);
        }
        let slots: Vec<_> = self.branches.iter().map(|_| Slot::new()).collect();
        let branches = self.branches.iter().zip(&slots);
        let members: Vec<_> = branches
            .map(|((name, step), slot)| slot.fill(Arc::clone(name), begin(name.to_string().into(), step)))
            .collect();
        merged(members, move || {
            self.branches.iter().zip(&slots).map(|((name, _), slot)| Ok((name.to_string(), slot.take()?))).collect()
        })
    }

    fn check(&self) -> Result<()> {
        let mut names: Vec<_> = self.branches.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        match names.iter().zip(names.iter().skip(1)).find(|(a, b)| a == b) {
            None => Ok(()),
            Some((name, _)) => Err(Error::new(
                ErrorKind::InvalidOption,
                format!("two steps that run side by side are named `{name}`: their values would fall together"),
            )),
        }
    }
}

impl<I: Clone + Send + 'static, O: Send + 'static> Runnable<I> for Parallel<I, O> {
    type Output = BTreeMap<String, O>;

    async fn run(&self, input: I, cx: &RunContext) -> Result<Self::Output> {
        self.check()?;
        let lanes = &cx.lanes();
        let runs = self.branches.iter().map(|(name, step)| {
            let run = run_in_turn(lanes, cx, name.to_string().into(), step, input.clone());
            run.map(|value| value.map(|value| (name.to_string(), value)))
        });
        Ok(all(runs).await?.into_iter().collect())
    }

    fn run_stream(&self, input: I, cx: &RunContext) -> ChunkStream<'_, Self::Output> {
        let lanes = Arc::new(cx.lanes());
        self.streamed(|name, step| stream_in_turn(&lanes, cx, name, step, input.clone()))
    }

    fn transform<'a>(&'a self, input: ChunkStream<'a, I>, cx: &RunContext) -> ChunkStream<'a, Self::Output> {
        let (lanes, input) = (Arc::new(cx.lanes()), Tee::new(input));
        let chunks = self.streamed(|name, step| transform_in_turn(&lanes, cx, name, step, input.reader()));
        input.hold(chunks)
    }

    fn name(&self) -> Cow<'static, str> {
        "parallel".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let branches = self.branches.iter().map(|(name, step)| GraphBranch::new(&**name, step.graph())).collect();
        Graph::of::<I, Self::Output>("parallel", StepKind::Chain).with_parts(Parts::Parallel(branches))
    }
}

crate::pipe_head!(impl<I, O> Parallel<I, O>: I where I: Clone + Send + 'static, O: Send + 'static);

impl<I: Send + 'static, O: Send + 'static> Default for Parallel<I, O> {
    fn default() -> Self {
        Parallel::new()
    }
}

impl<I: Send + 'static, O: Send + 'static, N: Into<String>> FromIterator<(N, DynRunnable<I, O>)> for Parallel<I, O> {
    fn from_iter<T: IntoIterator<Item = (N, DynRunnable<I, O>)>>(steps: T) -> Self {
        steps.into_iter().fold(Parallel::new(), |parallel, (name, step)| parallel.with(name, step))
    }
}

impl<I, O> Clone for Parallel<I, O> {
    fn clone(&self) -> Self {
        Parallel { branches: self.branches.clone() }
    }
}

impl<I, O> fmt::Debug for Parallel<I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.branches.iter().map(|(name, _)| name)).finish()
    }
}
