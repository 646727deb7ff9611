//! Texts that are written together.
use super::{load, steady::steady, tiny};
use catena::{Completion, Error, ErrorKind, FinishReason, GenerateOptions, Grammar, LlamaCpp, Model, Request};
use futures::{FutureExt, StreamExt, executor::block_on, future::join_all};
use std::{sync::Mutex, time::Duration};

fn greedy(tokens: usize) -> GenerateOptions {
    GenerateOptions::new().temperature(0.0).max_tokens(tokens)
}

fn word_grammar() -> Grammar {
    Grammar::parse(r#"root ::= ("yes" | "no" | [a-z]{3,9}) ("," [0-9]{1,4}){2,5} "!""#).unwrap()
}

/// Requests of different lengths, some held to a grammar, some with a stop text.
fn requests() -> Vec<Request> {
    let request = |call: usize| {
        let prompt = format!("{} number {call}:", "word ".repeat(call * 3 % 20));
        let request = Request::new(prompt).with_options(greedy(8 + call * 5 % 40));
        match call % 4 {
            0 => request.with_grammar(word_grammar()),
            1 => request.with_options(greedy(60).stop(["e"])),
            _ => request,
        }
    };
    (0..20).map(request).collect()
}

async fn together(llm: &Model<LlamaCpp>, requests: &[Request]) -> Vec<Completion> {
    let detailed = llm.detailed();
    let calls = requests.iter().map(|request| detailed.invoke(request.clone()));
    join_all(calls).await.into_iter().map(Result::unwrap).collect()
}

async fn one_by_one(llm: &Model<LlamaCpp>, requests: &[Request]) -> Vec<Completion> {
    let detailed = llm.detailed();
    let mut completions = Vec::new();
    for request in requests {
        completions.push(detailed.invoke(request.clone()).await.unwrap());
    }
    completions
}

fn texts(completions: &[Completion]) -> Vec<(&str, &FinishReason)> {
    completions.iter().map(|completion| (completion.text.as_str(), &completion.finish_reason)).collect()
}

#[tokio::test]
async fn greedy_texts_are_those_of_calls_one_by_one() {
    let serial = one_by_one(&load(steady().n_parallel(1).cache_tokens(0)), &requests()).await;
    for builder in [
        steady(),
        steady().n_parallel(3),
        steady().n_parallel(20).n_ctx(2048),
        steady().kv_unified(false),
        steady().deterministic(true),
        steady().n_batch(8),
        steady().n_batch(1).n_parallel(5),
        steady().n_prompt_step(1),
    ] {
        let what = format!("{builder:?}");
        let llm = load(builder);
        assert_eq!(texts(&together(&llm, &requests()).await), texts(&serial), "{what}");
        let stats = llm.stats();
        assert_eq!((stats.completed, stats.failed, stats.waiting), (20, 0, 0));
    }
}

#[tokio::test]
async fn texts_share_their_batches() {
    let llm = load(tiny().n_parallel(8));
    let requests: Vec<Request> =
        (0..8).map(|call| Request::new(format!("{call} is")).with_options(greedy(32))).collect();
    for completion in together(&llm, &requests).await {
        assert_eq!(completion.usage.completion_tokens, 32);
    }
    let stats = llm.stats();
    // Each text alone takes 32 batches. The first may have begun before the others came.
    assert!(stats.decodes < 80, "{stats:?}");
}

#[tokio::test]
async fn a_long_prompt_does_not_keep_others_from_writing() {
    let llm = load(tiny().n_ctx(4096).n_batch(512).n_prompt_step(32));
    let long = "ab cd ef gh ij kl mn op ".repeat(200);
    let tokens = llm.tokenize(long.as_str(), true).await.unwrap().len();
    assert!(tokens > 2_000, "{tokens}");
    let writer = llm.clone().with_options(greedy(1_000));
    let mut text = writer.stream("Once");
    text.next().await.unwrap().unwrap();
    let before = llm.stats().decodes;
    let reader = llm.clone().with_options(greedy(1)).detailed();
    let read = reader.invoke(long).await.unwrap();
    assert_eq!(read.usage.prompt_tokens, tokens);
    let steps = llm.stats().decodes - before;
    // In every step a token of the text that is being written, and at most 32 of the prompt.
    assert!(steps as usize >= tokens / 32, "{steps} steps for {tokens} tokens");
    while let Some(chunk) = text.next().await {
        chunk.unwrap();
    }
    assert_eq!(llm.stats().completed, 2);
}

/// Nor does a text that is guessed at, however much of a batch its guesses would fill.
#[tokio::test]
async fn guesses_do_not_keep_a_prompt_waiting() {
    let llm = load(steady().n_ctx(4096).n_batch(8));
    let grammar = Grammar::parse(r#"root ::= ("0123456789")+"#).unwrap();
    let mut options = greedy(3_000).lookup(true).fast_forward(false);
    for end in 0..3 {
        options = options.logit_bias(end, f32::NEG_INFINITY);
    }
    let copied = Request::new("0123456789".repeat(4)).with_grammar(grammar).with_options(options);
    let mut text = llm.stream(copied);
    for _ in 0..60 {
        text.next().await.unwrap().unwrap();
    }
    llm.invoke(Request::new("word ".repeat(4)).with_options(greedy(1))).await.unwrap();
    let stats = llm.stats();
    assert_eq!((stats.active, stats.completed), (1, 1), "the prompt waited for the other text: {stats:?}");
    assert!(stats.right_tokens > 30, "{stats:?}");
}

#[test]
fn those_of_a_higher_priority_come_first() {
    let llm = load(tiny().n_parallel(1).n_ctx(4096));
    let mut first = llm.stream("Once");
    block_on(first.next()).unwrap().unwrap();
    let order = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for priority in [0, -3, 7, 0, 9] {
            let (llm, order) = (&llm, &order);
            scope.spawn(move || {
                let options = greedy(60).priority(priority);
                block_on(llm.invoke(Request::new("Go").with_options(options))).unwrap();
                order.lock().unwrap().push(priority);
            });
        }
        while llm.stats().waiting < 5 {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(first);
    });
    // Two that are done close to one another may be seen in any order; the first and the last are far apart.
    let order = order.lock().unwrap().clone();
    let place = |priority: i32| order.iter().position(|&done| done == priority).unwrap();
    assert!(place(9) < place(-3) && place(7) < place(-3), "{order:?}");
}

#[tokio::test]
async fn a_time_limit_ends_a_text_and_a_wait() {
    let llm = load(tiny().n_parallel(1).n_ctx(4096)).with_options(GenerateOptions::new().temperature(0.0));
    let brief = GenerateOptions::new().timeout(Duration::from_millis(60));
    let error = llm.clone().with_options(brief.clone()).invoke("Once").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    assert!(!error.partial().unwrap().is_empty());

    let mut first = llm.stream("Once");
    first.next().await.unwrap().unwrap();
    let error = llm.clone().with_options(brief).invoke("Twice").await.unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Timeout, Some("")));
    let never = GenerateOptions::new().timeout(Duration::MAX).max_tokens(2);
    drop(first);
    assert!(llm.with_options(never).invoke("Once").await.is_ok());
}

