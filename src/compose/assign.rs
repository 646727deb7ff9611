//! Values added to those that are there.
use super::side_by_side::{Slot, all, merged, run_in_turn, stream_in_turn};
use crate::{
    Chunk, ChunkStream, Delta, DynRunnable, Error, ErrorKind, Graph, GraphBranch, Parts, Result, RunContext, Runnable,
    StepKind, Vars, chunk::failed,
};
use futures::{FutureExt, StreamExt, stream};
use serde::Serialize;
use serde_json::Value;
use std::{borrow::Cow, fmt, sync::Arc};

/// Steps whose values are added to the variables; see [`assign`].
#[derive(Clone)]
#[must_use = "a step does nothing until it is run"]
pub struct Assign {
    steps: Vec<(Arc<str>, DynRunnable<Vars, Value>)>,
}

/// Adds the value of a step on the variables to them, under `name`; [`and`](Assign::and) adds more steps, which run side
/// by side.
///
/// The first failure cancels the others. In a stream the variables that stay come first, each as a
/// [`Delta::Branch`] with its value, then what the steps hand out. Use [`assign_with`](crate::assign_with()) on types of your own.
///
/// # Examples
///
/// ```
/// use catena::{Template, Vars, assign, input, map};
///
/// let look_up = map(|vars: Vars| format!("what is known of {}", vars.get("topic").unwrap()));
/// let chain = input::<Vars>() | assign("facts", look_up) | Template::new("{topic}: {facts}")?;
/// let prompt = futures::executor::block_on(chain.invoke([("topic", "oaks")]))?;
/// assert_eq!(prompt.to_string(), "oaks: what is known of \"oaks\"");
/// # Ok::<(), catena::Error>(())
/// ```
pub fn assign<R>(name: impl Into<String>, step: R) -> Assign
where
    R: Runnable<Vars, Output: Serialize> + 'static,
{
    Assign { steps: Vec::new() }.and(name, step)
}

impl Assign {
    /// Adds a step, whose value gets this name. A name given twice is an [`ErrorKind::InvalidOption`] of the first run.
    pub fn and<R>(mut self, name: impl Into<String>, step: R) -> Self
    where
        R: Runnable<Vars, Output: Serialize> + 'static,
    {
        self.steps.push((name.into().into(), DynRunnable::new(AsValue(step))));
        self
    }

    fn check(&self) -> Result<()> {
        let mut names: Vec<_> = self.steps.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        match names.iter().zip(names.iter().skip(1)).find(|(a, b)| a == b) {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!("two values are assigned to `{name}`: leave out one of them");
                Err(Error::new(ErrorKind::InvalidOption, message))
            }
        }
    }
}

impl Runnable<Vars> for Assign {
    type Output = Vars;

    async fn run(&self, vars: Vars, cx: &RunContext) -> Result<Vars> {
        self.check()?;
        let lanes = &cx.lanes();
        let runs = self.steps.iter().map(|(name, step)| {
            let run = run_in_turn(lanes, cx, name.to_string().into(), step, vars.clone());
            run.map(|value| value.map(|value| (name.to_string(), value)))
        });
        let values = all(runs).await?;
        Ok(values.into_iter().fold(vars, |vars, (name, value)| vars.with(name, value)))
    }

    fn run_stream(&self, vars: Vars, cx: &RunContext) -> ChunkStream<'_, Vars> {
        if let Err(error) = self.check() {
            return failed(error);
        }
        let kept = vars.iter().filter(|(name, _)| self.steps.iter().all(|(assigned, _)| **assigned != **name));
        let kept: Vec<_> = kept
            .map(|(name, value)| {
                let delta = Box::new(Delta::Json(value.clone()));
                Ok(Chunk::Delta(Delta::Branch { branch: name.into(), delta }))
            })
            .collect();
        let lanes = Arc::new(cx.lanes());
        let slots: Vec<_> = self.steps.iter().map(|_| Slot::new()).collect();
        let members: Vec<_> = self
            .steps
            .iter()
            .zip(&slots)
            .map(|((name, step), slot)| {
                let chunks = stream_in_turn(&lanes, cx, name.to_string().into(), step, vars.clone());
                slot.fill(Arc::clone(name), chunks)
            })
            .collect();
        let value = move || {
            let mut assigned = self.steps.iter().zip(&slots);
            assigned.try_fold(vars, |vars, ((name, _), slot)| Ok(vars.with(&**name, slot.take()?)))
        };
        stream::iter(kept).chain(merged(members, value)).boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        "assign".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let steps = self.steps.iter().map(|(name, step)| GraphBranch::new(&**name, step.graph())).collect();
        Graph::of::<Vars, Vars>("assign", StepKind::Chain).with_parts(Parts::Parallel(steps))
    }
}

crate::pipe_head!(Assign: Vars);

impl fmt::Debug for Assign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.steps.iter().map(|(name, _)| name)).finish()
    }
}

/// A step whose value is given as JSON. It stands in for that step.
struct AsValue<R>(R);

impl<R: Runnable<Vars, Output: Serialize>> Runnable<Vars> for AsValue<R> {
    type Output = Value;

    async fn run(&self, vars: Vars, cx: &RunContext) -> Result<Value> {
        to_value(self.0.run(vars, cx).await?)
    }

    fn run_stream(&self, vars: Vars, cx: &RunContext) -> ChunkStream<'_, Value> {
        let chunks = self.0.run_stream(vars, cx).map(|chunk| match chunk? {
            Chunk::Delta(delta) => Ok(Chunk::Delta(delta)),
            Chunk::Done(value) => to_value(value).map(Chunk::Done),
        });
        chunks.boxed()
    }

    fn name(&self) -> Cow<'static, str> {
        self.0.name()
    }

    fn kind(&self) -> StepKind {
        self.0.kind()
    }

    fn config(&self) -> Option<Cow<'_, crate::RunConfig>> {
        self.0.config()
    }

    fn graph(&self) -> Graph {
        self.0.graph()
    }
}

fn to_value(value: impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|cause| {
        let message = format!("the value cannot be represented as a variable: {cause}");
        Error::new(ErrorKind::Variables, message).with_source(cause)
    })
}
