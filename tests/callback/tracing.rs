//! Runs as spans.
use crate::support::{block_on, chain, fails, never};
use catena::{
    ChatPrompt, Chunk, ChunkStream, Completion, DynRunnable, Error, ErrorKind, GenerateOptions, LLM, Model, Request,
    RunContext, Timings, Tool, Usage, Vars, callback::TracingHandler, input, map, passthrough, testing::FakeLlm,
    with_context,
};
use futures::{FutureExt, StreamExt, stream};
use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    sync::{Arc, Mutex},
    time::Duration,
};
use tracing_subscriber::{Layer, layer::SubscriberExt, registry::LookupSpan};

/// Keeps spans and events with all their fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    spans: BTreeMap<u64, Span>,
    events: Vec<Event>,
}

#[derive(Clone, Debug)]
struct Span {
    name: &'static str,
    parent: Option<u64>,
    fields: BTreeMap<String, String>,
    closed: bool,
}

#[derive(Clone, Debug)]
struct Event {
    level: tracing::Level,
    span: Option<&'static str>,
    fields: BTreeMap<String, String>,
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl tracing::field::Visit for Fields<'_> {
    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        id: &tracing::span::Id,
        cx: tracing_subscriber::layer::Context<'_, S>,
    ) {
        let mut fields = BTreeMap::new();
        attributes.record(&mut Fields(&mut fields));
        let parent = cx.span(id).unwrap().parent().map(|parent| parent.id().into_u64());
        let span = Span { name: attributes.metadata().name(), parent, fields, closed: false };
        self.0.lock().unwrap().spans.insert(id.into_u64(), span);
    }

    fn on_record(
        &self,
        id: &tracing::span::Id,
        values: &tracing::span::Record<'_>,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) {
        if let Some(span) = self.0.lock().unwrap().spans.get_mut(&id.into_u64()) {
            values.record(&mut Fields(&mut span.fields));
        }
    }

    fn on_event(&self, event: &tracing::Event<'_>, cx: tracing_subscriber::layer::Context<'_, S>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        let span = cx.event_span(event).map(|span| span.name());
        self.0.lock().unwrap().events.push(Event { level: *event.metadata().level(), span, fields });
    }

    fn on_close(&self, id: tracing::span::Id, _: tracing_subscriber::layer::Context<'_, S>) {
        if let Some(span) = self.0.lock().unwrap().spans.get_mut(&id.into_u64()) {
            span.closed = true;
        }
    }
}

impl Log {
    fn record<T>(run: impl FnOnce() -> T) -> (Log, T) {
        let log = Log::default();
        let subscriber = tracing_subscriber::registry().with(log.clone());
        let value = tracing::subscriber::with_default(subscriber, run);
        (log, value)
    }

    fn spans(&self) -> Vec<Span> {
        self.0.lock().unwrap().spans.values().cloned().collect()
    }

    fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().events.clone()
    }

    /// Each span as `name run-name outcome`, below its parent.
    fn tree(&self) -> String {
        fn below(spans: &BTreeMap<u64, Span>, parent: Option<u64>, depth: usize, text: &mut String) {
            for (id, span) in spans.iter().filter(|(_, span)| span.parent == parent) {
                let field = |name: &str| span.fields.get(name).map_or("-", String::as_str);
                let _ = writeln!(text, "{}{} {} {}", "  ".repeat(depth), span.name, field("name"), field("outcome"));
                below(spans, Some(*id), depth + 1, text);
            }
        }
        let mut text = String::new();
        below(&self.0.lock().unwrap().spans, None, 0, &mut text);
        text
    }

    /// All that was logged, in one text.
    fn everything(&self) -> String {
        format!("{:?}{:?}", self.spans(), self.events())
    }
}

fn watched() -> RunContext {
    RunContext::new().with(TracingHandler::new())
}

const WHOLE: &str = "\
chain story ok
  step map ok
  step ask ok
    step fake ok
      llm.generate fake ok
  step Passthrough ok
";

