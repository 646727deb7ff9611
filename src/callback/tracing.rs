//! Runs as spans of the `tracing` crate.
use crate::{CallbackHandler, Completion, Delta, Error, FinishReason, Prompt, Request, RunId, RunInfo, StepKind};
use serde_json::Value;
use std::{
    any::Any,
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tracing::{Level, Span, debug, error, field::Empty, info, info_span, span::Id, trace, warn};

/// Makes a span of the `tracing` crate of every run, and one of every answer of a model inside it.
///
/// The target is `catena`. The spans, all at the level `INFO`, are named
///
/// - `chain`: an invocation, inside the span that is current where it begins;
/// - `step`: a run that is part of another, inside that run's span;
/// - `llm.generate`: a model at work, inside the span of its step.
///
/// Runs have the fields `run` and `parent` (their ids), `name`, `kind` (`chain` or `step`), and at the end `outcome`
/// (`ok`, `error` or `cancelled`) and `elapsed_ms`. A model has `run`, `name`, `kind` (`llm`), `grammar` (whether it is
/// held to one) and `max_tokens`, and at the end also `finish_reason`, `prompt_tokens`, `cached_tokens`,
/// `completion_tokens`, `seed`, `queue_ms`, `prompt_eval_ms`, `eval_ms`, `sample_ms`, `total_ms` and
/// `tokens_per_second`.
///
/// Beside these a model has the names of OpenTelemetry's semantic conventions for generative AI, which tools such as
/// `tracing-opentelemetry` hand on: `otel.name`, `otel.kind`, `gen_ai.operation.name` (`chat` for messages, or
/// `text_completion`), `gen_ai.provider.name` (`catena`), `gen_ai.request.model`, `gen_ai.request.max_tokens`,
/// `gen_ai.request.temperature`, `gen_ai.response.finish_reasons` (`stop` or `length`), `gen_ai.usage.input_tokens`,
/// `gen_ai.usage.output_tokens`, and `error.type`. The run of a tool has `gen_ai.operation.name` (`execute_tool`) and
/// `gen_ai.tool.name`.
///
/// Each outcome is an event too: `INFO` for a value and for a cancellation, `ERROR` for a failure, once, at the run that
/// failed; the runs around it tell of it at `DEBUG`. Increments are events at `TRACE`, a step tried again is a `WARN`, and
/// what steps emit of their own comes at `DEBUG`, its data only with the content.
///
/// What is read and written stays out of the log unless [`with_content`](TracingHandler::with_content) asks for it. An
/// error's message is written as it is, and may quote a part of a value.
///
/// A step's code does not run *inside* of its span: what it logs itself belongs to the span that is current there.
///
/// # Examples
///
/// ```
/// use catena::{Model, RunContext, callback::TracingHandler, testing::FakeLlm};
///
/// tracing_subscriber::fmt().init();
/// let cx = RunContext::new().with(TracingHandler::new());
/// let chain = Model::new(FakeLlm::always("Good day")) | catena::map(|text: String| text.len());
/// futures::executor::block_on(chain.invoke_in("Greet me.", &cx))?;
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct TracingHandler {
    content: bool,
    runs: Mutex<HashMap<RunId, Open>>,
    models: Mutex<HashMap<RunId, Open>>,
}

#[derive(Debug)]
struct Open {
    span: Span,
    began: Instant,
    /// Whether a run in it has failed.
    failed_below: bool,
}

impl TracingHandler {
    /// A handler that leaves out what is read and written.
    pub fn new() -> Self {
        TracingHandler::default()
    }

    /// Whether prompts, answers and increments of text are logged as well: as the field `prompt` of `llm.generate`, and
    /// as the field `text` of its events.
    #[must_use]
    pub fn with_content(mut self, content: bool) -> Self {
        self.content = content;
        self
    }

    /// The span of a run, if this handler was told of it.
    fn span(&self, run: Option<RunId>) -> Option<Span> {
        run.and_then(|run| lock(&self.runs).get(&run).map(|open| open.span.clone()))
    }

    /// The span that a new one lies in: that of this run, or the current one.
    fn around(&self, run: Option<RunId>) -> Option<Id> {
        self.span(run).map_or_else(|| Span::current().id(), |span| span.id())
    }

    fn log(&self, span: &Span, delta: &Delta, branch: Option<&str>) {
        match delta {
            Delta::Text(text) => {
                trace!(target: "catena", parent: span, branch, bytes = text.len(), text = self.text(text), "delta");
            }
            Delta::Reasoning(text) => {
                trace!(target: "catena", parent: span, branch, bytes = text.len(), text = self.text(text), "reasoning");
            }
            Delta::Json(value) => {
                let text = self.content.then(|| value.to_string());
                trace!(target: "catena", parent: span, branch, text, "delta");
            }
            Delta::Patch(patch) => {
                let text = self.content.then(|| patch.to_string());
                trace!(target: "catena", parent: span, branch, text, "delta");
            }
            Delta::Branch { branch, delta } => self.log(span, delta, Some(branch)),
            Delta::Restart => trace!(target: "catena", parent: span, branch, "restart"),
        }
    }

    fn text<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.content.then_some(text)
    }
}

