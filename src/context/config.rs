//! How an invocation is to run.
use super::{Cancellation, RunId, budget::Budget, scope::OnceId};
use crate::{CallbackHandler, Error, ErrorKind, GenerateOptions};
use serde_json::{Map, Value};
use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// How runs are to go: what they are called, who watches them, what bounds them, what models below do.
///
/// Give it to a call by making a [`RunContext`](crate::RunContext) of it, to a chain with
/// [`Chain::with_config`](crate::Chain::with_config), to any step with [`with_config`](crate::with_config()). Tags are
/// joined with those of the runs around, of metadata and configurable values the inner ones hold, of deadlines the
/// earliest, and all limits at once. Name, id and local handlers are those of one run and not of the runs below it.
///
/// # Examples
///
/// ```
/// use catena::{RunConfig, RunContext, input, map};
/// use std::time::Duration;
///
/// let config = RunConfig::new().name("greeting").tags(["demo"]).metadata("user", 7).timeout(Duration::from_secs(5));
/// let chain = input::<String>() | map(|name: String| format!("Hello, {name}!"));
/// let greeting = futures::executor::block_on(chain.invoke_in("Ada", &RunContext::from(config)))?;
/// assert_eq!(greeting, "Hello, Ada!");
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "a configuration does nothing until it is given to a call, a chain or a step"]
pub struct RunConfig {
    pub(crate) name: Option<Cow<'static, str>>,
    pub(super) id: Option<Arc<OnceId>>,
    pub(super) tags: BTreeSet<String>,
    pub(super) metadata: Map<String, Value>,
    pub(super) handlers: Vec<Arc<dyn CallbackHandler>>,
    pub(super) own: Vec<Arc<dyn CallbackHandler>>,
    pub(super) attempt: Option<u32>,
    pub(super) budgets: Vec<Arc<Budget>>,
    pub(super) refused: Option<Error>,
    pub(super) deadline: Option<Instant>,
    pub(super) timeout: Option<Duration>,
    pub(super) cancellations: Vec<Cancellation>,
    pub(super) recursion_limit: Option<usize>,
    pub(super) configurable: Map<String, Value>,
    pub(super) options: GenerateOptions,
}

impl RunConfig {
    /// A configuration that leaves everything open.
    pub fn new() -> Self {
        RunConfig::default()
    }

    /// The next run has this name.
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The next run has this id. A second run of this configuration, or of a clone, is refused with
    /// [`ErrorKind::InvalidOption`]: ids are unique.
    pub fn id(mut self, id: RunId) -> Self {
        self.id = Some(Arc::new(OnceId::new(id)));
        self
    }

