//! Functions as handlers.
use crate::{CallbackHandler, Error, RunInfo};
use std::{any::Any, fmt};

type OnStart = Box<dyn Fn(&RunInfo, Option<&dyn Any>) + Send + Sync>;
type OnCancel = Box<dyn Fn(&RunInfo) + Send + Sync>;
type OnEnd = Box<dyn Fn(&RunInfo, &dyn Any) + Send + Sync>;
type OnError = Box<dyn Fn(&RunInfo, &Error) + Send + Sync>;

/// Functions that are told when a run begins, ends, fails or is cancelled: a handler for when a type of one's own is too
/// much. See [`Chain::with_listeners`](crate::Chain::with_listeners).
#[derive(Default)]
#[must_use = "listeners do nothing until they are given to a chain or a context"]
pub struct Listeners {
    start: Option<OnStart>,
    end: Option<OnEnd>,
    error: Option<OnError>,
    cancel: Option<OnCancel>,
}

impl Listeners {
    /// None yet.
    pub fn new() -> Self {
        Listeners::default()
    }

    /// Called when a run begins. The input is absent when it is itself still being produced; downcast it.
    pub fn on_start(mut self, listener: impl Fn(&RunInfo, Option<&dyn Any>) + Send + Sync + 'static) -> Self {
        self.start = Some(Box::new(listener));
        self
    }

    /// Called when a run gives its value; downcast it.
    pub fn on_end(mut self, listener: impl Fn(&RunInfo, &dyn Any) + Send + Sync + 'static) -> Self {
        self.end = Some(Box::new(listener));
        self
    }

    /// Called when a run fails.
    pub fn on_error(mut self, listener: impl Fn(&RunInfo, &Error) + Send + Sync + 'static) -> Self {
        self.error = Some(Box::new(listener));
        self
    }

    /// Called when a run is cancelled.
    pub fn on_cancel(mut self, listener: impl Fn(&RunInfo) + Send + Sync + 'static) -> Self {
        self.cancel = Some(Box::new(listener));
        self
    }
}

impl CallbackHandler for Listeners {
    fn on_start(&self, run: &RunInfo, input: Option<&dyn Any>) {
        self.start.iter().for_each(|listener| listener(run, input));
    }

    fn on_end(&self, run: &RunInfo, output: &dyn Any) {
        self.end.iter().for_each(|listener| listener(run, output));
    }

    fn on_error(&self, run: &RunInfo, error: &Error) {
        self.error.iter().for_each(|listener| listener(run, error));
    }

    fn on_cancel(&self, run: &RunInfo) {
        self.cancel.iter().for_each(|listener| listener(run));
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners").finish_non_exhaustive()
    }
}
