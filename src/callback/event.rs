//! Events that can be kept.
use super::record;
use crate::{Completion, Delta, Error, GenerateOptions, Message, Prompt, Request, RunId, RunInfo, StepKind, Vars};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    any::Any,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// Something that happened to a run, to be kept, sent or written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunEvent {
    /// When.
    pub at: SystemTime,
    /// To which run.
    pub run: Arc<RunSummary>,
    /// What.
    #[serde(flatten)]
    pub what: EventKind,
}

/// What is known of a run, without the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RunSummary {
    /// The run.
    pub id: RunId,
    /// The runs it is part of, the invocation first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<RunId>,
    /// The name of the step or chain.
    pub name: String,
    /// What sort of step it is.
    pub kind: StepKind,
    /// Its tags and those of the runs it is part of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Its metadata over that of the runs it is part of.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Which attempt of a retry it is, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// In the events of a model: the provider's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// What happened to a run; each is one method of [`CallbackHandler`](crate::CallbackHandler).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// The run began.
    Start {
        /// What it takes, where that can be told: text, numbers, variables, prompts, JSON.
        input: Option<Value>,
    },
    /// It handed out an increment.
    Delta(Delta),
    /// It gave its value.
    End {
        /// The value, where it can be told.
        output: Option<Value>,
    },
    /// It failed.
    #[serde(with = "record")]
    Error(Error),
    /// It was cancelled.
    Cancel,
    /// Its model was asked.
    LlmStart {
        /// The prompt as text.
        prompt: String,
        /// How it is to generate.
        options: Box<GenerateOptions>,
        /// Whether it is held to a grammar.
        grammar: bool,
    },
    /// Its model wrote text.
    LlmToken(String),
    /// Its model finished.
    LlmEnd(Box<Completion>),
    /// Its model failed.
    #[serde(with = "record")]
    LlmError(Error),
    /// Its model was stopped.
    LlmCancel,
    /// It tries its step again.
    Retry {
        /// After this many attempts.
        attempts: u32,
        /// The last of which failed so.
        #[serde(with = "record")]
        error: Error,
        /// And this wait.
        wait: Duration,
    },
    /// It told of something of its own.
    Custom {
        /// What that is called.
        name: String,
        /// What there is to tell.
        data: Value,
    },
}

impl RunEvent {
    pub(crate) fn now(run: &RunInfo, what: EventKind) -> Self {
        RunEvent { at: SystemTime::now(), run: Arc::new(RunSummary::of(run)), what }
    }
}

impl RunSummary {
    pub(crate) fn of(run: &RunInfo) -> Self {
        RunSummary {
            id: run.id(),
            parents: run.parents(),
            name: run.name().to_owned(),
            kind: run.kind(),
            tags: run.tags().map(str::to_owned).collect(),
            metadata: run.metadata().clone(),
            attempt: run.attempt(),
            model: run.model().map(str::to_owned),
        }
    }

    /// The run it is part of; absent for an invocation.
    pub fn parent(&self) -> Option<RunId> {
        self.parents.last().copied()
    }
}

impl EventKind {
    pub(crate) fn llm_start(request: &Request) -> Self {
        EventKind::LlmStart {
            prompt: request.prompt.to_string(),
            options: Box::new(request.options.clone()),
            grammar: request.grammar.is_some(),
        }
    }

    /// Whether the run has its outcome by this. The outcomes of its model are not meant.
    pub fn is_outcome(&self) -> bool {
        matches!(self, EventKind::End { .. } | EventKind::Error(_) | EventKind::Cancel)
    }
}

/// The value, if it is of a type that many chains pass on.
pub(crate) fn told(value: &dyn Any) -> Option<Value> {
    macro_rules! one_of {
        ($($t:ty),+) => {
            None $(.or_else(|| value.downcast_ref::<$t>().and_then(|value| serde_json::to_value(value).ok())))+
        };
    }
    if let Some(prompt) = value.downcast_ref::<Prompt>() {
        return Some(prompt.to_string().into());
    }
    if let Some(completion) = value.downcast_ref::<Completion>() {
        return Some(completion.text.clone().into());
    }
    one_of!(
        String, &'static str, Value, Vars, Map<String, Value>, Vec<String>, Vec<Value>, Vec<Message>, bool, u8, u16, u32,
        u64, usize, i8, i16, i32, i64, isize, f32, f64, ()
    )
}

/// Implements `CallbackHandler` for a type that takes owned events, by its method `take(&self, &RunInfo, EventKind)`.
macro_rules! handle_by_events {
    ($t:ty) => {
        impl $crate::CallbackHandler for $t {
            fn on_start(&self, run: &$crate::RunInfo, input: Option<&dyn std::any::Any>) {
                self.take(run, EventKind::Start { input: input.and_then($crate::callback::told) });
            }
            fn on_delta(&self, run: &$crate::RunInfo, delta: &$crate::Delta) {
                self.take(run, EventKind::Delta(delta.clone()));
            }
            fn on_end(&self, run: &$crate::RunInfo, output: &dyn std::any::Any) {
                self.take(run, EventKind::End { output: $crate::callback::told(output) });
            }
            fn on_error(&self, run: &$crate::RunInfo, error: &$crate::Error) {
                self.take(run, EventKind::Error(error.clone()));
            }
            fn on_cancel(&self, run: &$crate::RunInfo) {
                self.take(run, EventKind::Cancel);
            }
            fn on_llm_start(&self, run: &$crate::RunInfo, request: &$crate::Request) {
                self.take(run, EventKind::llm_start(request));
            }
            fn on_llm_token(&self, run: &$crate::RunInfo, text: &str) {
                self.take(run, EventKind::LlmToken(text.to_owned()));
            }
            fn on_llm_end(&self, run: &$crate::RunInfo, completion: &$crate::Completion) {
                self.take(run, EventKind::LlmEnd(Box::new(completion.clone())));
            }
            fn on_llm_error(&self, run: &$crate::RunInfo, error: &$crate::Error) {
                self.take(run, EventKind::LlmError(error.clone()));
            }
            fn on_llm_cancel(&self, run: &$crate::RunInfo) {
                self.take(run, EventKind::LlmCancel);
            }
            fn on_retry(&self, run: &$crate::RunInfo, attempts: u32, error: &$crate::Error, wait: std::time::Duration) {
                self.take(run, EventKind::Retry { attempts, error: error.clone(), wait });
            }
            fn on_custom(&self, run: &$crate::RunInfo, name: &str, data: &serde_json::Value) {
                self.take(run, EventKind::Custom { name: name.to_owned(), data: data.clone() });
            }
        }
    };
}
pub(crate) use handle_by_events;
