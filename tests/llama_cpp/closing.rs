//! Answers that are held to a grammar end in time.
use super::{load, tiny};
use catena::{ErrorKind, FinishReason, GenerateOptions, Grammar, LlamaCpp, Model, Request};
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only deserialized")]
struct Order {
    customer: String,
    items: Vec<Item>,
    note: Option<String>,
    paid: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only deserialized")]
struct Item {
    name: String,
    count: u16,
    price: f64,
}

fn hot() -> Model<LlamaCpp> {
    load(tiny().n_ctx(1024)).with_options(GenerateOptions::new().temperature(1.4).top_k(0).top_p(1.0).min_p(0.0))
}

#[tokio::test]
async fn from_the_fewest_tokens_on_every_answer_is_whole() {
    let llm = hot();
    let grammar = Grammar::from_type::<Order>().unwrap();
    let fewest = llm.fewest_tokens(&grammar).await.unwrap();
    println!("the shortest order takes {fewest} tokens");
    assert!((8..60).contains(&fewest), "{fewest}");
    let mut closed = 0;
    for most in (fewest..fewest + 40).chain([fewest + 60, fewest + 100]) {
        for seed in 0..6 {
            let options = GenerateOptions::new().max_tokens(most).seed(seed);
            let request = Request::new("Order:").with_grammar(grammar.clone()).with_options(options.clone());
            let completion = llm.detailed().invoke(request).await.unwrap();
            assert!(grammar.matches(&completion.text).unwrap(), "{most}, {seed}: {:?}", completion.text);
            assert!(completion.usage.completion_tokens <= most);
            closed += usize::from(completion.finish_reason == FinishReason::Closed);
            let typed = llm.clone().with_options(options).structured::<Order>();
            typed.invoke("Order:").await.unwrap_or_else(|error| panic!("{most}, {seed}: {error:#}"));
        }
    }
    assert!(closed > 100, "{closed} were closed");
    let before = llm.stats();
    for most in [1, fewest / 2, fewest - 1] {
        let options = GenerateOptions::new().max_tokens(most);
        let error = llm.clone().with_options(options).structured::<Order>().invoke("Order:").await.unwrap_err();
        assert_eq!((error.kind(), error.partial()), (ErrorKind::OutOfTokens, Some("")));
        assert!(error.message().contains(&format!("takes {fewest} tokens, but {most} may")), "{error}");
    }
    assert_eq!(llm.stats().decodes, before.decodes, "nothing was evaluated in vain");
}

#[tokio::test]
async fn every_bundled_grammar_is_closed_in_time() {
    let llm = hot();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars");
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "gbnf") {
            continue;
        }
        let grammar = Grammar::from_file(&file).unwrap();
        let fewest = llm.fewest_tokens(&grammar).await.unwrap().max(1);
        for most in [fewest, fewest + 1, fewest + 2, fewest + 5, fewest + 11, fewest + 30] {
            let options = GenerateOptions::new().max_tokens(most).seed(most as u32);
            let request = Request::new("Write:").with_grammar(grammar.clone()).with_options(options);
            let completion = llm.detailed().invoke(request).await.unwrap();
            assert!(grammar.matches(&completion.text).unwrap(), "{file:?}, {most}: {:?}", completion.text);
            assert!(completion.usage.completion_tokens <= most);
        }
    }
}