#[test]
fn spans_form_the_run_tree() {
    let chain = chain(DynRunnable::new(passthrough()));
    let (log, _) = Log::record(|| block_on(chain.invoke_in("x", &watched())).unwrap());
    assert_eq!(log.tree(), WHOLE);
    let (log, _) = Log::record(|| block_on(chain.stream_in("x", &watched()).count()));
    assert_eq!(log.tree(), WHOLE);
    for span in log.spans() {
        assert!(span.closed, "{span:?}");
        assert!(span.fields["elapsed_ms"].parse::<f64>().unwrap() >= 0.0, "{span:?}");
        let kind = if span.name == "llm.generate" { "llm" } else { span.name };
        assert_eq!(span.fields["kind"], kind);
    }
    let runs: Vec<_> = log.spans().iter().filter(|span| span.name != "llm.generate").cloned().collect();
    let chain = runs.iter().find(|span| span.name == "chain").unwrap();
    assert!(!chain.fields.contains_key("parent"));
    assert_eq!(runs.iter().filter(|span| span.fields.get("parent") == chain.fields.get("run")).count(), 3);
}

#[test]
fn an_invocation_lies_in_the_current_span() {
    let chain = chain(DynRunnable::new(passthrough()));
    let (log, ()) = Log::record(|| {
        tracing::info_span!("request").in_scope(|| block_on(chain.invoke_in("x", &watched())).unwrap());
    });
    assert!(log.tree().starts_with("request - -\n  chain story ok\n    step map ok\n"), "{}", log.tree());
}

#[test]
fn invocations_side_by_side_keep_their_spans_apart() {
    let (a, b) = (chain(DynRunnable::new(passthrough())), chain(DynRunnable::new(passthrough())));
    let (log, ()) = Log::record(|| {
        let cx = watched();
        block_on(async {
            let (mut a, mut b) = (a.stream_in("x", &cx), b.stream_in("x", &cx));
            while a.next().await.is_some() | b.next().await.is_some() {}
        });
    });
    assert_eq!(log.tree(), WHOLE.repeat(2));
}

#[test]
fn a_failure_is_one_error_event() {
    let chain = chain((input::<String>() | fails).named("inner").erase());
    let (log, _) = Log::record(|| block_on(chain.invoke_in("x", &watched())).unwrap_err());
    assert!(log.tree().starts_with("chain story error\n"), "{}", log.tree());
    let errors: Vec<_> = log.events().into_iter().filter(|event| event.level == tracing::Level::ERROR).collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!((errors[0].span, errors[0].fields["kind"].as_str()), (Some("step"), "Other"));
    assert!(errors[0].fields["error"].contains("is dry"));
    let told = log.events().iter().filter(|event| event.fields["message"] == "failed").count();
    assert_eq!(told, 3, "the step and the two chains around it");
}

#[test]
fn what_is_dropped_is_cancelled() {
    let chain = chain(DynRunnable::new(never));
    let (log, ()) = Log::record(|| assert!(chain.invoke_in("x", &watched()).now_or_never().is_none()));
    assert!(log.tree().starts_with("chain story cancelled\n"), "{}", log.tree());
    assert!(log.tree().ends_with("step never cancelled\n"), "{}", log.tree());
    assert!(log.spans().iter().all(|span| span.closed));
}

#[test]
fn content_is_logged_only_on_request() {
    let chain = chain(DynRunnable::new(passthrough()));
    let run = |content: bool| {
        let cx = RunContext::new().with(TracingHandler::new().with_content(content));
        Log::record(|| block_on(chain.stream_in("private question", &cx).count())).0.everything()
    };
    let without = run(false);
    assert!(!without.contains("private") && !without.contains("secret") && !without.contains("answer"), "{without}");
    let with = run(true);
    assert!(with.contains("private question") && with.contains("secret answer"), "{with}");
}

/// Answers at once, with figures.
struct Figures;

impl LLM for Figures {
    fn generate(&self, _: Request, _: &RunContext) -> ChunkStream<'_, Completion> {
        let mut timings = Timings::default();
        timings.eval = Duration::from_millis(500);
        timings.eval_tokens = 50;
        let completion = Completion::new("x").with_usage(Usage::new(7, 51)).with_timings(timings).with_seed(3);
        stream::iter([Ok(Chunk::Done(completion))]).boxed()
    }

    fn id(&self) -> &'static str {
        "figures"
    }
}

