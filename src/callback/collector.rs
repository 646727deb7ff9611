//! Events kept in memory.
use super::{EventKind, RunEvent, RunSummary, event::handle_by_events};
use crate::{ErrorKind, RunId, RunInfo, StepKind};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

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
        let mut runs = Runs::default();
        for event in events {
            let outcome = match event.what {
                EventKind::Start { .. } => {
                    runs.begun.entry(event.run.parent()).or_default().push(&event.run);
                    continue;
                }
                EventKind::End { .. } | EventKind::LlmEnd(_) => Outcome::Value,
                EventKind::Error(_) | EventKind::LlmError(_) => Outcome::Error,
                EventKind::Cancel | EventKind::LlmCancel => Outcome::Cancelled,
                _ => continue,
            };
            let of = if event.what.is_outcome() { &mut runs.outcomes } else { &mut runs.models };
            of.insert(event.run.id, outcome);
        }
        runs.below(None)
    }
}

/// Runs by those they are part of.
#[derive(Default)]
struct Runs<'a> {
    begun: HashMap<Option<RunId>, Vec<&'a RunSummary>>,
    outcomes: HashMap<RunId, Outcome>,
    models: HashMap<RunId, Outcome>,
}

impl Runs<'_> {
    fn below(&mut self, parent: Option<RunId>) -> Vec<RunTree> {
        // Taken out, since events may say that a run lies in itself.
        let begun = self.begun.remove(&parent).unwrap_or_default();
        let mut trees: Vec<_> = begun
            .into_iter()
            .map(|run| RunTree {
                name: run.name.clone(),
                kind: run.kind,
                tags: run.tags.clone(),
                attempt: run.attempt,
                outcome: self.outcomes.get(&run.id).copied(),
                model: self.models.get(&run.id).copied(),
                children: self.below(Some(run.id)),
            })
            .collect();
        if parent.is_some() {
            trees.sort();
        }
        trees
    }
}
