//! Which runs are told of.
use super::handler::forward;
use crate::{CallbackHandler, Completion, Delta, Error, PanicPolicy, Request, RunInfo, StepKind};
use serde_json::Value;
use std::{any::Any, collections::BTreeSet, time::Duration};

/// Which runs a handler, or a stream of events, is told of: by name, kind and tag.
///
/// A run must be among those named, kind and tag each, where something is said of them, and not among those left out.
///
/// # Examples
///
/// ```
/// use catena::{StepKind, callback::EventFilter};
///
/// let models = EventFilter::new().kinds([StepKind::Model]).without_tags(["quiet"]);
/// # let _ = models;
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a filter does nothing until it is given to a handler or a stream of events"]
pub struct EventFilter {
    names: BTreeSet<String>,
    kinds: BTreeSet<StepKind>,
    tags: BTreeSet<String>,
    without_names: BTreeSet<String>,
    without_kinds: BTreeSet<StepKind>,
    without_tags: BTreeSet<String>,
}

macro_rules! text_setters {
    ($($(#[$doc:meta])* $name:ident),+) => {
        $(
            $(#[$doc])*
            pub fn $name<T: Into<String>>(mut self, texts: impl IntoIterator<Item = T>) -> Self {
                self.$name.extend(texts.into_iter().map(Into::into));
                self
            }
        )+
    };
}

impl EventFilter {
    /// All runs.
    pub fn new() -> Self {
        EventFilter::default()
    }

    text_setters! {
        /// Only runs of these names.
        names,
        /// Only runs with one of these tags.
        tags,
        /// No runs of these names.
        without_names,
        /// No runs with any of these tags.
        without_tags
    }

    /// Only runs of these kinds.
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = StepKind>) -> Self {
        self.kinds.extend(kinds);
        self
    }

    /// No runs of these kinds.
    pub fn without_kinds(mut self, kinds: impl IntoIterator<Item = StepKind>) -> Self {
        self.without_kinds.extend(kinds);
        self
    }

    /// Whether this run is told of.
    pub fn accepts(&self, run: &RunInfo) -> bool {
        (self.names.is_empty() || self.names.contains(run.name()))
            && (self.kinds.is_empty() || self.kinds.contains(&run.kind()))
            && (self.tags.is_empty() || self.tags.iter().any(|tag| run.has_tag(tag)))
            && !self.without_names.contains(run.name())
            && !self.without_kinds.contains(&run.kind())
            && !self.without_tags.iter().any(|tag| run.has_tag(tag))
    }
}

/// A handler that is told of some runs only.
///
/// # Examples
///
/// ```
/// use catena::{RunContext, StepKind, callback::{ConsoleTree, EventFilter, Filtered}};
///
/// let models = EventFilter::new().kinds([StepKind::Model]);
/// let cx = RunContext::new().with(Filtered::new(ConsoleTree::new(), models));
/// # let _ = cx;
/// ```
#[derive(Debug, Clone)]
pub struct Filtered<H> {
    handler: H,
    filter: EventFilter,
}

impl<H: CallbackHandler> Filtered<H> {
    /// The handler, told of the runs that the filter accepts.
    pub fn new(handler: H, filter: EventFilter) -> Self {
        Filtered { handler, filter }
    }
}

forward!(
    impl<H> for Filtered<H>,
    |this, run| this.filter.accepts(run).then_some(&this.handler),
    this.handler.panic_policy()
);
