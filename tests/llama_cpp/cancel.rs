//! What is dropped stops.
use super::{load, tiny};
use catena::{GenerateOptions, LlamaCpp, Model, RunContext, testing::Expect};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, mpsc},
    task::{Context, Wake},
    thread,
    time::Duration,
};

pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..60_000 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{what} did not come about within a minute");
}

fn endless() -> Model<LlamaCpp> {
    load(tiny().n_ctx(4096).n_batch(64)).with_options(GenerateOptions::new().temperature(0.0))
}

#[tokio::test]
async fn a_dropped_stream_stops_within_a_token() {
    let llm = endless();
    let mut fewest = u64::MAX;
    for round in 1..=20 {
        let mut stream = llm.stream_text("Once");
        stream.next().await.unwrap().unwrap();
        let before = llm.stats();
        assert_eq!(before.completed, 0, "the text was over before it could be dropped");
        drop(stream);
        until("the cancellation", || llm.stats().cancelled == round).await;
        fewest = fewest.min(llm.stats().evaluated_tokens - before.evaluated_tokens);
    }
    // Others run on this machine too, so the moment between reading and dropping may be long now and then, not always.
    assert!(fewest <= 1, "{fewest} tokens were evaluated after the drop");
}

#[tokio::test]
async fn a_dropped_call_stops_within_a_batch_of_its_prompt() {
    let llm = endless();
    let prompt = "ab cd ef gh ij kl mn op ".repeat(240);
    let tokens = llm.tokenize(prompt.as_str(), true).await.unwrap().len() as u64;
    assert!((3_000..4_096).contains(&tokens), "{tokens}");
    let mut fewest = u64::MAX;
    for round in 1..=10 {
        let start = llm.stats().evaluated_tokens;
        let call = llm.invoke(prompt.clone());
        let mut call = Box::pin(call);
        // Polled without waiting: the request goes out, and the engine begins.
        assert!(call.as_mut().now_or_never().is_none());
        until("the first batch", || llm.stats().evaluated_tokens > start).await;
        let before = llm.stats().evaluated_tokens;
        drop(call);
        until("the cancellation", || llm.stats().cancelled == round).await;
        fewest = fewest.min(llm.stats().evaluated_tokens - before);
    }
    assert!(fewest <= 64, "{fewest} tokens of the prompt were evaluated after the drop");
    assert_eq!(llm.stats().completed, 0);
    // The handle goes on working.
    let brief = llm.clone().with_options(GenerateOptions::new().max_tokens(3));
    assert_eq!(brief.detailed().invoke("Once").await.unwrap().usage.completion_tokens, 3);
}

#[tokio::test]
async fn the_run_of_a_dropped_stream_ends_as_cancelled() {
    let llm = endless();
    let (handler, handle) = Expect::new().handler();
    let chain = (catena::input::<String>() | llm.clone()).named("chain");
    let cx = RunContext::new().with(handler);
    let mut stream = chain.stream_in("Once", &cx);
    stream.next().await.unwrap().unwrap();
    drop(stream);
    let events = handle.events();
    let ends: Vec<&str> = events.iter().map(String::as_str).filter(|event| event.contains("cancel")).collect();
    assert_eq!(ends.len(), 3, "the model's, the step's and the chain's: {events:?}");
    assert!(events.iter().all(|event| !event.contains("error") && !event.contains("end")), "{events:?}");
}

#[tokio::test]
async fn deltas_arrive_before_the_text_is_complete() {
    let llm = endless();
    let chain = catena::input::<String>() | llm.clone() | |text: String| async move { Ok(text.len()) };
    let mut stream = Box::pin(chain.stream("Once".to_owned()));
    // The closure waits for the whole text; the model behind it must not.
    assert!(stream.as_mut().next().now_or_never().is_none());
    drop(stream);
    let chain = catena::input::<String>() | llm.clone() | catena::passthrough();
    let mut text = chain.stream_text("Once".to_owned());
    let first = text.next().await.unwrap().unwrap();
    assert!(!first.is_empty());
    assert_eq!(llm.stats().completed, 0, "the first delta came when all was written");
}

/// Drops a call, and with it the last handle of its model, on the thread that wakes it. Tells on which that was, and whether
/// it went well.
struct DropsOnWake(Mutex<Option<BoxFuture<'static, ()>>>, mpsc::Sender<(Option<String>, bool)>);

impl Wake for DropsOnWake {
    fn wake(self: Arc<Self>) {
        let Some(call) = self.0.lock().unwrap().take() else { return };
        let went_well = catch_unwind(AssertUnwindSafe(|| drop(call))).is_ok();
        let _ = self.1.send((thread::current().name().map(str::to_owned), went_well));
    }
}

#[test]
fn the_last_handle_may_be_dropped_on_the_thread_of_its_model() {
    let llm = endless();
    // Long enough that the call waits before it is answered.
    let text = "word ".repeat(200_000);
    let (told, outcome) = mpsc::channel();
    let waker = Arc::new(DropsOnWake(Mutex::default(), told));
    let mut call: BoxFuture<'static, ()> = Box::pin(async move { llm.tokenize(text, false).await.map(drop).unwrap() });
    {
        // Whoever wakes it waits until it is there.
        let mut place = waker.0.lock().unwrap();
        assert!(call.poll_unpin(&mut Context::from_waker(&Arc::clone(&waker).into())).is_pending());
        *place = Some(call);
    }
    let (name, went_well) = outcome.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(went_well && name.unwrap().starts_with("catena "));
}
