//! Each way of bringing llama.cpp down that a caller could reach gives an answer or a typed error instead.
use super::{load, tiny, tiny_path};
use catena::{ErrorKind, FinishReason, GenerateOptions, Grammar, LlamaCpp, Mirostat, Model, Request};
use futures::StreamExt;

fn yes_or_no() -> Grammar {
    Grammar::parse("root ::= \"yes\" | \"no\"").unwrap()
}

/// A grammar behind samplers that leave one token, or none that the grammar allows.
#[tokio::test]
async fn truncating_samplers_beside_a_grammar() {
    let llm = load(tiny());
    for options in [
        GenerateOptions::new().top_k(1),
        GenerateOptions::new().top_p(0.0),
        GenerateOptions::new().min_p(1.0),
        GenerateOptions::new().typical_p(0.0),
        GenerateOptions::new().temperature(0.0),
        GenerateOptions::new().temperature(1e-30),
        GenerateOptions::new().temperature(f32::MAX),
        GenerateOptions::new().xtc_probability(1.0).xtc_threshold(0.0),
        GenerateOptions::new().mirostat(Mirostat::V1).mirostat_tau(1e-9),
        GenerateOptions::new().mirostat(Mirostat::V2).mirostat_tau(1e-9),
        GenerateOptions::new().dry_multiplier(1e30).dry_base(1e30),
        GenerateOptions::new().repeat_penalty(1e30).frequency_penalty(2.0).presence_penalty(2.0),
    ] {
        let request = Request::new("Well?").with_grammar(yes_or_no()).with_options(options.clone());
        let text = llm.invoke(request).await.unwrap();
        assert!(text == "yes" || text == "no", "{options:?}: {text}");
    }
}

/// The end of the text where the grammar forbids it, and every other token where it asks for one.
#[tokio::test]
async fn tokens_that_a_grammar_forbids_are_never_accepted() {
    let llm = load(tiny());
    let mut ends = GenerateOptions::new().temperature(0.0);
    for token in 0..3 {
        ends = ends.logit_bias(token, 1e6);
    }
    let request = Request::new("Well?").with_grammar(yes_or_no()).with_options(ends.clone());
    let text = llm.invoke(request).await.unwrap();
    assert!(text == "yes" || text == "no", "{text}");
    // Without a grammar the end is what the bias asks for.
    let free = llm.detailed().invoke(Request::new("Well?").with_options(ends)).await.unwrap();
    assert_eq!((free.text.as_str(), free.finish_reason), ("", FinishReason::EndOfText));
}

#[tokio::test]
async fn a_choice_of_nothing_is_a_dead_end() {
    let llm = load(tiny());
    let mut none = GenerateOptions::new();
    for token in 0..512 {
        none = none.logit_bias(token, f32::NEG_INFINITY);
    }
    for options in [none.clone(), none.clone().temperature(0.0), none.mirostat(Mirostat::V2)] {
        for grammar in [None, Some(yes_or_no())] {
            let mut request = Request::new("Well?").with_options(options.clone());
            request.grammar = grammar;
            assert_eq!(llm.invoke(request).await.unwrap_err().kind(), ErrorKind::DeadEnd);
        }
    }
    assert!(llm.with_options(GenerateOptions::new().max_tokens(2)).invoke("Well?").await.is_ok());
}

/// More tokens than a batch holds.
#[tokio::test]
async fn prompts_of_many_batches() {
    let prompt = "one two three four five ".repeat(15);
    let options = GenerateOptions::new().temperature(0.0).max_tokens(12);
    let mut texts = Vec::new();
    for n_batch in [1, 7, 32, 512] {
        let llm = load(tiny().n_batch(n_batch)).with_options(options.clone());
        let completion = llm.detailed().invoke(prompt.as_str().to_owned()).await.unwrap();
        assert!(completion.usage.prompt_tokens > 100);
        texts.push(completion.text);
    }
    assert!(texts.iter().all(|text| !text.is_empty()), "{texts:?}");
}

/// Fewer tokens than texts that may be written at once.
#[tokio::test]
async fn contexts_of_few_tokens() {
    let trained = LlamaCpp::builder(tiny_path()).n_threads(1).kv_override("llama.context_length", 4);
    for (builder, n_ctx) in [(tiny().n_ctx(4), 4), (tiny().n_ctx(100).n_parallel(256), 100), (trained, 4)] {
        let llm = load(builder.max_tokens(2));
        assert_eq!(llm.report().n_ctx, n_ctx);
        assert!(llm.invoke("").await.is_ok());
    }
}