#[tokio::test]
async fn a_context_that_fills_up_closes_too() {
    let llm = load(tiny().n_ctx(64)).with_options(GenerateOptions::new().temperature(1.4).top_k(0));
    let grammar = Grammar::parse(r#"root ::= "[" [a-z]* "]""#).unwrap();
    for seed in 0..5 {
        let request = Request::new("Write").with_grammar(grammar.clone());
        let llm = llm.clone().with_options(GenerateOptions::new().seed(seed).logit_bias(1, -100.0));
        let completion = llm.detailed().invoke(request).await.unwrap();
        assert!(completion.text.starts_with('[') && completion.text.ends_with(']'), "{:?}", completion.text);
        assert!(completion.usage.prompt_tokens + completion.usage.completion_tokens <= 64);
    }
    let order = Grammar::from_type::<Order>().unwrap();
    let fewest = llm.fewest_tokens(&order).await.unwrap();
    let mut prompt = String::new();
    while llm.tokenize(prompt.as_str(), true).await.unwrap().len() <= 64 - fewest {
        prompt.push('z');
    }
    let error = llm.invoke(Request::new(prompt).with_grammar(order)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfTokens);
}

#[tokio::test]
async fn without_it_answers_break_off() {
    let llm = hot().with_options(GenerateOptions::new().close(false).max_tokens(14).seed(3));
    let error = llm.structured::<Order>().invoke("Order:").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutOfTokens);
    assert!(error.partial().unwrap().starts_with(r#"{"customer":""#), "{error:?}");
    let request = Request::new("Order:").with_grammar(Grammar::from_type::<Order>().unwrap());
    let completion = llm.detailed().invoke(request).await.unwrap();
    assert_eq!((completion.finish_reason, completion.usage.completion_tokens), (FinishReason::Length, 14));
}

#[tokio::test]
async fn no_answer_is_closed_with_a_token_that_is_forbidden() {
    let llm = hot();
    let [end] = llm.tokenize("~", false).await.unwrap()[..] else { panic!("the mark is one token") };
    let grammar = Grammar::parse(r#"root ::= [a-z]+ ("~" | "^")"#).unwrap();
    let only = Grammar::parse(r#"root ::= [a-z]+ "~""#).unwrap();
    for seed in 0..6 {
        for probable in [false, true] {
            let options = GenerateOptions::new().max_tokens(5).seed(seed).logit_bias(end, f32::NEG_INFINITY);
            let options = if probable { options.logprobs(0) } else { options };
            let request = |grammar: &Grammar| Request::new("Write:").with_grammar(grammar.clone());
            let llm = llm.clone().with_options(options);
            let error = llm.invoke(request(&only)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::OutOfTokens, "{error}");
            let partial = error.partial().unwrap();
            assert!(!partial.is_empty() && partial.bytes().all(|byte| byte.is_ascii_lowercase()), "{partial:?}");
            // Where there is another end, it may be chosen.
            match llm.invoke(request(&grammar)).await {
                Ok(text) => assert!(text.ends_with('^'), "{text:?}"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::OutOfTokens, "{error}"),
            }
        }
    }
}

#[tokio::test]
async fn each_token_that_closes_has_its_probability() {
    let llm = hot();
    let grammar = Grammar::from_type::<Order>().unwrap();
    let fewest = llm.fewest_tokens(&grammar).await.unwrap();
    for most in [fewest, fewest + 9] {
        let options = GenerateOptions::new().max_tokens(most).logprobs(2).seed(5);
        let request = Request::new("Order:").with_grammar(grammar.clone()).with_options(options);
        let completion = llm.detailed().invoke(request).await.unwrap();
        assert!(grammar.matches(&completion.text).unwrap(), "{:?}", completion.text);
        assert_eq!(completion.logprobs.len(), completion.usage.completion_tokens);
        let tokens: Vec<u32> = completion.logprobs.iter().map(|entry| entry.chosen.token).collect();
        assert_eq!(llm.detokenize(tokens).await.unwrap(), completion.text);
    }
}

/// The answer is whole, and whatever would follow could not end in time.
#[tokio::test]
async fn an_answer_that_needs_no_more_is_closed_with_nothing() {
    let grammar = Grammar::parse(r#"root ::= ([a-z]+ ";")*"#).unwrap();
    let request = Request::new("Write:").with_grammar(grammar.clone());
    let llm = hot();
    for probable in [false, true] {
        for most in 1..20 {
            let mut options = GenerateOptions::new().max_tokens(most).seed(most as u32);
            for end in 0..3 {
                options = options.logit_bias(end, -1e3);
            }
            let options = if probable { options.logprobs(0) } else { options };
            let completion = llm.detailed().invoke(request.clone().with_options(options)).await.unwrap();
            assert!(grammar.matches(&completion.text).unwrap(), "{most}: {:?}", completion.text);
            assert_eq!(completion.finish_reason, FinishReason::Closed, "{most}: {:?}", completion.text);
            assert_eq!(completion.text.is_empty(), most == 1, "{:?}", completion.text);
            let counted = if probable { completion.usage.completion_tokens } else { 0 };
            assert_eq!(completion.logprobs.len(), counted);
        }
    }
}
