//! What must compile: every shape of a chain, and its futures and streams on other threads.
use catena::{
    Chain, Chunk, ChunkStream, DynRunnable, Error, LLM, Model, Parallel, Prompt, Result, RunConfig, RunContext, Runnable,
    Template, Vars, alternatives, assign, assign_with, branch, delegate, fallback, input, map, map_each, passthrough,
    pick, pick_one, retry, router, testing::FakeLlm, timeout, with_config, with_context,
};
use std::{collections::BTreeMap, time::Duration};

async fn count(text: String) -> Result<usize> {
    Ok(text.len())
}

async fn generic<T: Send + 'static>(value: T) -> Result<T> {
    Ok(value)
}

struct Own;

impl Runnable<String> for Own {
    type Output = String;

    async fn run(&self, text: String, _: &RunContext) -> Result<String> {
        Ok(text)
    }
}

catena::pipe_head!(Own: String);

struct OwnGeneric<T>(T);

impl<T: Clone + Send + Sync + 'static> Runnable<T> for OwnGeneric<T> {
    type Output = T;

    async fn run(&self, _: T, _: &RunContext) -> Result<T> {
        Ok(self.0.clone())
    }
}

catena::pipe_head!(impl<T> OwnGeneric<T>: T where T: Clone + Send + Sync + 'static);

/// A wrapper of any step.
struct Twice<R>(R);

impl<I: Send + 'static, R: Runnable<I, Output = I>> Runnable<I> for Twice<R> {
    type Output = I;

    async fn run(&self, input: I, cx: &RunContext) -> Result<I> {
        let once = self.0.run(input, cx).await?;
        self.0.run(once, cx).await
    }
}

struct Service {
    chain: DynRunnable<String, usize>,
}

fn opaque() -> Chain<String, usize, impl Runnable<String, Output = usize>> {
    input::<String>() | count
}

fn any_model(llm: &Model) -> DynRunnable<Prompt, usize> {
    (llm.clone() | count).erase()
}

fn of_any_provider<L: LLM>(llm: &Model<L>) -> impl Runnable<Prompt, Output = usize> + use<L> {
    llm.clone() | count
}

fn owned(service: &Service) -> ChunkStream<'static, usize> {
    service.chain.clone().into_stream("x", RunContext::new())
}

fn is_send<T: Send>(_: T) {}
fn is_shared<T: Send + Sync + Clone + 'static>(_: T) {}

fn main() {
    let llm = Model::new(FakeLlm::always("x"));
    let prefix = "a".to_owned();
    let _ = Template::new("{topic}").unwrap() | llm.clone() | count;
    let _ = llm.clone() | count;
    let _ = llm.clone().erase() | |text: String| async move { Ok(text.len()) };
    let _ = llm.detailed() | map(|completion: catena::Completion| completion.usage);
    let _ = Own | Own | generic | generic::<String> | count;
    let _ = OwnGeneric(1_u8) | Twice(OwnGeneric(2_u8));
    let _ = input::<String>() | (async |text: String| Ok(text.len())) | map(|n: usize| n);
    let _ = input::<String>()
        | move |text: String| {
            let text = format!("{prefix}{text}");
            async move { Ok(text) }
        };
    let _ = input::<String>().map(|text| text.len()).map(|n| n + 1);
    let _ = input::<String>() | (passthrough(), count) | map(|(text, n): (String, usize)| text.repeat(n)) | llm.clone();
    let _ = input::<String>() | with_context(|text: String, cx: RunContext| async move { cx.aborted().map(|()| text) });
    let _ = Parallel::new().with("own", Own).with("other", Own) | map(|both: BTreeMap<String, String>| both.len());
    let _ = input::<String>() | branch().when(|text: &String| text.is_empty(), count).otherwise(map(|_: String| 0));
    let _ = input::<String>() | router(|text: &String| text.clone()).route("a", count).otherwise(count) | generic;
    let _ = input::<Vec<String>>() | map_each(count, 4) | map_each(generic, 1);
    let _ = Template::new("{topic}").unwrap() | retry(llm.clone()).attempts(2) | count;
    let _ = Template::new("{topic}").unwrap() | fallback(llm.clone()).or(llm.clone()) | count;
    let _ = Template::new("{topic}").unwrap() | timeout(retry(llm.clone()), Duration::from_secs(1)) | count;
    let _ = Template::new("{topic}").unwrap() | alternatives("model", "a", llm.clone()).or("b", llm.clone()) | count;
    let _ = input::<String>() | with_config(count, RunConfig::new().name("length")) | delegate(|_: &usize| Ok(generic));
    let _ = input::<String>() | assign_with(count, |text, n| text.repeat(n)) | Own;
    let _ = input::<Vars>() | assign("n", map(|_: Vars| 1)) | pick(["n"]) | pick_one::<u8>("n");
    let _ = input::<String>() | fallback(count).or_told(map(|(_, _): (String, Error)| 0));
    is_send((input::<String>() | retry(Own)).events("x"));
    is_send((input::<String>() | (Own, retry(count))).batch_as_completed(["x"], 1));
    is_send((input::<String>() | fallback(count).or(count)).try_batch(["x"], 1));
    let nested = input::<String>() | (input::<String>() | Own | count) | map(|n: usize| n);
    is_send(nested.invoke("x"));
    is_send(nested.batch(["x", "y"], 2));
    is_send(nested.stream("x"));
    is_shared(opaque().erase());
    is_shared(llm.clone());
    let service = Service { chain: opaque().erase() };
    is_send(owned(&service));
    is_send(of_any_provider(&llm));
    is_send(any_model(&llm.erase()));
    let _: Option<Chunk<usize>> = None;
}
