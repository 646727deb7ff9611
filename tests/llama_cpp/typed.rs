//! Typed answers.
use super::{load, tiny};
use catena::{ErrorKind, GenerateOptions, LlamaCpp, Model, Template};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only deserialized")]
struct Person {
    #[schemars(length(max = 20))]
    name: String,
    age: u8,
    balance: i32,
    height: f64,
    active: bool,
    address: Address,
    #[schemars(length(max = 12))]
    nickname: Option<String>,
    #[schemars(length(max = 3), inner(length(max = 8)))]
    tags: Vec<String>,
    role: Role,
    contact: Contact,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only deserialized")]
struct Address {
    #[schemars(length(max = 16))]
    street: String,
    number: Option<u8>,
}

#[derive(Debug, Deserialize, JsonSchema)]
enum Role {
    Admin,
    Editor,
    Viewer,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind")]
#[expect(dead_code, reason = "only deserialized")]
enum Contact {
    Email {
        #[schemars(length(max = 16))]
        address: String,
    },
    Phone {
        country: u8,
        number: i32,
    },
    None,
}

fn hot() -> Model<LlamaCpp> {
    load(tiny().n_ctx(2048)).with_options(GenerateOptions::new().temperature(1.5).top_k(0).top_p(1.0).min_p(0.0))
}

#[tokio::test]
async fn a_thousand_seeds_give_a_thousand_values() {
    let llm = hot();
    let mut tokens = 0;
    for seed in 0..1_000 {
        let llm = llm.clone().with_options(GenerateOptions::new().seed(seed));
        let chain = Template::new("Who is {who}?").unwrap() | llm.structured::<Person>();
        if let Err(error) = chain.invoke([("who", format!("number {seed}"))]).await {
            panic!("seed {seed}: {error:#}\n{:?}", error.partial());
        }
        tokens = llm.stats().evaluated_tokens;
    }
    println!("1000 of 1000 values deserialized, {tokens} tokens evaluated");
}

#[tokio::test]
async fn running_out_of_tokens_is_its_own_error_with_the_text_so_far() {
    let llm = hot();
    let (mut values, mut out) = (0, 0);
    for seed in 0..200 {
        let options = GenerateOptions::new().seed(seed).max_tokens(1 + seed as usize);
        match llm.clone().with_options(options).structured::<Person>().invoke("Who?").await {
            Ok(_) => values += 1,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::OutOfTokens, "{error:#}");
                let partial = error.partial().unwrap();
                assert!(r#"{"name":""#.starts_with(partial) || partial.starts_with(r#"{"name":""#), "{partial}");
                out += 1;
            }
        }
    }
    println!("{values} values, {out} ran out of tokens");
    assert!(values > 0 && out > 0);
}

#[tokio::test]
async fn what_no_grammar_can_honour_is_an_error_before_the_first_token() {
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Odd {
        #[schemars(extend("dependentSchemas" = {"a": {"pattern": "(.)\\1"}}))]
        #[expect(dead_code, reason = "only deserialized")]
        field: String,
    }
    let llm = hot();
    let error = llm.structured::<Odd>().invoke("x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema, "{error}");
    assert!(error.path().unwrap().contains("/properties/field"), "{error}");
    assert!(llm.structured::<Odd>().check().is_err());
    assert_eq!(llm.stats().evaluated_tokens, 0);
}

#[tokio::test]
async fn a_stop_text_inside_a_value_is_an_error_that_names_it() {
    let llm = hot().with_options(GenerateOptions::new().stop(["age"]));
    let error = llm.structured::<Person>().invoke("Who?").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parse);
    assert!(error.message().contains("\"age\""), "{error}");
    let grammar = catena::Grammar::parse("root ::= \"x\"").unwrap();
    let error = hot().with_grammar(grammar).structured::<Person>().invoke("Who?").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOption);
}
