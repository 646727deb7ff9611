//! What prompts have in common is evaluated once.
use super::{load, steady::steady};
use catena::{GenerateOptions, Grammar, LlamaCpp, LlamaCppBuilder, Model, Request, Usage};
use futures::{executor::block_on, future::join_all};
use proptest::prelude::*;
use std::sync::LazyLock;

fn model(builder: LlamaCppBuilder) -> Model<LlamaCpp> {
    load(builder).with_options(GenerateOptions::new().temperature(0.0).max_tokens(8))
}

async fn usage(llm: &Model<LlamaCpp>, prompt: &str) -> Usage {
    llm.detailed().invoke(prompt.to_owned()).await.unwrap().usage
}

fn head() -> String {
    "The rules of the house are these: be kind, be quick, and say what you know. ".repeat(4)
}

#[tokio::test]
async fn a_prompt_that_was_seen_is_evaluated_from_where_it_differs() {
    for builder in [steady(), steady().kv_unified(false)] {
        let llm = model(builder.n_ctx(1024));
        let first = usage(&llm, &head()).await;
        assert_eq!(first.cached_tokens, 0);
        let again = usage(&llm, &head()).await;
        assert_eq!(again.cached_tokens, first.prompt_tokens);
        let other = usage(&llm, &format!("{}Now: 7", head())).await;
        assert!(other.cached_tokens >= first.prompt_tokens - 2, "{other:?}");
        assert_eq!(llm.stats().cached_tokens as usize, again.cached_tokens + other.cached_tokens);
    }
}

/// What a grammar forces is evaluated with the prompt, and found again with it.
#[tokio::test]
async fn no_more_of_a_prompt_is_cached_than_it_has() {
    let llm = model(steady());
    let grammar = Grammar::parse(r#"root ::= "{\"name\":\"" [a-z]{3} "\"}""#).unwrap();
    let options = GenerateOptions::new().max_tokens(40);
    let request = Request::new("Who was it?").with_grammar(grammar).with_options(options);
    let first = llm.detailed().invoke(request.clone()).await.unwrap();
    assert_eq!(first.usage.cached_tokens, 0);
    let again = llm.detailed().invoke(request).await.unwrap();
    assert_eq!((again.text, again.usage.cached_tokens), (first.text, first.usage.prompt_tokens));
    assert_eq!(llm.stats().cached_tokens as usize, again.usage.cached_tokens);
    assert!(llm.stats().forced_tokens > 0);
}

#[tokio::test]
async fn a_conversation_goes_on_from_its_answer() {
    let llm = model(steady().n_ctx(1024));
    let mut text = head();
    for turn in 0..4 {
        let completion = llm.detailed().invoke(text.clone()).await.unwrap();
        if turn > 0 {
            let tail = completion.usage.prompt_tokens - completion.usage.cached_tokens;
            assert!(tail < 24, "{:?}", completion.usage);
        }
        text = format!("{text}{} And {turn}? ", completion.text);
    }
}

#[tokio::test]
async fn several_prefixes_are_kept_side_by_side() {
    for builder in [steady(), steady().kv_unified(false)] {
        let llm = model(builder.n_ctx(2048).n_parallel(4));
        let heads: Vec<String> = (0..3).map(|n| format!("{n} {}", head())).collect();
        for head in &heads {
            usage(&llm, head).await;
        }
        for round in 0..3 {
            for head in &heads {
                let usage = usage(&llm, &format!("{head}{round} so")).await;
                assert!(usage.prompt_tokens - usage.cached_tokens < 12, "{usage:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_common_head_is_evaluated_once() {
    for builder in
        [steady().n_batch(64), steady().n_batch(64).kv_unified(false), steady().n_batch(16).deterministic(true)]
    {
        let llm = model(builder.n_ctx(2048).n_parallel(8));
        let tokens = llm.tokenize(head(), true).await.unwrap().len() as u64;
        let texts: Vec<Request> = (0..8).map(|call| Request::new(format!("{}{call}?", head()))).collect();
        let detailed = llm.detailed();
        let together: Vec<_> = join_all(texts.iter().map(|text| detailed.invoke(text.clone())))
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let stats = llm.stats();
        assert!(stats.evaluated_tokens < tokens + 8 * (8 + 4 + 16), "{stats:?}, the head has {tokens} tokens");
        let cold = model(steady().n_ctx(2048).n_parallel(1).cache_tokens(0));
        for (completion, text) in together.iter().zip(texts) {
            assert_eq!(completion.text, cold.invoke(text).await.unwrap());
        }
    }
}

#[tokio::test]
async fn a_head_is_taken_from_a_text_that_is_being_written() {
    for unified in [true, false] {
        let llm = model(steady().n_ctx(1024).kv_unified(unified));
        let mut first = llm.stream(Request::new(head()).with_options(GenerateOptions::new().max_tokens(700)));
        futures::StreamExt::next(&mut first).await.unwrap().unwrap();
        let second = usage(&llm, &format!("{}Well", head())).await;
        assert!(second.prompt_tokens - second.cached_tokens < 6, "{second:?}");
        assert_eq!(llm.stats().completed, 1, "the first was over before the second came");
    }
}

#[tokio::test]
async fn no_more_is_kept_than_allowed() {
    let none = model(steady().cache_tokens(0));
    usage(&none, &head()).await;
    assert_eq!((usage(&none, &head()).await.cached_tokens, none.stats().kept_tokens), (0, 0));

    let some = model(steady().n_ctx(1024).cache_tokens(200));
    for call in 0..6 {
        usage(&some, &format!("{call} {}", "word ".repeat(20))).await;
        assert!(some.stats().kept_tokens <= 200, "{:?}", some.stats());
    }
    assert!(some.stats().kept_tokens > 0);
    // What was used last is what is left.
    assert!(usage(&some, &format!("5 {}", "word ".repeat(20))).await.cached_tokens > 20);
}

/// A model that keeps nothing, and those that keep what they can.
static COLD: LazyLock<Model<LlamaCpp>> = LazyLock::new(|| model(steady().n_parallel(1).cache_tokens(0)));
static WARM: LazyLock<[Model<LlamaCpp>; 3]> = LazyLock::new(|| {
    [
        model(steady().n_parallel(3)),
        model(steady().n_parallel(3).kv_unified(false)),
        model(steady().deterministic(true).n_batch(4)),
    ]
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Prompts over few words have many prefixes in common.
    #[test]
    fn texts_do_not_depend_on_what_was_kept(
        prompts in prop::collection::vec(prop::collection::vec(prop::sample::select(vec!["a ", "be ", "the ", "x"]), 1..40), 1..6),
        at_once in any::<bool>(),
    ) {
        let prompts: Vec<String> = prompts.iter().map(|words| words.concat()).collect();
        let cold: Vec<String> = prompts.iter().map(|prompt| block_on(COLD.invoke(prompt)).unwrap()).collect();
        for llm in WARM.iter() {
            let warm: Vec<String> = if at_once {
                let calls = prompts.iter().map(|prompt| llm.invoke(prompt));
                block_on(join_all(calls)).into_iter().map(Result::unwrap).collect()
            } else {
                prompts.iter().map(|prompt| block_on(llm.invoke(prompt)).unwrap()).collect()
            };
            prop_assert_eq!(&warm, &cold);
        }
    }
}
