//! What runs share with those below them.
use super::{
    RunConfig, RunId,
    budget::{Budget, Lanes},
    cancellation::Cancellation,
    given::Given,
};
use crate::{Error, ErrorKind, GenerateOptions, callback::Slot};
use serde_json::{Map, Value};
use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// What a run has, and what it hands down.
#[derive(Clone)]
pub(crate) struct Scope {
    /// Whether no run has begun yet: the next one is an invocation.
    pub(crate) root: bool,
    /// The handlers of this run and of all below it.
    pub(crate) slots: Vec<Arc<Slot>>,
    /// The handlers of this run alone.
    pub(crate) own: Vec<Arc<Slot>>,
    pub(crate) labels: Arc<Labels>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) invocation: Arc<Invocation>,
    /// What only the next run has; absent where it is nothing.
    pub(crate) next: Option<Box<Next>>,
}

#[derive(Clone, Default)]
pub(crate) struct Labels {
    pub(crate) tags: BTreeSet<String>,
    pub(crate) metadata: Map<String, Value>,
}

/// What bounds and steers a run and those below it.
#[derive(Clone)]
pub(crate) struct Limits {
    pub(crate) budgets: Vec<Arc<Budget>>,
    pub(crate) deadline: Option<Instant>,
    pub(crate) cancellations: Vec<Cancellation>,
    /// Why nothing may run: a setting that makes no sense.
    pub(crate) refused: Option<Error>,
    pub(crate) recursion_limit: usize,
    /// How many chains that steps gave lie around.
    pub(crate) depth: usize,
    pub(crate) configurable: Map<String, Value>,
    /// Who is to know which of them are asked for.
    pub(crate) given: Option<Arc<Given>>,
    pub(crate) options: GenerateOptions,
}

/// What all runs of one invocation share.
#[derive(Default)]
pub(crate) struct Invocation {
    pub(crate) abort: OnceLock<String>,
}

/// What the next run alone has, or does first.
#[derive(Clone, Default)]
pub(crate) struct Next {
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) id: Option<Arc<OnceId>>,
    pub(crate) own: Vec<Arc<Slot>>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt: Option<u32>,
    /// The configurable keys that it is given.
    pub(crate) keys: BTreeSet<String>,
    pub(crate) govern: Govern,
}

/// What a run has to wait for before it may work, and what may end it while it waits for its own.
#[derive(Clone, Default)]
pub(crate) struct Govern {
    pub(crate) budgets: Vec<Arc<Budget>>,
    pub(crate) interruptible: bool,
    /// What it was given and must find read.
    pub(crate) given: Option<Arc<Given>>,
}

/// An id that one run may have.
#[derive(Debug)]
pub(crate) struct OnceId(pub(crate) RunId, AtomicBool);

impl OnceId {
    pub(crate) fn new(id: RunId) -> Self {
        OnceId(id, AtomicBool::new(false))
    }

    pub(crate) fn take(&self) -> Result<RunId, Error> {
        if self.1.swap(true, Ordering::Relaxed) {
            let message = format!(
                "the run id {} belongs to a run already: give each run a `RunConfig` of its own, as with `batch_with`",
                self.0
            );
            return Err(Error::new(ErrorKind::InvalidOption, message));
        }
        Ok(self.0)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            budgets: Vec::new(),
            deadline: None,
            cancellations: Vec::new(),
            refused: None,
            recursion_limit: 25,
            depth: 0,
            configurable: Map::new(),
            given: None,
            options: GenerateOptions::new(),
        }
    }
}

impl Limits {
    /// Where a run within these limits has others work side by side.
    pub(super) fn lanes(&self) -> Lanes {
        Lanes::new(&self.budgets)
    }
}

impl Default for Scope {
    fn default() -> Self {
        Scope {
            root: true,
            slots: Vec::new(),
            own: Vec::new(),
            labels: Arc::default(),
            limits: Arc::default(),
            invocation: Arc::default(),
            next: None,
        }
    }
}

impl Scope {
    /// The same with what `config` says.
    pub(crate) fn configured(&self, config: &RunConfig) -> Self {
        let mut scope = self.clone();
        let slot = |handler: &Arc<_>| Arc::new(Slot::new(Arc::clone(handler)));
        scope.slots.extend(config.handlers.iter().map(slot));
        if !config.tags.is_empty() || !config.metadata.is_empty() {
            let labels = Arc::make_mut(&mut scope.labels);
            labels.tags.extend(config.tags.iter().cloned());
            labels.metadata.extend(config.metadata.clone());
        }
        let mut next = scope.next.take().map(|next| *next).unwrap_or_default();
        next.name = config.name.clone().or(next.name);
        next.id = config.id.clone().or(next.id);
        next.own.extend(config.own.iter().map(slot));
        next.attempt = config.attempt.or(next.attempt);
        next.timeout = match (next.timeout, config.timeout) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if config.bounds() {
            next.govern.interruptible |=
                config.timeout.is_some() || config.deadline.is_some() || !config.cancellations.is_empty();
            let limits = Arc::make_mut(&mut scope.limits);
            for budget in &config.budgets {
                // A run around that has this limit waits meanwhile: its turn is that of the next run.
                if !limits.budgets.iter().any(|known| Arc::ptr_eq(known, budget)) {
                    limits.budgets.push(Arc::clone(budget));
                    next.govern.budgets.push(Arc::clone(budget));
                }
            }
            limits.refused = limits.refused.take().or_else(|| config.refused.clone());
            limits.deadline = earlier(limits.deadline, config.deadline);
            limits.cancellations.extend(config.cancellations.iter().cloned());
            limits.recursion_limit = config.recursion_limit.unwrap_or(limits.recursion_limit);
            limits.configurable.extend(config.configurable.clone());
            next.keys.extend(config.configurable.keys().cloned());
            limits.options = std::mem::take(&mut limits.options).overridden_by(config.options.clone());
        }
        scope.next = Some(Box::new(next));
        scope
    }

    /// The scope of a run that begins in this one, and what it alone has.
    pub(crate) fn below(&self) -> (Self, Next) {
        let mut scope = self.clone();
        let mut next = scope.next.take().map(|next| *next).unwrap_or_default();
        scope.own = std::mem::take(&mut next.own);
        if scope.root {
            // Each invocation starts with handlers that have not panicked and with no abort asked for.
            scope.root = false;
            scope.invocation = Arc::default();
            scope.slots = scope.slots.iter().map(|slot| Arc::new(slot.fresh())).collect();
            scope.own = scope.own.iter().map(|slot| Arc::new(slot.fresh())).collect();
        }
        if !next.keys.is_empty() {
            let limits = Arc::make_mut(&mut scope.limits);
            let given = Given::new(std::mem::take(&mut next.keys), limits.given.take());
            next.govern.given = Some(Arc::clone(&given));
            limits.given = Some(given);
        }
        if let Some(timeout) = next.timeout {
            let limits = Arc::make_mut(&mut scope.limits);
            limits.deadline = earlier(limits.deadline, Instant::now().checked_add(timeout));
        }
        (scope, next)
    }

    /// Whether a run below shares this very scope.
    pub(crate) fn is_shared_below(&self) -> bool {
        !self.root && self.own.is_empty() && self.next.is_none()
    }
}

fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
