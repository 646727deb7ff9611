//! The trait every handler implements.
use crate::{Completion, Delta, Error, Request, RunInfo};
use serde_json::Value;
use std::{any::Any, sync::Arc, time::Duration};

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

    /// A [`retry`](crate::retry()) tries its step again, after this many attempts, this error, and a wait.
    fn on_retry(&self, run: &RunInfo, attempts: u32, error: &Error, wait: Duration) {}

    /// A step tells of something of its own, through [`RunContext::emit`](crate::RunContext::emit).
    fn on_custom(&self, run: &RunInfo, name: &str, data: &Value) {}

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

/// A handler with a [`PanicPolicy`] of its registration's, whatever its own; see [`with_panic_policy`].
#[derive(Debug, Clone)]
pub struct Policed<H> {
    handler: H,
    policy: PanicPolicy,
}

/// The same handler with this [`PanicPolicy`], whatever its own.
///
/// # Examples
///
/// ```
/// use catena::{ErrorKind, PanicPolicy, RunContext, callback::{Listeners, with_panic_policy}, input, map};
///
/// let audit = Listeners::new().on_end(|_, _| panic!("the audit log is full"));
/// let cx = RunContext::new().with(with_panic_policy(audit, PanicPolicy::Abort));
/// let chain = input::<u32>() | map(|n: u32| n);
/// let error = futures::executor::block_on(chain.invoke_in(1_u32, &cx)).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Aborted);
/// ```
pub fn with_panic_policy<H: CallbackHandler>(handler: H, policy: PanicPolicy) -> Policed<H> {
    Policed { handler, policy }
}

/// All events go to the handler inside, if there is one for this run.
macro_rules! forward {
    (impl<$h:ident $(: ?$sized:ident)?> for $t:ty, |$this:ident, $run:ident| $inner:expr, $policy:expr) => {
        impl<$h: CallbackHandler $(+ ?$sized)?> CallbackHandler for $t {
            fn on_start(&self, $run: &RunInfo, input: Option<&dyn Any>) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_start($run, input);
                }
            }
            fn on_delta(&self, $run: &RunInfo, delta: &Delta) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_delta($run, delta);
                }
            }
            fn on_end(&self, $run: &RunInfo, output: &dyn Any) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_end($run, output);
                }
            }
            fn on_error(&self, $run: &RunInfo, error: &Error) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_error($run, error);
                }
            }
            fn on_cancel(&self, $run: &RunInfo) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_cancel($run);
                }
            }
            fn on_llm_start(&self, $run: &RunInfo, request: &Request) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_llm_start($run, request);
                }
            }
            fn on_llm_token(&self, $run: &RunInfo, text: &str) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_llm_token($run, text);
                }
            }
            fn on_llm_end(&self, $run: &RunInfo, completion: &Completion) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_llm_end($run, completion);
                }
            }
            fn on_llm_error(&self, $run: &RunInfo, error: &Error) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_llm_error($run, error);
                }
            }
            fn on_llm_cancel(&self, $run: &RunInfo) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_llm_cancel($run);
                }
            }
            fn on_retry(&self, $run: &RunInfo, attempts: u32, error: &Error, wait: Duration) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_retry($run, attempts, error, wait);
                }
            }
            fn on_custom(&self, $run: &RunInfo, name: &str, data: &Value) {
                let $this = self;
                if let Some(handler) = $inner {
                    handler.on_custom($run, name, data);
                }
            }
            fn panic_policy(&self) -> PanicPolicy {
                let $this = self;
                $policy
            }
        }
    };
}
pub(super) use forward;

forward!(impl<H: ?Sized> for Arc<H>, |this, run| Some(&**this), (**this).panic_policy());
forward!(impl<H: ?Sized> for Box<H>, |this, run| Some(&**this), (**this).panic_policy());
forward!(impl<H> for Policed<H>, |this, run| Some(&this.handler), this.policy);
