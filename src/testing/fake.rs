//! A model that writes what it is told to.
use crate::{
    Chunk, ChunkStream, Completion, Delta, Error, ErrorKind, FinishReason, Grammar, LLM, Request, Result, RunContext,
    Usage, gbnf::Matcher,
};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream};
use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// A model that writes scripted answers, delta by delta, and remembers what it was asked.
///
/// It holds to no grammar: an answer outside of the grammar of a request is an error, so that a test cannot pass on
/// what a real model could not have written.
///
/// # Examples
///
/// ```
/// use catena::{Model, testing::FakeLlm};
/// use futures::StreamExt;
///
/// let llm = Model::new(FakeLlm::scripted([vec!["Hel", "lo"], vec!["Bye"]]));
/// # futures::executor::block_on(async {
/// assert_eq!(llm.stream_text("first").count().await, 2);
/// assert_eq!(llm.invoke("second").await?, "Bye");
/// assert_eq!(llm.requests()[1].prompt.to_string(), "second");
/// assert!(llm.invoke("third").await.is_err());
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct FakeLlm {
    script: Arc<Mutex<VecDeque<Vec<Act>>>>,
    repeat: Option<Vec<Act>>,
    pause: Option<Pause>,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// What is waited for before each delta.
type Pause = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

#[derive(Clone)]
pub(super) enum Act {
    Write(String),
    Wait(Gate),
    Fail(Error),
    Finish(FinishReason),
}

type Gate = futures::future::Shared<BoxFuture<'static, ()>>;

impl FakeLlm {
    /// Writes this text as the answer to everything, a word at a time.
    pub fn always(text: impl Into<String>) -> Self {
        FakeLlm { repeat: Some(words(&text.into()).collect()), ..FakeLlm::scripted::<[&str; 0], _>([]) }
    }

    /// Writes these answers in turn, each given as its deltas; then every further request fails.
    pub fn scripted<D, S>(answers: impl IntoIterator<Item = D>) -> Self
    where
        D: IntoIterator<Item = S>,
        S: Into<String>,
    {
        let script = answers.into_iter().map(|deltas| deltas.into_iter().map(|text| Act::Write(text.into())).collect());
        FakeLlm { script: Arc::new(Mutex::new(script.collect())), repeat: None, pause: None, requests: Arc::default() }
    }

    /// Writes so many words of this text as the answer to everything, and then fails like this.
    ///
    /// ```
    /// use catena::{Error, ErrorKind, Model, testing::FakeLlm};
    /// use futures::StreamExt;
    ///
    /// let broken = FakeLlm::failing_after(2, "never to be finished", Error::new(ErrorKind::Engine, "it broke"));
    /// let texts = futures::executor::block_on(Model::new(broken).stream_text("x").collect::<Vec<_>>());
    /// assert_eq!((texts.len(), texts[1].as_deref().unwrap()), (3, "to "));
    /// assert_eq!(texts[2].as_ref().unwrap_err().kind(), ErrorKind::Engine);
    /// ```
    pub fn failing_after(tokens: usize, text: impl Into<String>, error: Error) -> Self {
        let acts = words(&text.into()).take(tokens).chain([Act::Fail(error)]).collect();
        FakeLlm { repeat: Some(acts), ..FakeLlm::scripted::<[&str; 0], _>([]) }
    }

    /// The same model, slow: before each delta it waits for what this gives, such as a timer.
    #[must_use]
    pub fn slow<F: Future<Output = ()> + Send + 'static>(
        mut self,
        pause: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self {
        self.pause = Some(Arc::new(move || pause().boxed()));
        self
    }

    /// Waits for `gate` before going on with what is added after this, in the last answer.
    #[must_use]
    pub fn then_wait(self, gate: impl Future<Output = ()> + Send + 'static) -> Self {
        self.then(Act::Wait(gate.boxed().shared()))
    }

    /// Writes one more answer, after those there are, given as its deltas.
    #[must_use]
    pub fn then_answer<S: Into<String>>(self, deltas: impl IntoIterator<Item = S>) -> Self {
        let acts = deltas.into_iter().map(|text| Act::Write(text.into())).collect();
        self.script.lock().unwrap_or_else(PoisonError::into_inner).push_back(acts);
        self
    }

    /// Writes more, in the last answer.
    #[must_use]
    pub fn then_write(self, text: impl Into<String>) -> Self {
        self.then(Act::Write(text.into()))
    }

    /// Fails, in the last answer.
    #[must_use]
    pub fn then_fail(self, error: Error) -> Self {
        self.then(Act::Fail(error))
    }

    /// Ends the last answer for this reason.
    #[must_use]
    pub fn then_finish(self, reason: FinishReason) -> Self {
        self.then(Act::Finish(reason))
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn then(mut self, act: Act) -> Self {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        match (&mut self.repeat, script.back_mut()) {
            (Some(acts), _) | (None, Some(acts)) => acts.push(act),
            (None, None) => script.push_back(vec![act]),
        }
        drop(script);
        self
    }

    fn next_answer(&self) -> Result<VecDeque<Act>> {
        let next = self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let ended = || Error::new(ErrorKind::Other, "the script has no more answers: write one for each request");
        next.or_else(|| self.repeat.clone()).map(Into::into).ok_or_else(ended)
    }
}

impl LLM for FakeLlm {
    fn generate(&self, request: Request, _: &RunContext) -> ChunkStream<'_, Completion> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let acts = match self.next_answer() {
            Ok(acts) => acts,
            Err(error) => return stream::iter([Err(error)]).boxed(),
        };
        write(acts, request, self.pause.clone())
    }

    fn id(&self) -> &'static str {
        "fake"
    }
}

