//! What checks the events.
use super::{
    Recorder, diff,
    event::{Event, Pattern, Wanted},
    outcomes,
};

/// Checks the events that the handler of an [`Expect`](super::Expect) has taken.
#[derive(Debug)]
#[must_use = "events are checked by `assert_finished`"]
pub struct ExpectHandle {
    patterns: Vec<Pattern>,
    only: bool,
    recorder: Recorder,
}

impl ExpectHandle {
    pub(super) fn new(patterns: Vec<Pattern>, only: bool, recorder: Recorder) -> Self {
        ExpectHandle { patterns, only, recorder }
    }

    /// Checks that all expected events came, in their order, and that every start has exactly one outcome.
    ///
    /// # Panics
    /// If not. The message shows the expected events beside those that came.
    #[track_caller]
    pub fn assert_finished(&self) {
        let events = self.recorder.events();
        let counted = self.counted(&events);
        let difference = diff::difference(&self.patterns, &counted, self.only);
        assert!(difference.is_none(), "{}", difference.unwrap_or_default());
        self.assert_outcomes();
    }

    /// Checks only that every start has exactly one outcome, and that runs lie inside each other.
    ///
    /// # Panics
    /// If not. The message names the runs.
    #[track_caller]
    pub fn assert_outcomes(&self) {
        let events = self.recorder.events();
        let wrong = outcomes::wrong(&events);
        assert!(wrong.is_empty(), "{}\nin these events:\n    {}", wrong.join("\n"), self.events().join("\n    "));
    }

    /// What came so far, an event a line: `start greet`, `llm_token fake "Good "`, `error fake Engine`, ….
    pub fn events(&self) -> Vec<String> {
        self.recorder.events().iter().map(ToString::to_string).collect()
    }

    /// The events without the increments that the script is silent on.
    fn counted<'a>(&self, events: &'a [Event]) -> Vec<&'a Event> {
        let deltas = self.patterns.iter().any(|pattern| matches!(pattern.what, Wanted::Delta(_)));
        let tokens = self.patterns.iter().any(|pattern| matches!(pattern.what, Wanted::LlmToken(_)));
        events.iter().filter(|event| (deltas || !event.what.is_delta()) && (tokens || !event.what.is_token())).collect()
    }
}
