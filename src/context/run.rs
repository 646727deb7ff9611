//! What is known of a run.
use super::{
    RunId,
    budget::Lanes,
    scope::{Govern, Labels, Scope},
};
use crate::callback::RunSummary;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{borrow::Cow, fmt, sync::Arc};

/// What a handler learns about the run an event belongs to.
pub struct RunInfo {
    pub(super) id: RunId,
    pub(super) parent: Option<Arc<RunInfo>>,
    pub(super) name: Cow<'static, str>,
    pub(super) kind: StepKind,
    pub(super) attempt: Option<u32>,
    pub(super) model: Option<Cow<'static, str>>,
    pub(super) govern: Govern,
    /// Where those that this run has work side by side get their turns.
    pub(super) lanes: Lanes,
    pub(super) scope: Arc<Scope>,
}

/// What sort of step a run is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepKind {
    /// A chain, or a step that is made of others.
    Chain,
    /// A prompt that is filled.
    Prompt,
    /// A language model.
    Model,
    /// A parser of what a model wrote.
    Parser,
    /// A tool that a model may call.
    Tool,
    /// A search for what a model is to know.
    Retriever,
    /// Any other step, such as a function.
    #[default]
    Step,
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            StepKind::Chain => "chain",
            StepKind::Prompt => "prompt",
            StepKind::Model => "model",
            StepKind::Parser => "parser",
            StepKind::Tool => "tool",
            StepKind::Retriever => "retriever",
            StepKind::Step => "step",
        })
    }
}

impl RunInfo {
    /// A run that was written down.
    pub(crate) fn recorded(run: &RunSummary, parent: Option<Arc<RunInfo>>) -> Self {
        let labels = Labels { tags: run.tags.iter().cloned().collect(), metadata: run.metadata.clone() };
        RunInfo {
            id: run.id,
            parent,
            name: run.name.clone().into(),
            kind: run.kind,
            attempt: run.attempt,
            model: run.model.clone().map(Cow::Owned),
            govern: Govern::default(),
            lanes: Lanes::default(),
            scope: Arc::new(Scope { labels: Arc::new(labels), ..Scope::default() }),
        }
    }

    /// The same run, which is under way.
    pub(super) fn same(&self) -> Self {
        RunInfo {
            id: self.id,
            parent: self.parent.clone(),
            name: self.name.clone(),
            kind: self.kind,
            attempt: self.attempt,
            model: self.model.clone(),
            govern: Govern::default(),
            lanes: self.lanes.clone(),
            scope: Arc::clone(&self.scope),
        }
    }

    /// This run.
    pub fn id(&self) -> RunId {
        self.id
    }

    /// The run it is part of; absent for an invocation.
    pub fn parent(&self) -> Option<RunId> {
        self.parent.as_ref().map(|parent| parent.id)
    }

    /// The runs it is part of, the invocation first.
    pub fn parents(&self) -> Vec<RunId> {
        let mut parents = Vec::new();
        let mut run = self;
        while let Some(parent) = &run.parent {
            parents.push(parent.id);
            run = parent;
        }
        parents.reverse();
        parents
    }

    /// The name of the step or chain.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What sort of step it is.
    pub fn kind(&self) -> StepKind {
        self.kind
    }

    /// Its tags and those of the runs it is part of, in alphabetical order.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.scope.labels.tags.iter().map(String::as_str)
    }

    /// Whether it has this tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.scope.labels.tags.contains(tag)
    }

    /// Its metadata over that of the runs it is part of.
    pub fn metadata(&self) -> &Map<String, Value> {
        &self.scope.labels.metadata
    }

    /// Which attempt of a [`retry`](crate::retry()) it is, from 1.
    pub fn attempt(&self) -> Option<u32> {
        self.attempt
    }

    /// In the events of a model: the provider's name, whatever the step is called.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Asks to abort the whole invocation this run belongs to.
    ///
    /// It fails with [`ErrorKind::Aborted`](crate::ErrorKind::Aborted) at its next event: a generating model stops
    /// within one token. Only the first reason is kept.
    pub fn abort(&self, reason: impl Into<String>) {
        self.scope.invocation.abort.get_or_init(|| reason.into());
    }
}

impl fmt::Debug for RunInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunInfo")
            .field("id", &self.id)
            .field("parent", &self.parent())
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
