//! What every step is handed.
use super::{
    Cancellation, Lanes, RunConfig, RunId, RunInfo, StepKind,
    scope::{Limits, Next, Scope},
};
use crate::{
    CallbackHandler, Error, ErrorKind, GenerateOptions, Result,
    callback::Slot,
    report::{Report, StepEvents},
};
use serde_json::Value;
use std::{any::Any, borrow::Cow, fmt, sync::Arc, time::Instant};

/// Handed to every step: the run it is, who watches it, and what bounds it. Cheap to clone.
///
/// # Examples
///
/// ```
/// use catena::{RunContext, callback::StreamingStdout, input, map};
///
/// let cx = RunContext::new().with(StreamingStdout::new());
/// let chain = input::<u32>() | map(|n: u32| n + 1);
/// assert_eq!(futures::executor::block_on(chain.invoke_in(1_u32, &cx))?, 2);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Clone)]
pub struct RunContext {
    run: Arc<RunInfo>,
}

impl RunContext {
    /// A context that nobody watches.
    pub fn new() -> Self {
        RunContext::of(RunInfo {
            id: RunId::new(),
            parent: None,
            name: "root".into(),
            kind: StepKind::Chain,
            attempt: None,
            model: None,
            govern: super::scope::Govern::default(),
            lanes: Lanes::default(),
            scope: Arc::default(),
        })
    }

    /// The same context, watched by this handler too.
    #[must_use]
    pub fn with(self, handler: impl CallbackHandler + 'static) -> Self {
        self.watched_by(&[Arc::new(handler)])
    }

    /// The same context, in which runs go as `config` says too.
    #[must_use]
    pub fn configured(&self, config: &RunConfig) -> Self {
        self.scoped(self.run.scope.configured(config))
    }

    /// The run this context belongs to.
    pub fn run(&self) -> &RunInfo {
        &self.run
    }

