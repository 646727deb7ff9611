//! The trait every handler implements.
use crate::{Completion, Delta, Error, Request, RunInfo};
use std::{any::Any, sync::Arc};

/// Observes runs. Every method does nothing by default.
///
/// Each `on_start` is followed by exactly one of `on_end`, `on_error` and `on_cancel`, and each `on_llm_start` by exactly
/// one of `on_llm_end`, `on_llm_error` and `on_llm_cancel`; both on the same run, the model's inside the step's.
/// Runs form a tree by their ids. A handler given to a [`RunContext`](crate::RunContext) or a
/// [`Chain`](crate::Chain) sees all runs below it.
///
/// Methods run where the step runs and must not block: hand slow work to a channel. A method that panics is caught and
/// logged, and its handler is not called again during that invocation; see [`panic_policy`](CallbackHandler::panic_policy).
/// To stop an invocation on purpose call [`RunInfo::abort`].
///
/// # Examples
///
/// ```
/// use catena::{CallbackHandler, Completion, RunInfo};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// /// Adds up the tokens that models wrote.
/// #[derive(Debug, Default)]
/// struct TokenCount(AtomicU64);
///
/// impl CallbackHandler for TokenCount {
///     fn on_llm_end(&self, _: &RunInfo, completion: &Completion) {
///         self.0.fetch_add(completion.usage.completion_tokens as u64, Ordering::Relaxed);
///     }
/// }
/// ```
#[expect(unused_variables, reason = "the parameter names are documentation")]
pub trait CallbackHandler: Send + Sync {
    /// A run began. The input is absent when it is itself still being produced; downcast it if you know its type.
    fn on_start(&self, run: &RunInfo, input: Option<&dyn Any>) {}

    /// A streaming run handed out an increment.
    fn on_delta(&self, run: &RunInfo, delta: &Delta) {}

    /// A run gave its value; downcast it if you know its type.
    fn on_end(&self, run: &RunInfo, output: &dyn Any) {}

    /// A run failed.
    fn on_error(&self, run: &RunInfo, error: &Error) {}

    /// A run was dropped before it had an outcome, or the run it reads from failed.
    fn on_cancel(&self, run: &RunInfo) {}

    /// A model was asked.
    fn on_llm_start(&self, run: &RunInfo, request: &Request) {}

    /// A model wrote text: one or more tokens' worth, cut at a character boundary.
    fn on_llm_token(&self, run: &RunInfo, text: &str) {}

    /// A model finished, with usage and timings.
    fn on_llm_end(&self, run: &RunInfo, completion: &Completion) {}

    /// A model failed.
    fn on_llm_error(&self, run: &RunInfo, error: &Error) {}

    /// A model was stopped because nobody waits for it any more.
    fn on_llm_cancel(&self, run: &RunInfo) {}

    /// What happens to the invocation when a method of this handler panics. Asked once, when the handler is added.
    fn panic_policy(&self) -> PanicPolicy {
        PanicPolicy::Skip
    }
}

/// What happens to an invocation when a handler panics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PanicPolicy {
    /// The panic is logged and the handler left out until the invocation ends.
    #[default]
    Skip,
    /// The same, and the invocation fails with [`ErrorKind::Aborted`](crate::ErrorKind::Aborted).
    Abort,
}

macro_rules! forward {
    ($pointer:ident) => {
        impl<H: CallbackHandler + ?Sized> CallbackHandler for $pointer<H> {
            fn on_start(&self, run: &RunInfo, input: Option<&dyn Any>) {
                (**self).on_start(run, input);
            }
            fn on_delta(&self, run: &RunInfo, delta: &Delta) {
                (**self).on_delta(run, delta);
            }
            fn on_end(&self, run: &RunInfo, output: &dyn Any) {
                (**self).on_end(run, output);
            }
            fn on_error(&self, run: &RunInfo, error: &Error) {
                (**self).on_error(run, error);
            }
            fn on_cancel(&self, run: &RunInfo) {
                (**self).on_cancel(run);
            }
            fn on_llm_start(&self, run: &RunInfo, request: &Request) {
                (**self).on_llm_start(run, request);
            }
            fn on_llm_token(&self, run: &RunInfo, text: &str) {
                (**self).on_llm_token(run, text);
            }
            fn on_llm_end(&self, run: &RunInfo, completion: &Completion) {
                (**self).on_llm_end(run, completion);
            }
            fn on_llm_error(&self, run: &RunInfo, error: &Error) {
                (**self).on_llm_error(run, error);
            }
            fn on_llm_cancel(&self, run: &RunInfo) {
                (**self).on_llm_cancel(run);
            }
            fn panic_policy(&self) -> PanicPolicy {
                (**self).panic_policy()
            }
        }
    };
}
forward!(Arc);
forward!(Box);