/// Options that make llama.cpp reserve memory for all they name.
#[tokio::test]
async fn penalties_that_look_back_further_than_any_memory() {
    let far = i32::MAX as u32;
    let options = GenerateOptions::new()
        .max_tokens(8)
        .repeat_penalty(1.1)
        .penalty_last_n(far)
        .dry_multiplier(0.8)
        .dry_penalty_last_n(far)
        .dry_allowed_length(far)
        .top_k(far);
    assert!(load(tiny()).with_options(options).invoke("Once").await.is_ok());
}

/// What C strings cannot hold.
#[tokio::test]
async fn texts_with_nul() {
    let llm = load(tiny()).with_options(GenerateOptions::new().max_tokens(4).temperature(0.0));
    assert!(llm.invoke("a\0b").await.is_ok());
    let tokens = llm.tokenize("a\0b", false).await.unwrap();
    assert_eq!(llm.detokenize(tokens).await.unwrap(), "a\0b");
    assert!(llm.clone().with_options(GenerateOptions::new().stop(["\0"])).invoke("x").await.is_ok());
    let broken = GenerateOptions::new().dry_multiplier(1.0).dry_sequence_breakers(vec!["\0".into()]);
    assert_eq!(llm.clone().with_options(broken).invoke("x").await.unwrap_err().kind(), ErrorKind::InvalidOption);
    let error = tiny().chat_template("a\0b").max_tokens(1).load().unwrap().render_chat(&[]);
    assert!(error.is_ok());
}

/// Samplers and grammars outlive no model: the last handle goes while they are in use.
#[tokio::test]
async fn the_last_handle_is_dropped_in_the_middle_of_a_text() {
    for _ in 0..10 {
        let options = GenerateOptions::new().dry_multiplier(1.0).repeat_penalty(1.2);
        let llm: Model =
            load(tiny()).with_options(options).with_grammar(Grammar::parse("root ::= [a-z ]+").unwrap()).erase();
        let mut stream = (catena::input::<String>() | llm).erase().into_stream("Once", catena::RunContext::new());
        stream.next().await.unwrap().unwrap();
        std::thread::spawn(move || drop(stream)).join().unwrap();
    }
}

/// Words that make recursive tokenizers deep.
#[tokio::test]
async fn long_words() {
    let llm = load(tiny());
    for word in ["a", " ", "\n", "1", "!", "é", "\u{0}", "𝄞", "'"] {
        let text = word.repeat(200_000);
        let tokens = llm.tokenize(text.as_str(), true).await.unwrap();
        assert!(!tokens.is_empty());
        assert_eq!(llm.invoke(text).await.unwrap_err().kind(), ErrorKind::ContextOverflow);
    }
}

/// A grammar that llama.cpp's own matcher would spend all memory or its stack on.
#[tokio::test]
async fn grammars_that_bring_a_matcher_down() {
    let llm = load(tiny()).with_options(GenerateOptions::new().max_tokens(20).temperature(1.0));
    let deep = format!("root ::= {}\"x\"{}", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(Grammar::parse(&deep).unwrap_err().kind(), ErrorKind::Grammar);
    assert_eq!(Grammar::parse("root ::= \"a\"{16,15}").unwrap_err().kind(), ErrorKind::Grammar);
    assert_eq!(Grammar::parse("root ::= \"a\"{0,3000}").unwrap_err().kind(), ErrorKind::Grammar);
    for text in [
        "root ::= ([a-z]{1,50}){0,40}",
        "root ::= a a a a a a a a a a a a a a a a a a a a\na ::= \"x\" | \"\"",
        "root ::= \"[\" root \"]\" | \"x\"",
        "root ::= [^\\x00-\\x7F]+",
        "root ::= .+",
        "root ::= \"é\" | \"è\" | \"ê\"",
    ] {
        let grammar = Grammar::parse(text).unwrap();
        let completion = llm.detailed().invoke(Request::new("x").with_grammar(grammar.clone())).await.unwrap();
        let held = completion.finish_reason == FinishReason::Length || grammar.matches(&completion.text).unwrap();
        assert!(held, "{text}: {:?}", completion.text);
    }
}
