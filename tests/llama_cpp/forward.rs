//! Text that a grammar forces is written without asking the model.
use super::{changed, load, tiny};
use catena::{FinishReason, GenerateOptions, Grammar, LlamaCpp, Model, Request};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Person {
    #[schemars(length(max = 8))]
    name: String,
    age: u8,
    profession: Profession,
    is_active: bool,
    balance: i16,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
enum Profession {
    Admin,
    Administrator,
    Carpenter,
}

/// The model with all tokens but those of single bytes made control tokens, and no merges: each text has one cut.
pub(crate) fn bytes() -> Model<LlamaCpp> {
    let file = changed(|bytes| {
        let place = |bytes: &[u8], key: &[u8]| bytes.windows(key.len()).position(|window| window == key).unwrap();
        // The name, the kind of value, the kind of elements, their number.
        let types = place(bytes, b"tokenizer.ggml.token_type") + 25 + 4 + 4 + 8;
        for token in 259..512 {
            bytes[types + 4 * token..][..4].copy_from_slice(&3_i32.to_le_bytes());
        }
        let merges = place(bytes, b"tokenizer.ggml.merges") + 21 + 4 + 4;
        let count = u64::from_le_bytes(bytes[merges..merges + 8].try_into().unwrap());
        let mut at = merges + 8;
        for _ in 0..count {
            let length = u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
            at += 8;
            bytes[at..at + length].iter_mut().filter(|byte| **byte != b' ').for_each(|byte| *byte = b'Z');
            at += length;
        }
    });
    load(LlamaCpp::builder(file.path()).n_ctx(1024).n_threads(1))
}

fn grammars() -> Vec<Grammar> {
    [
        r#"root ::= "{\"name\":\"" [a-z]{1,6} "\",\"ok\":" ("true" | "false") "}""#,
        r#"root ::= ("alpha-" | "alpine-" | "beta-")+ "end of it""#,
        r#"root ::= "ü" ("é" | "è") "€" [0-9]{2,4} "𝄞""#,
        r#"root ::= ("ab" "cd"?){1,3} "."?"#,
    ]
    .map(|text| Grammar::parse(text).unwrap())
    .to_vec()
}

#[tokio::test]
async fn forced_tokens_change_no_text_where_a_text_has_one_cut() {
    let llm = bytes();
    let mut forced = 0;
    let mut compared = 0;
    for grammar in grammars().into_iter().chain([Grammar::from_type::<Person>().unwrap()]) {
        for seed in 0..40 {
            let temperature = if seed == 0 { 0.0 } else { 1.5 };
            let options = GenerateOptions::new().temperature(temperature).top_k(0).seed(seed).max_tokens(400);
            let request = Request::new("Write:").with_grammar(grammar.clone());
            let before = llm.stats().forced_tokens;
            let with = llm.detailed().invoke(request.clone().with_options(options.clone())).await.unwrap();
            forced += llm.stats().forced_tokens - before;
            let without = request.with_options(options.fast_forward(false));
            let without = llm.detailed().invoke(without).await.unwrap();
            assert_eq!((&with.text, &with.finish_reason), (&without.text, &without.finish_reason), "seed {seed}");
            assert_eq!(with.usage.completion_tokens, without.usage.completion_tokens);
            compared += 1;
        }
    }
    assert!(forced > 1_000, "{forced} tokens were forced in {compared} texts");
}

#[tokio::test]
async fn an_object_takes_fewer_steps_than_tokens() {
    let llm = load(tiny().n_ctx(1024)).with_options(GenerateOptions::new().temperature(0.0));
    let decodes = async |options: GenerateOptions| {
        let before = llm.stats();
        let person = llm.clone().with_options(options).structured::<Person>();
        person.invoke("Who is it? An answer in one object:").await.unwrap();
        let after = llm.stats();
        (after.decodes - before.decodes, after.forced_tokens - before.forced_tokens)
    };
    let (asked, none) = decodes(GenerateOptions::new().fast_forward(false)).await;
    let (fewer, forced) = decodes(GenerateOptions::new()).await;
    println!("{asked} steps, {fewer} with {forced} forced tokens");
    assert_eq!(none, 0);
    assert!(forced > 20 && fewer < asked, "{fewer} of {asked} steps, {forced} tokens forced");
}

#[tokio::test]
async fn what_is_forced_as_a_whole_needs_no_model() {
    let llm = load(tiny());
    let request = Request::new("Q").with_grammar(Grammar::parse("root ::= \"yes, ü€\"").unwrap());
    let completion = llm.detailed().invoke(request).await.unwrap();
    assert_eq!((completion.text.as_str(), completion.finish_reason), ("yes, ü€", FinishReason::Grammar));
    assert_eq!(llm.stats().decodes, 0);
}

#[tokio::test]
async fn a_token_that_goes_on_behind_what_is_forced_can_still_be_chosen() {
    let llm = load(tiny());
    let the = llm.tokenize(" the", false).await.unwrap();
    assert_eq!(the.len(), 1, "the bundled model has a token for it");
    let options = GenerateOptions::new().temperature(0.0).logit_bias(the[0], 1e6);
    let grammar = Grammar::parse("root ::= \"in \" [a-z]{3}").unwrap();
    let request = Request::new("Q").with_grammar(grammar).with_options(options);
    assert_eq!(llm.invoke(request).await.unwrap(), "in the");
}

#[tokio::test]
async fn a_forbidden_token_is_not_forced() {
    let llm = load(tiny());
    let mut options = GenerateOptions::new().temperature(0.0);
    for token in llm.tokenize("yes, the", false).await.unwrap() {
        if llm.detokenize([token]).await.unwrap().len() > 1 {
            options = options.logit_bias(token, f32::NEG_INFINITY);
        }
    }
    let request = Request::new("Q").with_grammar(Grammar::parse("root ::= \"yes, the\"").unwrap());
    let cut = llm.tokenize("yes, the", false).await.unwrap().len();
    let completion = llm.detailed().invoke(request.with_options(options)).await.unwrap();
    assert_eq!(completion.text, "yes, the");
    assert!(completion.usage.completion_tokens > cut, "{:?}", completion.usage);
}

#[tokio::test]
async fn stop_texts_and_token_counts_hold_in_forced_text_too() {
    let llm = load(tiny());
    let grammar = Grammar::parse("root ::= \"one two three four five \" [a-z]+").unwrap();
    let request = Request::new("Q").with_grammar(grammar);
    let stopped = request.clone().with_options(GenerateOptions::new().stop(["ee f"]));
    let completion = llm.detailed().invoke(stopped).await.unwrap();
    assert_eq!(completion.text, "one two thr");
    assert_eq!(completion.finish_reason, FinishReason::Stop("ee f".into()));
    let short = GenerateOptions::new().max_tokens(3).close(false);
    let completion = llm.detailed().invoke(request.with_options(short)).await.unwrap();
    assert_eq!((completion.usage.completion_tokens, completion.finish_reason), (3, FinishReason::Length));
}