    /// Fails when the run is to stop.
    ///
    /// # Errors
    /// [`ErrorKind::Aborted`] when a handler asked for it, with the reason; [`ErrorKind::Cancelled`] when the caller
    /// did; [`ErrorKind::Timeout`] when the deadline has passed. Long steps of your own may ask between two pieces of
    /// work.
    pub fn aborted(&self) -> Result<()> {
        let scope = &self.run.scope;
        if let Some(reason) = scope.invocation.abort.get() {
            return Err(Error::new(ErrorKind::Aborted, format!("a handler aborted the run: {reason}")));
        }
        let limits = &scope.limits;
        if let Some(error) = &limits.refused {
            return Err(error.clone());
        }
        if limits.cancellations.iter().any(Cancellation::is_cancelled) {
            return Err(Cancellation::error());
        }
        if limits.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Err(timed_out());
        }
        Ok(())
    }

    /// When the run must have an outcome.
    pub fn deadline(&self) -> Option<Instant> {
        self.limits().deadline
    }

    /// The value for this key, of the innermost [`RunConfig`] that has one.
    ///
    /// A run that is given a key for which nothing asks fails with [`ErrorKind::UnknownKey`]. So ask whatever the input
    /// is, or tell of the key beforehand, with [`WithContext::reading`](crate::WithContext::reading) or in the
    /// [`graph`](crate::Runnable::graph) of a step of your own.
    pub fn configurable(&self, key: &str) -> Option<&Value> {
        if let Some(given) = &self.limits().given {
            given.ask(key);
        }
        self.limits().configurable.get(key)
    }

    /// The options that a model in this context is to generate with, over its own.
    pub fn options(&self) -> &GenerateOptions {
        &self.limits().options
    }

    /// Tells the handlers of something that has a name and data of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use catena::{RunContext, input, with_context};
    ///
    /// let chain = input::<u32>()
    ///     | with_context(|n: u32, cx: RunContext| async move {
    ///         cx.emit("progress", serde_json::json!({ "done": n }));
    ///         Ok(n)
    ///     });
    /// # futures::executor::block_on(chain.invoke(1_u32))?;
    /// # Ok::<(), catena::Error>(())
    /// ```
    pub fn emit(&self, name: &str, data: impl Into<Value>) {
        let data = data.into();
        self.tell(|handler, run| handler.on_custom(run, name, &data));
    }

    /// Where the runs that this one runs side by side get their turns.
    pub(crate) fn lanes(&self) -> Lanes {
        // Those of the run: invocations, and what limits were added for since, wait for their turns themselves.
        self.run.lanes.clone()
    }

    /// The context of a chain that a step gave, which lies one deeper.
    pub(crate) fn deeper(&self) -> Result<Self> {
        let mut limits = self.limits().clone();
        if limits.depth >= limits.recursion_limit {
            let message = format!(
                "{} chains that steps gave lie in each other, and a further one is beyond the limit: \
                 let the steps come to an end, or raise `recursion_limit`",
                limits.depth
            );
            return Err(Error::new(ErrorKind::RecursionLimit, message));
        }
        limits.depth += 1;
        Ok(self.scoped(Scope { limits: Arc::new(limits), ..(*self.run.scope).clone() }))
    }

    /// The context of a run that begins in this one.
    pub(crate) fn child(&self, name: Cow<'static, str>, kind: StepKind, config: Option<&RunConfig>) -> Self {
        let RunInfo { id, scope, .. } = &*self.run;
        let configured;
        let scope = match config {
            Some(config) => {
                configured = Arc::new(scope.configured(config));
                &configured
            }
            None => scope,
        };
        let parent = (!scope.root).then(|| Arc::clone(&self.run));
        debug_assert!(parent.is_none() || parent.as_ref().is_some_and(|parent| parent.id == *id));
        if scope.is_shared_below() {
            let (govern, attempt, scope) = (super::scope::Govern::default(), None, Arc::clone(scope));
            let (id, model, lanes) = (RunId::new(), None, scope.limits.lanes());
            return RunContext::of(RunInfo { id, parent, name, kind, attempt, model, govern, lanes, scope });
        }
        let root = scope.root;
        let (mut scope, Next { name: given, id, attempt, mut govern, .. }) = scope.below();
        if root {
            govern.interruptible = scope.limits.deadline.is_some() || !scope.limits.cancellations.is_empty();
            govern.budgets.clone_from(&scope.limits.budgets);
        }
        let id = match id.map(|id| id.take()) {
            None => RunId::new(),
            Some(Ok(id)) => id,
            Some(Err(error)) => {
                Arc::make_mut(&mut scope.limits).refused.get_or_insert(error);
                RunId::new()
            }
        };
        let name = given.unwrap_or(name);
        let (model, lanes, scope) = (None, scope.limits.lanes(), Arc::new(scope));
        RunContext::of(RunInfo { id, parent, name, kind, attempt, model, govern, lanes, scope })
    }

    /// The context of the model at work in this run.
    pub(crate) fn of_model(&self, id: &str, handlers: &[Arc<dyn CallbackHandler>]) -> Self {
        let mut cx = self.watched_by(handlers);
        let run = RunInfo { model: Some(id.to_owned().into()), ..cx.run.same() };
        cx.run = Arc::new(run);
        cx
    }

    pub(crate) fn watched_by(&self, handlers: &[Arc<dyn CallbackHandler>]) -> Self {
        if handlers.is_empty() {
            return self.clone();
        }
        let mut scope = (*self.run.scope).clone();
        scope.slots.extend(handlers.iter().map(|handler| Arc::new(Slot::new(Arc::clone(handler)))));
        self.scoped(scope)
    }

    /// Reports the start of this run, a step that gives an `O`.
    pub(crate) fn begin<O: Any>(&self, input: Option<&dyn Any>) -> Report<O, StepEvents> {
        self.tell(|handler, run| handler.on_start(run, input));
        Report::open(self.clone())
    }

    pub(crate) fn tell(&self, event: impl Fn(&dyn CallbackHandler, &RunInfo)) {
        let scope = &self.run.scope;
        for slot in scope.slots.iter().chain(&scope.own) {
            slot.tell(&self.run, &event);
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.run.scope.limits
    }

    fn of(run: RunInfo) -> Self {
        RunContext { run: Arc::new(run) }
    }

    /// The same run with another scope.
    fn scoped(&self, scope: Scope) -> Self {
        RunContext::of(RunInfo { scope: Arc::new(scope), ..self.run.same() })
    }
}

pub(super) fn timed_out() -> Error {
    Error::new(ErrorKind::Timeout, "the run took longer than it may: allow more time, or ask for less work")
}

impl From<RunConfig> for RunContext {
    fn from(config: RunConfig) -> Self {
        RunContext::new().configured(&config)
    }
}

impl Default for RunContext {
    fn default() -> Self {
        RunContext::new()
    }
}

impl fmt::Debug for RunContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunContext")
            .field("run", &self.run)
            .field("handlers", &self.run.scope.slots.len())
            .finish_non_exhaustive()
    }
}
