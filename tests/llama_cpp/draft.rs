//! A smaller model that guesses changes no text.
use super::{changed, gguf::Gguf, load, recurrent::mamba, steady::steady, tiny, tiny_path};
use catena::{ErrorKind, GenerateOptions, Grammar, LlamaCpp, LlamaCppBuilder, Model, Overflow, Request};
use futures::{StreamExt, future::join_all};
use std::sync::LazyLock;
use tempfile::NamedTempFile;

/// Another model with the same vocabulary, which is mostly wrong.
static STRANGER: LazyLock<NamedTempFile> = LazyLock::new(|| Gguf::llama(7, 1.0).write());

fn prompts() -> Vec<String> {
    vec![
        "Once upon a time".to_owned(),
        "The quick brown fox jumps over the lazy dog. ".repeat(2),
        "one two three. one two three. one two".to_owned(),
        "x".repeat(60),
    ]
}

fn grammar() -> Grammar {
    Grammar::parse(
        "root ::= \"[\" item (\", \" item){9} \"]\"\n\
         item ::= \"{\\\"name\\\": \\\"\" [a-z]{3,9} \"\\\", \\\"age\\\": \" [0-9]{1,2} \"}\"",
    )
    .unwrap()
}

/// With and without a grammar, greedy and not.
fn requests() -> Vec<Request> {
    let mut requests = Vec::new();
    for (seed, prompt) in (0_u32..).zip(prompts()) {
        for temperature in [0.0, 0.4] {
            let options = GenerateOptions::new().temperature(temperature).seed(seed).max_tokens(400);
            let request = Request::new(prompt.as_str()).with_options(options);
            requests.push(request.clone().with_grammar(grammar()));
            requests.push(request);
        }
    }
    requests
}

fn model(builder: LlamaCppBuilder) -> Model<LlamaCpp> {
    load(builder.n_ctx(1024))
}

async fn texts(llm: &Model<LlamaCpp>) -> Vec<String> {
    let mut texts = Vec::new();
    for request in requests() {
        texts.push(llm.invoke(request).await.unwrap());
    }
    texts
}