impl CallbackHandler for TracingHandler {
    fn on_start(&self, run: &RunInfo, _: Option<&dyn Any>) {
        let (id, name, parent) = (run.id().to_string(), run.name(), run.parent().map(|id| id.to_string()));
        let parent = parent.as_deref();
        // Names of spans are constants, so each kind needs its own.
        let span = match run.parent() {
            None => info_span!(
                target: "catena", parent: self.around(None), "chain",
                run = id, name, kind = "chain", outcome = Empty, elapsed_ms = Empty,
                "gen_ai.operation.name" = Empty, "gen_ai.tool.name" = Empty,
            ),
            around => info_span!(
                target: "catena", parent: self.around(around), "step",
                run = id, parent, name, kind = "step", outcome = Empty, elapsed_ms = Empty,
                "gen_ai.operation.name" = Empty, "gen_ai.tool.name" = Empty,
            ),
        };
        if run.kind() == StepKind::Tool {
            span.record("gen_ai.operation.name", "execute_tool");
            span.record("gen_ai.tool.name", name);
        }
        lock(&self.runs).insert(run.id(), Open::new(span));
    }

    fn on_delta(&self, run: &RunInfo, delta: &Delta) {
        if !tracing::enabled!(target: "catena", Level::TRACE) {
            return;
        }
        let Some(span) = self.span(Some(run.id())) else { return };
        self.log(&span, delta, None);
    }

    fn on_end(&self, run: &RunInfo, _: &dyn Any) {
        if let Some(open) = take(&self.runs, run) {
            let elapsed_ms = open.close("ok");
            info!(target: "catena", parent: &open.span, elapsed_ms, "ended");
        }
    }

    fn on_error(&self, run: &RunInfo, error: &Error) {
        let Some(open) = take(&self.runs, run) else { return };
        if let Some(id) = run.parent() {
            if let Some(parent) = lock(&self.runs).get_mut(&id) {
                parent.failed_below = true;
            }
        }
        // The runs around the one that failed pass on its error, which by then names it.
        open.fail(error, open.failed_below && error.step().is_some());
    }

    fn on_cancel(&self, run: &RunInfo) {
        if let Some(open) = take(&self.runs, run) {
            open.cancel();
        }
    }

    fn on_retry(&self, run: &RunInfo, attempts: u32, error: &Error, wait: Duration) {
        if let Some(span) = self.span(Some(run.id())) {
            warn!(target: "catena", parent: &span, attempts, wait_ms = ms(wait), kind = ?error.kind(), %error, "tries again");
        }
    }

    fn on_custom(&self, run: &RunInfo, name: &str, data: &Value) {
        if let Some(span) = self.span(Some(run.id())) {
            let data = self.content.then(|| data.to_string());
            debug!(target: "catena", parent: &span, name, data, "custom");
        }
    }

    fn on_llm_start(&self, run: &RunInfo, request: &Request) {
        let operation = match request.prompt {
            Prompt::Text(_) => "text_completion",
            Prompt::Messages(_) => "chat",
        };
        let model = run.model().unwrap_or(run.name());
        let span = info_span!(
            target: "catena", parent: self.around(Some(run.id())), "llm.generate",
            "otel.name" = format!("{operation} {model}"), "otel.kind" = "internal",
            "gen_ai.operation.name" = operation, "gen_ai.provider.name" = "catena", "gen_ai.request.model" = model,
            "gen_ai.request.max_tokens" = request.options.max_tokens,
            "gen_ai.request.temperature" = request.options.temperature.map(f64::from),
            "gen_ai.response.finish_reasons" = Empty, "gen_ai.usage.input_tokens" = Empty,
            "gen_ai.usage.output_tokens" = Empty, "error.type" = Empty,
            run = run.id().to_string(), name = run.name(), kind = "llm", grammar = request.grammar.is_some(),
            max_tokens = request.options.max_tokens, prompt = Empty, outcome = Empty, elapsed_ms = Empty,
            finish_reason = Empty, prompt_tokens = Empty, cached_tokens = Empty, completion_tokens = Empty, seed = Empty,
            cached = Empty,
            queue_ms = Empty, prompt_eval_ms = Empty, eval_ms = Empty, sample_ms = Empty, total_ms = Empty,
            tokens_per_second = Empty,
        );
        if self.content {
            span.record("prompt", request.prompt.to_string());
        }
        debug!(target: "catena", parent: &span, "asked");
        lock(&self.models).insert(run.id(), Open::new(span));
    }

