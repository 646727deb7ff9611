//! A handler's place in one invocation.
use crate::{CallbackHandler, PanicPolicy, RunInfo};
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// A handler, and whether it has panicked during this invocation.
pub(crate) struct Slot {
    handler: Arc<dyn CallbackHandler>,
    policy: PanicPolicy,
    panicked: AtomicBool,
}

impl Slot {
    pub(crate) fn new(handler: Arc<dyn CallbackHandler>) -> Self {
        let policy = handler.panic_policy();
        Slot { handler, policy, panicked: AtomicBool::new(false) }
    }

    /// The same handler in another invocation.
    pub(crate) fn fresh(&self) -> Self {
        Slot { handler: Arc::clone(&self.handler), policy: self.policy, panicked: AtomicBool::new(false) }
    }

    pub(crate) fn tell(&self, run: &RunInfo, event: &impl Fn(&dyn CallbackHandler, &RunInfo)) {
        if self.panicked.load(Ordering::Relaxed) {
            return;
        }
        // A handler that is left half-way is not called again, so that nobody sees what it left behind.
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| event(&*self.handler, run))) {
            self.panicked.store(true, Ordering::Relaxed);
            let message = message(&*payload);
            tracing::error!(
                run = run.name(),
                panic = message,
                "a callback handler panicked and is left out from here on"
            );
            if self.policy == PanicPolicy::Abort {
                run.abort(format!("it panicked: {message}"));
            }
            // A payload may panic when it is dropped.
            std::mem::forget(payload);
        }
    }
}

fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