    /// The runs have these tags too.
    pub fn tags<T: Into<String>>(mut self, tags: impl IntoIterator<Item = T>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// The runs have this metadata too.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// The runs, and all below them, are watched by this handler too.
    pub fn handler(mut self, handler: impl CallbackHandler + 'static) -> Self {
        self.handlers.push(Arc::new(handler));
        self
    }

    /// The next run, and none below it, is watched by this handler too.
    pub fn local_handler(mut self, handler: impl CallbackHandler + 'static) -> Self {
        self.own.push(Arc::new(handler));
        self
    }

    /// At most this many at a time, over everything that runs with this configuration and its clones: inputs of batches,
    /// members of tuples and of [`Parallel`](crate::Parallel), items of [`map_each`](crate::map_each()), however they
    /// nest. A run that waits for runs below it does not count: where they have the same limit, they work in its turn. A
    /// stream has its turn until it ends or is dropped. A step with a limit of its own begins, in a stream too, when its
    /// input is whole.
    ///
    /// There are two ways to wait for ever: limits that lie in each other, in one order here and in the other there, each
    /// of which may wait for the other; and a step that, in its turn, begins a run with the same limit and does not give
    /// it its context, so that this run needs another turn.
    ///
    /// 0 gives [`ErrorKind::InvalidOption`] when something is run.
    pub fn max_concurrency(mut self, limit: usize) -> Self {
        if limit == 0 {
            let message = "with a `max_concurrency` of 0 nothing ever runs: give at least 1";
            self.refused = Some(Error::new(ErrorKind::InvalidOption, message));
        } else {
            self.budgets.push(Budget::new(limit));
        }
        self
    }

    /// The run fails with [`ErrorKind::Timeout`] when it has no outcome by then.
    pub fn deadline(mut self, at: Instant) -> Self {
        self.deadline = Some(self.deadline.map_or(at, |before| before.min(at)));
        self
    }

    /// The run fails with [`ErrorKind::Timeout`] when it has no outcome this long after it began. No time at all gives
    /// [`ErrorKind::InvalidOption`] when something is run.
    pub fn timeout(mut self, after: Duration) -> Self {
        if after.is_zero() {
            let message = "with a `timeout` of zero nothing ever ends in time: allow more";
            self.refused = Some(Error::new(ErrorKind::InvalidOption, message));
        }
        self.timeout = Some(self.timeout.map_or(after, |before| before.min(after)));
        self
    }

    /// The runs are stopped when this is used.
    pub fn cancelled_by(mut self, cancellation: &Cancellation) -> Self {
        self.cancellations.push(cancellation.clone());
        self
    }

    /// How many chains that steps gave ([`delegate`](crate::delegate())) may lie in each other; 25 otherwise. One more
    /// fails with [`ErrorKind::RecursionLimit`].
    pub fn recursion_limit(mut self, limit: usize) -> Self {
        self.recursion_limit = Some(limit);
        self
    }

    /// A value that steps below may ask for with [`RunContext::configurable`](crate::RunContext::configurable); it
    /// also chooses among [`alternatives`](crate::alternatives()).
    ///
    /// A key that nothing reads in the run that is given it is an [`ErrorKind::UnknownKey`], which lists those that are
    /// read: before anything runs where all steps tell what they read, as those of this library do, and else at the end.
    /// Where a step that may read anything was perhaps not run, as in a branch, the key passes.
    pub fn configurable(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.configurable.insert(key.into(), value.into());
        self
    }

    /// Options for the models below. They override the models' own, and are overridden by those of a
    /// [`Request`](crate::Request).
    pub fn options(mut self, options: GenerateOptions) -> Self {
        self.options = self.options.overridden_by(options);
        self
    }

    /// This configuration, and `inner` where both say something.
    pub fn overridden_by(mut self, inner: RunConfig) -> Self {
        self.name = inner.name.or(self.name);
        self.id = inner.id.or(self.id);
        self.tags.extend(inner.tags);
        self.metadata.extend(inner.metadata);
        self.handlers.extend(inner.handlers);
        self.own.extend(inner.own);
        self.attempt = inner.attempt.or(self.attempt);
        self.budgets.extend(inner.budgets);
        self.refused = self.refused.or(inner.refused);
        self.deadline = match (self.deadline, inner.deadline) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.timeout = match (self.timeout, inner.timeout) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.cancellations.extend(inner.cancellations);
        self.recursion_limit = inner.recursion_limit.or(self.recursion_limit);
        self.configurable.extend(inner.configurable);
        self.options = self.options.overridden_by(inner.options);
        self
    }

    pub(crate) fn attempt(mut self, attempt: u32) -> Self {
        self.attempt = Some(attempt);
        self
    }

    /// Whether it says something of limits, options or configurable values.
    pub(super) fn bounds(&self) -> bool {
        !self.budgets.is_empty()
            || self.refused.is_some()
            || self.deadline.is_some()
            || self.timeout.is_some()
            || !self.cancellations.is_empty()
            || self.recursion_limit.is_some()
            || !self.configurable.is_empty()
            || self.options != GenerateOptions::default()
    }
}

impl fmt::Debug for RunConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunConfig")
            .field("name", &self.name)
            .field("tags", &self.tags)
            .field("metadata", &self.metadata)
            .field("handlers", &(self.handlers.len() + self.own.len()))
            .field("deadline", &self.deadline)
            .field("timeout", &self.timeout)
            .field("configurable", &self.configurable)
            .finish_non_exhaustive()
    }
}
