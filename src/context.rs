//! Who watches a run, and where in the run tree it stands.
use crate::{
    CallbackHandler, ChunkStream, Error, ErrorKind, Result, Runnable,
    callback::Slot,
    report::{Report, StepEvents, Upstream},
};
use futures::{StreamExt, stream};
use std::{
    any::Any,
    borrow::Cow,
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// Identifies one run within the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(u64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a handler learns about the run an event belongs to.
pub struct RunInfo {
    id: RunId,
    parent: Option<RunId>,
    name: Cow<'static, str>,
    shared: Arc<Shared>,
}

/// What all runs below one invocation share.
struct Shared {
    slots: Vec<Arc<Slot>>,
    abort: Arc<OnceLock<String>>,
    root: bool,
}

impl RunInfo {
    /// This run.
    pub fn id(&self) -> RunId {
        self.id
    }

    /// The run it is part of; absent for an invocation.
    pub fn parent(&self) -> Option<RunId> {
        self.parent
    }

    /// The name of the step or chain.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks to abort the whole invocation this run belongs to.
    ///
    /// It fails with [`ErrorKind::Aborted`] at its next event: a generating model stops within one token. Only the
    /// first reason is kept.
    pub fn abort(&self, reason: impl Into<String>) {
        self.shared.abort.get_or_init(|| reason.into());
    }

    fn new(parent: Option<RunId>, name: Cow<'static, str>, shared: Arc<Shared>) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Arc::new(RunInfo { id: RunId(NEXT.fetch_add(1, Ordering::Relaxed)), parent, name, shared })
    }
}

impl fmt::Debug for RunInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RunInfo { id, parent, name, shared: _ } = self;
        f.debug_struct("RunInfo").field("id", id).field("parent", parent).field("name", name).finish()
    }
}

/// Handed to every step: the run it is, and who watches it. Cheap to clone.
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
        let shared = Shared { slots: Vec::new(), abort: Arc::default(), root: true };
        RunContext { run: RunInfo::new(None, "root".into(), Arc::new(shared)) }
    }

    /// The same context, watched by this handler too.
    #[must_use]
    pub fn with(self, handler: impl CallbackHandler + 'static) -> Self {
        self.watched_by(&[Arc::new(handler)])
    }

    /// The run this context belongs to.
    pub fn run(&self) -> &RunInfo {
        &self.run
    }

    /// Runs `step` as a child run, reporting it to the handlers.
    ///
    /// # Errors
    /// Those of the step, and [`ErrorKind::Aborted`] when a handler asked for it.
    pub async fn step<I: Send + 'static, R: Runnable<I>>(
        &self,
        name: impl Into<Cow<'static, str>> + Send,
        step: &R,
        input: I,
    ) -> Result<R::Output> {
        let cx = self.child(name.into());
        let mut report = cx.begin(Some(&input));
        let outcome = match cx.aborted() {
            Ok(()) => step.run(input, &cx).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(output) => {
                report.end(&output);
                cx.aborted().map(|()| output)
            }
            Err(error) => {
                report.error(&error);
                Err(error)
            }
        }
        .map_err(|error| error.in_step(&cx.run.name))
    }

    /// Runs `step` as a child run, handing out increments and reporting it to the handlers. The run starts now, not
    /// when the stream is first polled.
    pub fn stream_step<'a, I: Send + 'static, R: Runnable<I>>(
        &self,
        name: impl Into<Cow<'static, str>>,
        step: &'a R,
        input: I,
    ) -> ChunkStream<'a, R::Output> {
        let cx = self.child(name.into());
        let report = cx.begin(Some(&input));
        let chunks = match cx.aborted() {
            Ok(()) => step.run_stream(input, &cx),
            Err(error) => stream::iter([Err(error)]).boxed(),
        };
        report.watch(chunks, Upstream::default())
    }

    /// Fails when a handler asked to abort.
    ///
    /// # Errors
    /// [`ErrorKind::Aborted`] with the reason. Long steps of your own may ask between two pieces of work.
    pub fn aborted(&self) -> Result<()> {
        match self.run.shared.abort.get() {
            None => Ok(()),
            Some(reason) => Err(Error::new(ErrorKind::Aborted, format!("a handler aborted the run: {reason}"))),
        }
    }

    pub(crate) fn child(&self, name: Cow<'static, str>) -> Self {
        let shared = &self.run.shared;
        if !shared.root {
            return RunContext { run: RunInfo::new(Some(self.run.id), name, Arc::clone(shared)) };
        }
        // Each invocation starts with handlers that have not panicked and with no abort asked for.
        let shared = Shared {
            slots: shared.slots.iter().map(|slot| Arc::new(slot.fresh())).collect(),
            abort: Arc::default(),
            root: false,
        };
        RunContext { run: RunInfo::new(None, name, Arc::new(shared)) }
    }

    pub(crate) fn watched_by(&self, handlers: &[Arc<dyn CallbackHandler>]) -> Self {
        if handlers.is_empty() {
            return self.clone();
        }
        let RunInfo { id, parent, name, shared } = &*self.run;
        let more = handlers.iter().map(|handler| Arc::new(Slot::new(Arc::clone(handler))));
        let shared = Shared {
            slots: shared.slots.iter().cloned().chain(more).collect(),
            abort: Arc::clone(&shared.abort),
            root: shared.root,
        };
        let run = RunInfo { id: *id, parent: *parent, name: name.clone(), shared: Arc::new(shared) };
        RunContext { run: Arc::new(run) }
    }

    /// Reports the start of this run, a step that gives an `O`.
    pub(crate) fn begin<O: Any>(&self, input: Option<&dyn Any>) -> Report<O, StepEvents> {
        self.tell(|handler, run| handler.on_start(run, input));
        Report::open(self.clone())
    }

    pub(crate) fn tell(&self, event: impl Fn(&dyn CallbackHandler, &RunInfo)) {
        for slot in &self.run.shared.slots {
            slot.tell(&self.run, &event);
        }
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
            .field("handlers", &self.run.shared.slots.len())
            .finish_non_exhaustive()
    }
}
