//! The handler that takes the events.
use super::event::{Event, What};
use crate::{CallbackHandler, Completion, Delta, Error, Request, RunInfo};
use std::{
    any::Any,
    sync::{Arc, Mutex, PoisonError},
};

/// The handler of an [`Expect`](super::Expect): keeps what it is told. Clones keep it in the same place.
#[derive(Debug, Clone, Default)]
pub struct Recorder(Arc<Mutex<Vec<Event>>>);

impl Recorder {
    pub(super) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, run: &RunInfo, what: What) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let parent = run.parent().and_then(|parent| events.iter().find(|event| event.run == parent));
        let within = parent.map(|parent| parent.name.clone());
        events.push(Event { run: run.id(), parent: run.parent(), name: run.name().to_owned(), within, what });
    }
}

impl CallbackHandler for Recorder {
    fn on_start(&self, run: &RunInfo, _: Option<&dyn Any>) {
        self.keep(run, What::Start);
    }

    fn on_delta(&self, run: &RunInfo, delta: &Delta) {
        self.keep(run, What::Delta(delta.clone()));
    }

    fn on_end(&self, run: &RunInfo, _: &dyn Any) {
        self.keep(run, What::End);
    }

    fn on_error(&self, run: &RunInfo, error: &Error) {
        self.keep(run, What::Error(error.kind()));
    }

    fn on_cancel(&self, run: &RunInfo) {
        self.keep(run, What::Cancel);
    }

    fn on_llm_start(&self, run: &RunInfo, _: &Request) {
        self.keep(run, What::LlmStart);
    }

    fn on_llm_token(&self, run: &RunInfo, text: &str) {
        self.keep(run, What::LlmToken(text.to_owned()));
    }

    fn on_llm_end(&self, run: &RunInfo, _: &Completion) {
        self.keep(run, What::LlmEnd);
    }

    fn on_llm_error(&self, run: &RunInfo, error: &Error) {
        self.keep(run, What::LlmError(error.kind()));
    }

    fn on_llm_cancel(&self, run: &RunInfo) {
        self.keep(run, What::LlmCancel);
    }
}
