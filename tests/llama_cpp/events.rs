//! What the engine tells `tracing`.
use super::{cancel::until, load, tiny_path};
use catena::{GenerateOptions, Grammar, LlamaCpp, Request};
use futures::StreamExt;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::{Context, SubscriberExt},
};

type Fields = HashMap<String, String>;

/// Keeps the fields of all events.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Fields>>>);

struct Read<'a>(&'a mut Fields);

impl Visit for Read<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Read(&mut fields));
        // Other tests have models of their own.
        if fields.get("model").is_some_and(|model| model == "told-of") {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fields);
        }
    }
}

fn number(fields: &Fields, name: &str) -> u64 {
    fields.get(name).unwrap_or_else(|| panic!("no {name} in {fields:?}")).parse().unwrap()
}

#[tokio::test]
async fn batches_and_calls_are_told_with_all_their_fields() {
    let log = Log::default();
    let filter = Targets::new().with_target("catena::engine", LevelFilter::TRACE);
    // The model's own thread tells: only a subscriber of the whole process hears it.
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(log.clone().with_filter(filter)))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("told-of.gguf");
    std::fs::copy(tiny_path(), &path).unwrap();
    let llm = load(LlamaCpp::builder(&path).n_ctx(4096).n_threads(1).n_batch(64));
    let grammar = Grammar::parse(r#"root ::= "the answer is " ("yes" | "no")"#).unwrap();
    let request = Request::new("Is it?").with_grammar(grammar);
    let completion = llm.detailed().invoke(request.clone()).await.unwrap();
    llm.invoke(request.with_options(GenerateOptions::new().max_tokens(1))).await.unwrap_err();
    let mut stream = llm.stream("Go on");
    stream.next().await.unwrap().unwrap();
    drop(stream);
    until("the cancellation", || llm.stats().cancelled == 1).await;
    // States are calls, too.
    let saved = folder.path().join("state");
    let count = llm.save_state("Is it so?", &saved).await.unwrap() as u64;
    assert_eq!(llm.load_state(&saved).await.unwrap() as u64, count);
    llm.load_state(&path).await.unwrap_err();
    let stats = llm.stats();
    drop(llm);

    let told = log.0.lock().unwrap().clone();
    let (batches, calls): (Vec<_>, Vec<_>) = told.iter().partition(|fields| fields["message"] == "batch");
    let outcomes: Vec<&str> = calls.iter().map(|call| call["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["completed", "failed", "cancelled", "completed", "completed", "failed"]);
    assert_eq!((stats.completed, stats.failed, stats.cancelled), (3, 2, 1));
    let [done, failed, cancelled, saved, loaded, unloaded] = calls[..] else { panic!("{calls:?}") };
    assert_eq!([saved, loaded].map(|call| number(call, "prompt_tokens")), [count; 2]);
    assert_eq!((unloaded["error"].as_str(), number(unloaded, "prompt_tokens")), ("Load", 0));
    assert_eq!((done["message"].as_str(), done["finish_reason"].as_str()), ("call", "Grammar"));
    assert_eq!(number(done, "prompt_tokens"), completion.usage.prompt_tokens as u64);
    assert_eq!(number(done, "completion_tokens"), completion.usage.completion_tokens as u64);
    assert!((1..=number(done, "completion_tokens")).contains(&number(done, "forced_tokens")));
    assert_eq!((failed["error"].as_str(), failed.get("finish_reason")), ("OutOfTokens", None));
    assert!(number(cancelled, "completion_tokens") > 0);
    for call in &calls {
        let parts = ["queue_us", "prompt_us", "eval_us", "sample_us"].map(|name| number(call, name));
        assert!(parts.iter().sum::<u64>() <= number(call, "total_us"), "{call:?}");
        assert!(number(call, "constraint_us") <= number(call, "total_us") && number(call, "right_tokens") == 0);
    }
    assert_eq!(batches.len() as u64, stats.decodes);
    assert_eq!(batches.iter().map(|batch| number(batch, "tokens")).sum::<u64>(), stats.evaluated_tokens);
    for batch in batches {
        assert_eq!((number(batch, "texts"), number(batch, "active"), number(batch, "n_batch")), (1, 1, 64));
        assert_eq!((number(batch, "guessed"), number(batch, "waiting")), (0, 0));
        assert!(number(batch, "kept_tokens") < 4096 && number(batch, "took_us") < 60_000_000);
    }
}