    fn on_llm_token(&self, run: &RunInfo, text: &str) {
        if !tracing::enabled!(target: "catena", Level::TRACE) {
            return;
        }
        let span = lock(&self.models).get(&run.id()).map(|open| open.span.clone());
        if let Some(span) = span {
            trace!(target: "catena", parent: &span, bytes = text.len(), text = self.text(text), "token");
        }
    }

    fn on_llm_end(&self, run: &RunInfo, completion: &Completion) {
        let Some(open) = take(&self.models, run) else { return };
        let elapsed_ms = open.close("ok");
        let Completion { text, finish_reason, usage, timings, seed, cached, logprobs: _, reasoning: _ } = completion;
        let span = &open.span;
        span.record("finish_reason", tracing::field::debug(finish_reason));
        span.record("prompt_tokens", usage.prompt_tokens);
        span.record("cached_tokens", usage.cached_tokens);
        span.record("completion_tokens", usage.completion_tokens);
        span.record("seed", seed);
        span.record("gen_ai.usage.input_tokens", usage.prompt_tokens);
        span.record("gen_ai.usage.output_tokens", usage.completion_tokens);
        let reason = if *finish_reason == FinishReason::Length { "length" } else { "stop" };
        span.record("gen_ai.response.finish_reasons", reason);
        span.record("cached", cached);
        for (name, time) in [
            ("queue_ms", timings.queue),
            ("prompt_eval_ms", timings.prompt_eval),
            ("eval_ms", timings.eval),
            ("sample_ms", timings.sample),
            ("total_ms", timings.total),
        ] {
            span.record(name, ms(time));
        }
        let tokens_per_second = timings.tokens_per_second();
        span.record("tokens_per_second", tokens_per_second);
        info!(
            target: "catena", parent: span, elapsed_ms, prompt_tokens = usage.prompt_tokens,
            completion_tokens = usage.completion_tokens, tokens_per_second, text = self.text(text), "generated"
        );
    }

    fn on_llm_error(&self, run: &RunInfo, error: &Error) {
        if let Some(open) = take(&self.models, run) {
            // Its step, if this handler sees it, is the run that failed.
            open.fail(error, self.span(Some(run.id())).is_some());
        }
    }

    fn on_llm_cancel(&self, run: &RunInfo) {
        if let Some(open) = take(&self.models, run) {
            open.cancel();
        }
    }
}

impl Open {
    fn new(span: Span) -> Self {
        Open { span, began: Instant::now(), failed_below: false }
    }

    /// Records the outcome, and gives the milliseconds it took.
    fn close(&self, outcome: &str) -> f64 {
        let elapsed_ms = ms(self.began.elapsed());
        self.span.record("outcome", outcome);
        self.span.record("elapsed_ms", elapsed_ms);
        elapsed_ms
    }

    fn fail(&self, error: &Error, elsewhere: bool) {
        let elapsed_ms = self.close("error");
        self.span.record("error.type", tracing::field::debug(error.kind()));
        if elsewhere {
            debug!(target: "catena", parent: &self.span, elapsed_ms, kind = ?error.kind(), %error, "failed");
        } else {
            error!(target: "catena", parent: &self.span, elapsed_ms, kind = ?error.kind(), %error, "failed");
        }
    }

    fn cancel(&self) {
        let elapsed_ms = self.close("cancelled");
        info!(target: "catena", parent: &self.span, elapsed_ms, "cancelled");
    }
}

fn take(runs: &Mutex<HashMap<RunId, Open>>, run: &RunInfo) -> Option<Open> {
    lock(runs).remove(&run.id())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
