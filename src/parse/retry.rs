//! Asking again when the answer cannot be read.
use super::{OutputParser, graph};
use crate::{
    Error, ErrorKind, Graph, IntoRequest, LLM, Message, Model, Parts, Prompt, Request, Result, RunContext, Runnable,
    StepKind,
};
use std::{borrow::Cow, fmt};

/// A model and a parser as one step: when the answer cannot be read, the model is asked again, with its answer and the
/// error beside the prompt, at most so many times in all (3 unless [`attempts`](RetryParser::attempts) says otherwise).
///
/// Each attempt is a run of its own, `attempt:1` and so on, within it the model's and the parser's. Only errors of kind
/// [`Parse`](ErrorKind::Parse) and [`Truncated`](ErrorKind::Truncated) of the parser are tried again, and the prompt
/// holds the last answer alone, so it does not grow with the attempts. Nothing is handed out before an answer has been
/// read, since it cannot be taken back.
///
/// ```
/// use catena::{JsonParser, Model, Template, parse::RetryParser, testing::FakeLlm};
///
/// # futures::executor::block_on(async {
/// let llm = Model::new(FakeLlm::scripted([["Sure: [1, 2]"], ["[1, 2]"]]));
/// let chain = Template::new("Two {things}?")? | RetryParser::new(llm.clone(), JsonParser::<Vec<u8>>::new());
/// assert_eq!(chain.invoke([("things", "numbers")]).await?, [1, 2]);
/// assert!(llm.requests()[1].prompt.to_string().contains("expected a JSON value, not `S`"));
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[doc(alias = "RetryOutputParser")]
#[doc(alias = "RetryWithErrorOutputParser")]
#[doc(alias = "OutputFixingParser")]
#[must_use = "a step does nothing until it is run"]
pub struct RetryParser<P, L: ?Sized = dyn LLM> {
    parser: P,
    attempts: usize,
    model: Model<L>,
}

impl<P: OutputParser, L: LLM + ?Sized> RetryParser<P, L> {
    /// Asks this model and reads its answer with this parser.
    pub fn new(model: Model<L>, parser: P) -> Self {
        RetryParser { parser, attempts: 3, model }
    }

    /// The same with so many attempts at most, the first included. With 0, running it is an error of kind
    /// [`InvalidOption`](ErrorKind::InvalidOption).
    pub fn attempts(mut self, attempts: usize) -> Self {
        self.attempts = attempts;
        self
    }

    /// The request with what was wrong with the last answer.
    fn again(&self, first: &Request, error: &Error) -> Request {
        let answer = error.partial().unwrap_or_default();
        let place = error.span().map(|span| format!(" (line {}, column {})", span.line, span.column));
        let complaint = format!(
            "This answer cannot be read: {}{}.\n{}",
            error.message(),
            place.unwrap_or_default(),
            self.parser.format_instructions()
        );
        let prompt = match &first.prompt {
            Prompt::Text(text) => Prompt::Text(format!("{text}{answer}\n\n{complaint}\n\n")),
            Prompt::Messages(messages) => {
                let more = [Message::assistant(answer), Message::user(complaint)];
                Prompt::Messages(messages.iter().cloned().chain(more).collect())
            }
        };
        Request { prompt, ..first.clone() }
    }
}

impl<P: OutputParser, L: LLM + ?Sized, I: IntoRequest + Send + 'static> Runnable<I> for RetryParser<P, L> {
    type Output = P::Output;

    async fn run(&self, input: I, cx: &RunContext) -> Result<P::Output> {
        let first = input.into_request();
        let mut request = first.clone();
        for attempt in 1..=self.attempts {
            let error = match cx.step(format!("attempt:{attempt}"), &Attempt(self), request).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let unread = matches!(error.kind(), ErrorKind::Parse | ErrorKind::Truncated) && error.partial().is_some();
            if !unread || attempt == self.attempts {
                return Err(error);
            }
            request = self.again(&first, &error);
        }
        Err(Error::new(ErrorKind::InvalidOption, "with 0 attempts a model is never asked: allow at least 1"))
    }

    fn name(&self) -> Cow<'static, str> {
        "retry_parser".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }

    fn graph(&self) -> Graph {
        let reading: Graph = Runnable::<String>::graph(&Reading(&self.parser));
        let attempt = Parts::Sequence(vec![Runnable::<Request>::graph(&self.model), reading]);
        let note = format!("up to {} attempts", self.attempts);
        Graph {
            output_schema: self.parser.schema(),
            ..Graph::of::<I, P::Output>("retry_parser", StepKind::Chain).with_note(note).with_parts(attempt)
        }
    }
}

crate::pipe_head!(impl<P, L> RetryParser<P, L>: Prompt where P: OutputParser, L: LLM);

/// The model asked once, and its answer read.
struct Attempt<'a, P, L: ?Sized>(&'a RetryParser<P, L>);

impl<P: OutputParser, L: LLM + ?Sized> Runnable<Request> for Attempt<'_, P, L> {
    type Output = P::Output;

    async fn run(&self, request: Request, cx: &RunContext) -> Result<P::Output> {
        let RetryParser { parser, model, .. } = self.0;
        let text = cx.step(model.id(), model, request).await?;
        cx.step("parse", &Reading(parser), text).await
    }

    fn kind(&self) -> StepKind {
        StepKind::Chain
    }
}

struct Reading<'a, P>(&'a P);

impl<P: OutputParser> Runnable<String> for Reading<'_, P> {
    type Output = P::Output;

    async fn run(&self, text: String, _: &RunContext) -> Result<P::Output> {
        let told = |error: Error| if error.partial().is_some() { error } else { error.with_partial(text.as_str()) };
        self.0.parse(&text).map_err(told)
    }

    fn name(&self) -> Cow<'static, str> {
        "parse".into()
    }

    fn kind(&self) -> StepKind {
        StepKind::Parser
    }

    fn graph(&self) -> Graph {
        graph(self.0, "parse")
    }
}

impl<P: Clone, L: ?Sized> Clone for RetryParser<P, L> {
    fn clone(&self) -> Self {
        RetryParser { parser: self.parser.clone(), attempts: self.attempts, model: self.model.clone() }
    }
}

impl<P: fmt::Debug, L: LLM + ?Sized> fmt::Debug for RetryParser<P, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RetryParser { parser, attempts, model } = self;
        f.debug_struct("RetryParser").field("parser", parser).field("attempts", attempts).field("model", model).finish()
    }
}