#[test]
fn a_model_tells_usage_and_timings() {
    let llm = Model::new(Figures).with_options(GenerateOptions::new().max_tokens(64));
    let chain = llm | map(|text: String| text);
    let (log, _) = Log::record(|| block_on(chain.invoke_in("x", &watched())).unwrap());
    let span = log.spans().into_iter().find(|span| span.name == "llm.generate").unwrap();
    for (field, value) in [
        ("name", "figures"),
        ("grammar", "false"),
        ("max_tokens", "64"),
        ("outcome", "ok"),
        ("finish_reason", "EndOfText"),
        ("prompt_tokens", "7"),
        ("cached_tokens", "0"),
        ("completion_tokens", "51"),
        ("seed", "3"),
        ("eval_ms", "500.0"),
        ("tokens_per_second", "100.0"),
    ] {
        assert_eq!(span.fields.get(field).map(String::as_str), Some(value), "{field} in {span:#?}");
    }
    let event = log.events().into_iter().find(|event| event.fields["message"] == "generated").unwrap();
    assert_eq!((event.span, event.fields["completion_tokens"].as_str()), (Some("llm.generate"), "51"));
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct City {
    city: String,
}

fn weather() -> Tool {
    Tool::new("weather", "Tells it.", |at: City| async move { Ok(at.city) }).unwrap()
}

#[test]
fn a_tool_called_by_itself_has_its_names() {
    let (log, ()) = Log::record(|| {
        block_on(weather().call(serde_json::json!({ "city": "Bergen" }), &watched())).unwrap();
    });
    assert_eq!(log.tree(), "chain weather ok\n");
    let spans = log.spans();
    assert_eq!(
        (spans[0].fields["gen_ai.operation.name"].as_str(), spans[0].fields["gen_ai.tool.name"].as_str()),
        ("execute_tool", "weather")
    );
}

/// The names of OpenTelemetry's conventions.
#[test]
fn a_model_and_a_tool_have_the_names_of_open_telemetry() {
    let options = GenerateOptions::new().max_tokens(64).temperature(0.5);
    let (log, ()) = Log::record(|| {
        let tool = weather();
        let called = with_context(move |city: String, cx: RunContext| {
            let tool = tool.clone();
            async move { tool.call(serde_json::json!({ "city": city }), &cx).await }
        });
        block_on((input::<String>() | called).invoke_in("Bergen", &watched())).unwrap();
        block_on((Model::new(Figures).with_options(options) | map(|text: String| text)).invoke_in("x", &watched()))
            .unwrap();
        let broken = Model::new(FakeLlm::always("").then_fail(Error::new(ErrorKind::Engine, "it broke")));
        let chat = ChatPrompt::from_messages([("user", "Hi")]).unwrap() | broken;
        block_on(chat.invoke_in(Vars::new(), &watched())).unwrap_err();
    });
    let spans: Vec<_> = log.spans().into_iter().filter(|span| span.name == "llm.generate").collect();
    let fields = |at: usize| spans[at].fields.iter().filter(|(name, _)| name.contains('.')).collect::<BTreeMap<_, _>>();
    let wanted = |fields: &[(&str, &str)]| -> BTreeMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let answered = wanted(&[
        ("gen_ai.operation.name", "text_completion"),
        ("gen_ai.provider.name", "catena"),
        ("gen_ai.request.max_tokens", "64"),
        ("gen_ai.request.model", "figures"),
        ("gen_ai.request.temperature", "0.5"),
        ("gen_ai.response.finish_reasons", "stop"),
        ("gen_ai.usage.input_tokens", "7"),
        ("gen_ai.usage.output_tokens", "51"),
        ("otel.kind", "internal"),
        ("otel.name", "text_completion figures"),
    ]);
    assert_eq!(fields(0), answered.iter().collect());
    let failed = wanted(&[
        ("error.type", "Engine"),
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "catena"),
        ("gen_ai.request.model", "fake"),
        ("otel.kind", "internal"),
        ("otel.name", "chat fake"),
    ]);
    assert_eq!(fields(1), failed.iter().collect());
    let tool = log.spans().into_iter().find(|span| span.fields["name"] == "weather").unwrap();
    assert_eq!(
        (tool.fields["gen_ai.operation.name"].as_str(), tool.fields["gen_ai.tool.name"].as_str()),
        ("execute_tool", "weather")
    );
}

#[test]
fn a_models_own_handler_makes_spans_of_its_answers() {
    let llm = Model::new(Figures).with_callback(TracingHandler::new());
    let (log, _) = Log::record(|| block_on((input::<String>() | llm | map(|text: String| text)).invoke("x")).unwrap());
    assert_eq!(log.tree(), "llm.generate figures ok\n");
}

#[test]
fn without_a_subscriber_runs_go_on() {
    assert!(block_on(chain(DynRunnable::new(passthrough())).invoke_in("x", &watched())).is_ok());
}