#[tokio::test]
async fn a_full_queue_refuses_where_asked_to() {
    let llm = load(tiny().n_parallel(1).n_ctx(4096).queue(2));
    let mut first = llm.stream("Once");
    first.next().await.unwrap().unwrap();
    let call = || Box::pin(async { llm.invoke(Request::new("Go").with_options(greedy(2))).await });
    let (mut second, mut third) = (call(), call());
    assert!(second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none());
    let error: Error = call().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Busy);
    assert!(error.message().contains("2 calls wait"), "{error}");
    // A call that is dropped gives its place to another.
    drop(second);
    let mut fourth = call();
    let until = async {
        while llm.stats().waiting > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    until.await;
    assert!(fourth.as_mut().now_or_never().is_none());
    drop(first);
    assert!(third.await.is_ok() && fourth.await.is_ok());
}

#[tokio::test]
async fn texts_that_do_not_fit_together_wait_for_one_another() {
    let prompts: Vec<Request> =
        (0..6).map(|call| Request::new(format!("{call} {}", "x y ".repeat(10))).with_options(greedy(300))).collect();
    let serial = one_by_one(&load(steady().n_parallel(1).cache_tokens(0)), &prompts).await;
    let llm = load(steady().n_parallel(6));
    assert_eq!(texts(&together(&llm, &prompts).await), texts(&serial));
    assert!(llm.stats().parked > 0, "{:?}", llm.stats());
    // Alone a text may take all.
    let whole = llm.clone().with_options(GenerateOptions::new().temperature(0.0));
    let completion = whole.detailed().invoke("Once").await.unwrap();
    assert_eq!(completion.usage.prompt_tokens + completion.usage.completion_tokens, 512);
}

