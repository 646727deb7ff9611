//! Which configurable keys the steps of a graph read.
use super::{Graph, Parts};
use std::collections::BTreeSet;

/// Whether a step tells of all the configurable keys that it reads itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Reads {
    /// It does.
    #[default]
    Told,
    /// When it runs it may read any.
    Any,
    /// It may read any, and it need not run even if the step it is part of does.
    Perhaps,
}

/// What is known of the keys of a graph.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Those told of.
    pub(crate) told: BTreeSet<String>,
    /// How sure it is that these are all, of the least sure of the steps.
    pub(crate) reads: Reads,
}

impl Graph {
    /// The same, reading any keys.
    pub(crate) fn reading_any(mut self) -> Self {
        self.reads = Reads::Any;
        self
    }

    /// The same, what is inside not being run each time.
    pub(crate) fn running_perhaps(mut self) -> Self {
        if self.keys().reads != Reads::Told {
            self.reads = Reads::Perhaps;
        }
        self
    }

    /// The configurable keys that it and the steps inside tell of, sorted.
    ///
    /// ```
    /// use catena::{alternatives, input, passthrough};
    ///
    /// let chain = input::<u32>() | alternatives("model", "small", passthrough()).or("large", passthrough());
    /// assert_eq!(chain.graph().configurable_keys(), ["model"]);
    /// ```
    #[doc(alias = "config_specs")]
    pub fn configurable_keys(&self) -> Vec<String> {
        self.keys().told.into_iter().collect()
    }

    pub(crate) fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        self.gather(true, &mut keys);
        keys
    }

    fn gather(&self, runs: bool, keys: &mut Keys) {
        keys.told.extend(self.configurable.iter().cloned());
        keys.reads = match (self.reads, keys.reads) {
            (Reads::Told, before) => before,
            (Reads::Any, Reads::Told | Reads::Any) if runs => Reads::Any,
            _ => Reads::Perhaps,
        };
        match &self.parts {
            Parts::None => (),
            Parts::Sequence(steps) => steps.iter().for_each(|step| step.gather(runs, keys)),
            Parts::Parallel(branches) => branches.iter().for_each(|branch| branch.step.gather(runs, keys)),
            Parts::Choice(branches) => branches.iter().for_each(|branch| branch.step.gather(false, keys)),
            Parts::Inner(step) => step.gather(runs, keys),
        }
    }
}
