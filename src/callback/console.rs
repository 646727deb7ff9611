//! The run tree as text.
use crate::{CallbackHandler, Completion, Error, RunId, RunInfo};
use std::{
    any::Any,
    collections::HashMap,
    fmt::{self, Write as _},
    io::Write,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Writes the tree of runs to the standard error output, or anywhere else: what ran in what, how long it took, how it
/// ended, and what models read and wrote.
///
/// An invocation is written in one piece when it has ended, so that invocations side by side do not mix. Steps are in the
/// order in which they began; those of a streaming chain all begin with it, and their times overlap. Neither prompts
/// nor answers are written, but an error's message is. Output that fails is dropped: a closed terminal does not end a
/// run.
///
/// # Examples
///
/// ```
/// use catena::{Model, RunContext, callback::ConsoleTree, map, testing::FakeLlm};
///
/// let chain = (Model::new(FakeLlm::always("Good day")) | map(|text: String| text.len())).named("greet");
/// let cx = RunContext::new().with(ConsoleTree::new());
/// futures::executor::block_on(chain.invoke_in("Greet me.", &cx))?;
/// # Ok::<(), catena::Error>(())
/// ```
///
/// writes
///
/// ```text
/// greet       0.041 ms  ok
/// ├─ fake     0.025 ms  ok (2 tokens read, 2 written)
/// └─ map      0.002 ms  ok
/// ```
pub struct ConsoleTree {
    open: Mutex<HashMap<RunId, Open>>,
    out: Mutex<Box<dyn Write + Send>>,
}

/// A run that has no outcome yet.
struct Open {
    name: String,
    parent: Option<RunId>,
    began: Instant,
    /// Whether the outcome of the model is that of the run, the run itself not being told to this handler.
    model_only: bool,
    model: Option<String>,
    children: Vec<Closed>,
}

/// A run with its outcome.
struct Closed {
    id: RunId,
    name: String,
    took: Duration,
    outcome: String,
    failed: bool,
    children: Vec<Closed>,
}

impl ConsoleTree {
    /// Writes to the standard error output.
    pub fn new() -> Self {
        ConsoleTree::to(std::io::stderr())
    }

    /// Writes to `out`.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        ConsoleTree { open: Mutex::default(), out: Mutex::new(Box::new(out)) }
    }

    fn begin(&self, run: &RunInfo, model_only: bool) {
        let open = Open {
            name: named(run),
            parent: run.parent(),
            began: Instant::now(),
            model_only,
            model: None,
            children: Vec::new(),
        };
        let mut runs = lock(&self.open);
        // A run told already goes on: a model's events belong to the run of its step.
        runs.entry(run.id()).or_insert(open);
    }

    fn finish(&self, run: &RunInfo, of_model: bool, outcome: Result<&str, &Error>) {
        let mut runs = lock(&self.open);
        if runs.get(&run.id()).is_none_or(|open| open.model_only != of_model) {
            return;
        }
        let Some(Open { name, parent, began, model, children, .. }) = runs.remove(&run.id()) else { return };
        let failed = outcome.is_err();
        let outcome = match (outcome, model) {
            (Ok(outcome), Some(model)) => format!("{outcome} ({model})"),
            (Ok(outcome), None) => outcome.to_owned(),
            (Err(error), _) => failure(error, &children),
        };
        let closed = Closed { id: run.id(), name, took: began.elapsed(), outcome, failed, children };
        if let Some(parent) = parent.and_then(|parent| runs.get_mut(&parent)) {
            let at = parent.children.partition_point(|sibling| sibling.id < closed.id);
            parent.children.insert(at, closed);
        } else {
            drop(runs);
            let mut out = lock(&self.out);
            let _ = out.write_all(closed.draw().as_bytes()).and_then(|()| out.flush());
        }
    }
}

impl Closed {
    fn draw(&self) -> String {
        let mut lines = Vec::new();
        self.lines("", "", &mut lines);
        let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        lines.iter().fold(String::new(), |mut text, (name, run)| {
            let took = run.took.as_secs_f64() * 1e3;
            let _ = writeln!(text, "{name:width$}  {took:9.3} ms  {}", run.outcome);
            text
        })
    }

    /// `first` stands before the name, `rest` before those of the runs below.
    fn lines<'a>(&'a self, first: &str, rest: &str, lines: &mut Vec<(String, &'a Closed)>) {
        lines.push((format!("{first}{}", self.name), self));
        let last = self.children.len().saturating_sub(1);
        for (at, child) in self.children.iter().enumerate() {
            let (branch, below) = if at == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            child.lines(&format!("{rest}{branch}"), &format!("{rest}{below}"), lines);
        }
    }
}

impl CallbackHandler for ConsoleTree {
    fn on_start(&self, run: &RunInfo, _: Option<&dyn Any>) {
        self.begin(run, false);
    }

    fn on_end(&self, run: &RunInfo, _: &dyn Any) {
        self.finish(run, false, Ok("ok"));
    }

    fn on_error(&self, run: &RunInfo, error: &Error) {
        self.finish(run, false, Err(error));
    }

    fn on_cancel(&self, run: &RunInfo) {
        self.finish(run, false, Ok("cancelled"));
    }

    fn on_llm_start(&self, run: &RunInfo, _: &crate::Request) {
        self.begin(run, true);
    }

    fn on_llm_end(&self, run: &RunInfo, completion: &Completion) {
        if let Some(open) = lock(&self.open).get_mut(&run.id()) {
            open.model = Some(cost(completion));
        }
        self.finish(run, true, Ok("ok"));
    }

    fn on_llm_error(&self, run: &RunInfo, error: &Error) {
        self.finish(run, true, Err(error));
    }

    fn on_llm_cancel(&self, run: &RunInfo) {
        self.finish(run, true, Ok("cancelled"));
    }
}

impl Default for ConsoleTree {
    fn default() -> Self {
        ConsoleTree::new()
    }
}

impl fmt::Debug for ConsoleTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsoleTree").field("open", &lock(&self.open).len()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The message stands at the run that failed; the runs around it fail with the same error, which names that run.
fn failure(error: &Error, children: &[Closed]) -> String {
    match error.step().filter(|_| children.iter().any(|child| child.failed)) {
        Some(step) => format!("failed in `{}`", one_line(step)),
        None => format!("failed: {}", one_line(&error.to_string())),
    }
}

fn cost(completion: &Completion) -> String {
    let (usage, speed) = (completion.usage, completion.timings.tokens_per_second());
    let mut text = format!("{} tokens read", usage.prompt_tokens);
    if usage.cached_tokens > 0 {
        let _ = write!(text, " of which {} cached", usage.cached_tokens);
    }
    let _ = write!(text, ", {} written", usage.completion_tokens);
    if speed > 0.0 {
        let _ = write!(text, ", {speed:.1} per second");
    }
    text
}

/// The name of a run, and which attempt it is from the second on.
fn named(run: &RunInfo) -> String {
    match run.attempt() {
        Some(attempt) if attempt > 1 => format!("{} (attempt {attempt})", one_line(run.name())),
        _ => one_line(run.name()),
    }
}

/// Names and messages are anybody's text: none of it may break a line or steer the terminal.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