#[tokio::test]
async fn a_deterministic_model_gives_the_same_bits_whatever_else_runs() {
    let llm = load(tiny().deterministic(true).n_batch(16));
    let options = greedy(24).logprobs(3);
    let prompts = ["One", "Two and then some more of it to fill more than one batch of the prompt", "Three"];
    let calls: Vec<Request> =
        prompts.iter().map(|&prompt| Request::new(prompt).with_options(options.clone())).collect();
    let cold = one_by_one(&load(tiny().deterministic(true).n_batch(16).cache_tokens(0)), &calls).await;
    for round in 0..3 {
        let noise: Vec<Request> =
            (0..6).map(|call| Request::new(format!("noise {round} {call}")).with_options(greedy(5 + call))).collect();
        let all: Vec<Request> = calls.iter().chain(&noise).cloned().collect();
        for (completion, expected) in together(&llm, &all).await.iter().zip(&cold) {
            assert_eq!(completion.text, expected.text);
            assert_eq!(completion.logprobs, expected.logprobs);
        }
    }
    // What is taken from before is the whole prompt, or whole batches of it.
    let again = llm.detailed().invoke(calls[1].clone()).await.unwrap();
    assert_eq!(again.usage.cached_tokens, again.usage.prompt_tokens);
    let other = Request::new(format!("{} and on", prompts[1])).with_options(options);
    let other = llm.detailed().invoke(other).await.unwrap();
    assert!(other.usage.cached_tokens > 0 && other.usage.cached_tokens % 16 == 0, "{:?}", other.usage);
}

/// Lengths, grammars, stop texts, seeds, priorities, drops and time limits, from a fixed mix that stands for chance.
#[test]
fn hundreds_of_calls_of_all_kinds_from_many_threads() {
    const CALLS: usize = 400;
    let llm = load(steady().n_parallel(6).n_batch(64));
    let request = |call: usize| {
        let kind = call % 25;
        let prompt = format!("{} {}", ["Once", "The head of", "Once upon a time"][kind % 3], "tick ".repeat(kind));
        let mut options = greedy(8 + kind * 7 % 40);
        if kind % 5 == 1 {
            options = options.stop(["a", "th"]);
        }
        let request = Request::new(prompt).with_options(options);
        if kind % 4 == 2 { request.with_grammar(word_grammar()) } else { request }
    };
    let expected: Vec<String> = (0..25).map(|kind| block_on(llm.invoke(request(kind))).unwrap()).collect();
    let run = |call: usize| {
        let mix = call.wrapping_mul(2_654_435_761) >> 9;
        let mut request = request(call);
        request.options = request.options.priority(i32::try_from(mix % 7).unwrap() - 3);
        match mix % 6 {
            0 => {
                let read: Vec<_> = block_on(llm.stream_text(request).take(mix % 5).collect());
                let text: Result<String, Error> = read.into_iter().collect();
                assert!(expected[call % 25].starts_with(&text.unwrap()));
            }
            1 => {
                request.options = request.options.timeout(Duration::from_micros(mix as u64 % 5_000));
                match block_on(llm.invoke(request)) {
                    Ok(text) => assert_eq!(text, expected[call % 25]),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::Timeout);
                        assert!(expected[call % 25].starts_with(error.partial().unwrap()));
                    }
                }
            }
            2 => {
                request.options = request.options.temperature(1.3).seed(u32::try_from(call).unwrap());
                assert!(block_on(llm.invoke(request)).is_ok());
            }
            _ => assert_eq!(block_on(llm.invoke(request)).unwrap(), expected[call % 25], "call {call}"),
        }
    };
    std::thread::scope(|scope| {
        for first in 0..10 {
            scope.spawn(move || (first..CALLS).step_by(10).for_each(run));
        }
    });
    let until_idle = || {
        (0..10_000).any(|_| {
            std::thread::sleep(Duration::from_millis(1));
            llm.stats().active == 0
        })
    };
    assert!(until_idle());
    let stats = llm.stats();
    assert_eq!(stats.completed + stats.failed + stats.cancelled, 25 + CALLS as u64 - never_asked(CALLS), "{stats:?}");
}

/// Streams of which nothing is taken never ask.
fn never_asked(calls: usize) -> u64 {
    let mixes = (0..calls).map(|call| call.wrapping_mul(2_654_435_761) >> 9);
    mixes.filter(|mix| mix % 6 == 0 && mix % 5 == 0).count() as u64
}
