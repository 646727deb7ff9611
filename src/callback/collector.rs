//! Events kept in memory.
use super::{EventKind, RunEvent, event::handle_by_events};
use crate::{ErrorKind, RunId, RunInfo, StepKind};
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps all events, for tests and for looking at a run afterwards. Clones keep them in the same place.
///
/// # Examples
///
/// ```
/// use catena::{RunContext, callback::Collector, input, map};
///
/// let collector = Collector::new();
/// let chain = input::<u32>() | map(|n: u32| n + 1);
/// futures::executor::block_on(chain.invoke_in(1_u32, &RunContext::new().with(collector.clone())))?;
/// let tree = &collector.trees()[0];
/// assert_eq!((tree.name.as_str(), tree.children[0].name.as_str()), ("chain", "map"));
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Collector(Arc<Mutex<Vec<RunEvent>>>);

/// A run with the runs in it, without what differs from one time to the next: ids, times, the order in which runs side by
/// side began.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct RunTree {
    /// The name of the step or chain.
    pub name: String,
    /// What sort of step it is.
    pub kind: StepKind,
    /// Its tags.
    pub tags: Vec<String>,
    /// Which attempt of a retry it is.
    pub attempt: Option<u32>,
    /// How it ended; absent if it has not.
    pub outcome: Option<Outcome>,
    /// How its model ended, if it has one.
    pub model: Option<Outcome>,
    /// The runs in it, by name.
    pub children: Vec<RunTree>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// With a value.
    Value,
    /// With an error.
    Error,
    /// It was cancelled.
    Cancelled,
}

impl Collector {
    /// One that has kept nothing yet.
    pub fn new() -> Self {
        Collector::default()
    }

    /// The events so far, in the order in which they came.
    pub fn events(&self) -> Vec<RunEvent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets the events so far.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The invocations so far, in the order in which they began.
    pub fn trees(&self) -> Vec<RunTree> {
        RunTree::of(&self.events())
    }

    /// The kinds of the errors so far, of all runs.
    pub fn errors(&self) -> Vec<ErrorKind> {
        let errors = self.events().into_iter().filter_map(|event| match event.what {
            EventKind::Error(error) => Some(error.kind()),
            _ => None,
        });
        errors.collect()
    }

    fn take(&self, run: &RunInfo, what: EventKind) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(RunEvent::now(run, what));
    }
}

handle_by_events!(Collector);

impl RunTree {
    /// The trees of runs that these events tell of.
    pub fn of(events: &[RunEvent]) -> Vec<RunTree> {
        below(None, events)
    }
}

fn below(parent: Option<RunId>, events: &[RunEvent]) -> Vec<RunTree> {
    let begun =
        events.iter().filter(|event| matches!(event.what, EventKind::Start { .. }) && event.run.parent() == parent);
    let mut trees: Vec<_> = begun.map(|start| tree(start, events)).collect();
    if parent.is_some() {
        trees.sort();
    }
    trees
}

fn tree(start: &RunEvent, events: &[RunEvent]) -> RunTree {
    let own = || events.iter().filter(|event| event.run.id == start.run.id);
    RunTree {
        name: start.run.name.clone(),
        kind: start.run.kind,
        tags: start.run.tags.clone(),
        attempt: start.run.attempt,
        outcome: own().find_map(|event| match event.what {
            EventKind::End { .. } => Some(Outcome::Value),
            EventKind::Error(_) => Some(Outcome::Error),
            EventKind::Cancel => Some(Outcome::Cancelled),
            _ => None,
        }),
        model: own().find_map(|event| match event.what {
            EventKind::LlmEnd(_) => Some(Outcome::Value),
            EventKind::LlmError(_) => Some(Outcome::Error),
            EventKind::LlmCancel => Some(Outcome::Cancelled),
            _ => None,
        }),
        children: below(Some(start.run.id), events),
    }
}
