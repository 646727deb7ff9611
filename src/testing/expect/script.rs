//! The script of the events that must come.
use super::{
    ExpectHandle, Recorder,
    event::{Pattern, Wanted},
};
use crate::ErrorKind;

/// Writes down which events must come, and hands out a handler that takes them and a handle that checks them.
///
/// The events must come in the order in which they are written; others may come in between, unless
/// [`only`](Expect::only) forbids it. Increments (of steps, and of models) are counted only if the script names any of
/// their sort. Every script demands besides that each start has exactly one outcome and that runs lie inside each other.
///
/// # Examples
///
/// ```
/// use catena::{Model, RunContext, map, testing::{Expect, FakeLlm}};
///
/// let (handler, handle) = Expect::new()
///     .start("greet")
///     .start("fake")
///     .llm_start("fake")
///     .llm_tokens(2)
///     .llm_end("fake")
///     .end("fake")
///     .start("map")
///     .within("greet")
///     .end("map")
///     .end("greet")
///     .only()
///     .handler();
/// let chain = (Model::new(FakeLlm::always("Good day")) | map(|text: String| text.len())).named("greet");
/// let cx = RunContext::new().with(handler);
/// futures::executor::block_on(chain.invoke_in("Greet me.", &cx))?;
/// handle.assert_finished();
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a script checks nothing until its handler watches a run"]
pub struct Expect {
    patterns: Vec<Pattern>,
    only: bool,
}

impl Expect {
    /// A script that is still empty: it demands nothing but outcomes.
    pub fn new() -> Self {
        Expect::default()
    }

    /// A run of this name begins.
    pub fn start(self, name: &str) -> Self {
        self.then(Wanted::Start, Some(name))
    }

    /// The event before this belongs to a run that is part of one of this name.
    pub fn within(mut self, parent: &str) -> Self {
        if let Some(last) = self.patterns.last_mut() {
            last.within = Some(parent.to_owned());
        }
        self
    }

    /// A run of this name hands out this text.
    pub fn delta(self, name: &str, text: &str) -> Self {
        self.then(Wanted::Delta(Some(text.to_owned())), Some(name))
    }

    /// A run of this name hands out this many increments, whatever they are.
    pub fn deltas(self, name: &str, count: usize) -> Self {
        (0..count).fold(self, |script, _| script.then(Wanted::Delta(None), Some(name)))
    }

    /// A run of this name gives its value.
    pub fn end(self, name: &str) -> Self {
        self.then(Wanted::End, Some(name))
    }

    /// A run of this name fails in this way.
    pub fn error(self, name: &str, kind: ErrorKind) -> Self {
        self.then(Wanted::Error(kind), Some(name))
    }

    /// A run of this name is cancelled.
    pub fn cancel(self, name: &str) -> Self {
        self.then(Wanted::Cancel, Some(name))
    }

    /// The model of a run of this name is asked.
    pub fn llm_start(self, name: &str) -> Self {
        self.then(Wanted::LlmStart, Some(name))
    }

    /// A model writes this text in one piece.
    pub fn llm_token(self, text: &str) -> Self {
        self.then(Wanted::LlmToken(Some(text.to_owned())), None)
    }

    /// A model writes this many pieces of text, whatever they are.
    pub fn llm_tokens(self, count: usize) -> Self {
        (0..count).fold(self, |script, _| script.then(Wanted::LlmToken(None), None))
    }

    /// The model of a run of this name finishes.
    pub fn llm_end(self, name: &str) -> Self {
        self.then(Wanted::LlmEnd, Some(name))
    }

    /// The model of a run of this name fails in this way.
    pub fn llm_error(self, name: &str, kind: ErrorKind) -> Self {
        self.then(Wanted::LlmError(kind), Some(name))
    }

    /// The model of a run of this name is stopped.
    pub fn llm_cancel(self, name: &str) -> Self {
        self.then(Wanted::LlmCancel, Some(name))
    }

    /// No other event may come: not in between, and not afterwards.
    pub fn only(mut self) -> Self {
        self.only = true;
        self
    }

    /// The handler that takes the events, and the handle that checks them.
    pub fn handler(self) -> (Recorder, ExpectHandle) {
        let recorder = Recorder::default();
        let handle = ExpectHandle::new(self.patterns, self.only, recorder.clone());
        (recorder, handle)
    }

    fn then(mut self, what: Wanted, name: Option<&str>) -> Self {
        self.patterns.push(Pattern { name: name.map(str::to_owned), within: None, what });
        self
    }
}