/// The text a word at a time.
pub(super) fn words(text: &str) -> impl Iterator<Item = Act> {
    text.split_inclusive(' ').map(|word| Act::Write(word.to_owned()))
}

/// Does all this, and ends with what was written, if the grammar of the request allows it.
pub(super) fn write(acts: VecDeque<Act>, request: Request, pause: Option<Pause>) -> ChunkStream<'static, Completion> {
    let writing = Writing { acts, pause, request, text: String::new(), reason: FinishReason::EndOfText };
    stream::unfold(Some(writing), step).boxed()
}

struct Writing {
    pause: Option<Pause>,
    acts: VecDeque<Act>,
    request: Request,
    text: String,
    reason: FinishReason,
}

async fn step(writing: Option<Writing>) -> Option<(Result<Chunk<Completion>>, Option<Writing>)> {
    let mut writing = writing?;
    while let Some(act) = writing.acts.pop_front() {
        match act {
            Act::Write(text) => {
                if let Some(pause) = &writing.pause {
                    pause().await;
                }
                writing.text.push_str(&text);
                return Some((Ok(Chunk::Delta(Delta::Text(text))), Some(writing)));
            }
            Act::Wait(gate) => gate.await,
            Act::Fail(error) => return Some((Err(error), None)),
            Act::Finish(reason) => writing.reason = reason,
        }
    }
    let whole = writing.reason != FinishReason::Length;
    let held = match &writing.request.grammar {
        Some(grammar) if whole => follows(grammar, &writing.text),
        _ => Ok(()),
    };
    let written = writing.text.split_whitespace().count();
    let prompt = writing.request.prompt.to_string().split_whitespace().count();
    let outcome = held.map(|()| {
        let completion = Completion::new(writing.text).with_finish_reason(writing.reason);
        Chunk::Done(completion.with_usage(Usage::new(prompt, written)))
    });
    Some((outcome, None))
}

/// Fails where a text is no sentence of the grammar, telling where it leaves it.
fn follows(grammar: &Grammar, text: &str) -> Result<()> {
    let mut matcher = Matcher::new(grammar)?;
    match matcher.push(text) {
        Ok(()) if matcher.is_accepting() => return Ok(()),
        Err(error) if error.kind() != ErrorKind::Parse => return Err(error),
        _ => {}
    }
    let message = format!(
        "the scripted answer is not a sentence of the request's grammar: at byte {} it wants {}",
        matcher.offset(),
        matcher.expected()?
    );
    Err(Error::new(ErrorKind::DeadEnd, message).with_partial(text))
}

impl fmt::Debug for FakeLlm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeLlm").field("requests", &self.requests().len()).finish_non_exhaustive()
    }
}