#[tokio::test]
async fn texts_are_the_same_in_fewer_steps() {
    let plain = model(steady());
    let expected = texts(&plain).await;
    let steps = plain.stats().decodes;

    // The bundled model in half precision is a good guess at itself in single precision.
    let good = model(steady().draft(tiny_path()));
    assert_eq!(texts(&good).await, expected);
    let stats = good.stats();
    println!("{steps} steps without a draft model, with one: {stats:?}");
    assert!(stats.right_tokens * 10 > stats.guessed_tokens * 7, "{stats:?}");
    assert!(stats.decodes * 10 < steps * 8, "{stats:?}");
    assert!(stats.draft_tokens >= stats.guessed_tokens / 2 && stats.draft_micros > 0, "{stats:?}");

    let bad = model(steady().draft(STRANGER.path()));
    assert_eq!(texts(&bad).await, expected);
    println!("with a stranger: {:?}", bad.stats());

    for llm in [good, bad] {
        let together = join_all(requests().into_iter().map(|request| llm.invoke(request))).await;
        assert_eq!(together.into_iter().map(Result::unwrap).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn it_guesses_beside_everything_else() {
    let options = || GenerateOptions::new().temperature(0.0).max_tokens(120);
    let plain = model(steady()).with_options(options());
    let drafted = model(steady().draft(tiny_path())).with_options(options());
    for prompt in prompts() {
        let whole = plain.invoke(prompt.as_str()).await.unwrap();
        let stop: String = whole.chars().skip(20).take(3).collect();
        let cases = [
            GenerateOptions::new().lookup(true),
            GenerateOptions::new().logprobs(2),
            GenerateOptions::new().fast_forward(false),
            GenerateOptions::new().max_tokens(1),
            GenerateOptions::new().stop([stop]),
            GenerateOptions::new().repeat_penalty(1.3),
        ];
        for case in cases {
            let text =
                async |llm: &Model<LlamaCpp>| llm.clone().with_options(case.clone()).invoke(prompt.clone()).await;
            let (expected, found) = futures::join!(text(&plain), text(&drafted));
            assert_eq!(found.unwrap(), expected.unwrap(), "{case:?}");
        }
    }
    assert!(drafted.stats().right_tokens > 0);
}

/// Both memories are small: texts lose their places, and are dropped half-way.
#[tokio::test]
async fn nothing_is_lost_where_memory_is_short() {
    let options = GenerateOptions::new().temperature(0.0).max_tokens(100);
    let small = |builder: LlamaCppBuilder| load(builder.n_ctx(256).n_parallel(4)).with_options(options.clone());
    let (plain, drafted) = (small(steady()), small(steady().draft(tiny_path())));
    let prompts = prompts();
    let mut expected = Vec::new();
    for prompt in &prompts {
        expected.push(plain.invoke(prompt.as_str()).await.unwrap());
    }
    for round in 0..3 {
        let mut dropped = drafted.stream(prompts[round % prompts.len()].as_str());
        for _ in 0..=round {
            dropped.next().await.unwrap().unwrap();
        }
        drop(dropped);
        let all = prompts.iter().cycle().take(12);
        let together = join_all(all.map(|prompt| drafted.invoke(prompt.as_str()))).await;
        for (found, expected) in together.into_iter().zip(expected.iter().cycle()) {
            assert_eq!(found.unwrap(), *expected, "round {round}");
        }
    }
    let shift = GenerateOptions::new().overflow(Overflow::Shift).max_tokens(600);
    let long =
        |llm: Model<LlamaCpp>| async { llm.with_options(shift.clone()).invoke("Once upon a time").await.unwrap() };
    assert_eq!(long(drafted).await, long(plain).await);
}

/// The draft model shares no heads, and so its memory holds fewer texts.
#[tokio::test]
async fn a_memory_that_is_too_small_is_not_filled_again_for_each_token() {
    let llm = load(steady().draft(tiny_path()).n_ctx(256).n_parallel(4));
    let mut options = GenerateOptions::new().temperature(0.0).max_tokens(30).fast_forward(false);
    for end in 0..3 {
        options = options.logit_bias(end, f32::NEG_INFINITY);
    }
    let grammar = Grammar::parse(r#"root ::= ("0123456789")+"#).unwrap();
    let request = Request::new("0123456789".repeat(10)).with_grammar(grammar).with_options(options);
    for text in join_all((0..4).map(|_| llm.invoke(request.clone()))).await {
        assert_eq!(text.unwrap(), "0123456789".repeat(3));
    }
    let stats = llm.stats();
    assert!(stats.guessed_tokens > 0, "{stats:?}");
    assert!(stats.draft_tokens < 4 * (100 + 30) * 3, "{stats:?}");
}

#[tokio::test]
async fn what_cannot_guess_is_told_when_the_model_is_loaded() {
    let refused = |builder: LlamaCppBuilder| {
        let error = builder.load().unwrap_err();
        (error.kind(), error.to_string())
    };
    let swapped = changed(|bytes| {
        let token = |letter: u8| [&1_u64.to_le_bytes()[..], &[letter]].concat();
        let both = [token(b'A'), token(b'B')].concat();
        let at = bytes.windows(both.len()).position(|window| window == both).unwrap();
        bytes[at..at + both.len()].copy_from_slice(&[token(b'B'), token(b'A')].concat());
    });
    let (kind, message) = refused(tiny().draft(swapped.path()));
    assert_eq!(kind, ErrorKind::Unsupported, "{message}");
    assert!(message.contains(r#"is "B" in place of "A""#), "{message}");
    assert_eq!(refused(tiny().draft("no-such-file.gguf")).0, ErrorKind::Load);
    assert_eq!(refused(mamba().draft(tiny_path())).0, ErrorKind::Unsupported);
    assert_eq!(refused(tiny().draft(super::recurrent::MAMBA.path())).0, ErrorKind::Unsupported);
    assert_eq!(refused(tiny().draft(tiny_path()).deterministic(true)).0, ErrorKind::InvalidOption);
    assert_eq!(refused(tiny().n_gpu_layers_draft(-2)).0, ErrorKind::InvalidOption);
}
