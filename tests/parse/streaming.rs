//! What a parser hands out while a model writes.
use catena::{
    Chunk, ChunkStream, Delta, Error, ErrorKind, JsonParser, JsonPatch, Model, OutputParser, Partial, Parts, Result,
    RunContext, Runnable, StepKind, Template, input,
    parse::{CodeBlockParser, CommaListParser, EnumParser, Progress, RetryParser, TextParser, follow},
    testing::{Expect, FakeLlm},
};
use futures::{StreamExt, TryStreamExt, executor::block_on, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

#[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
struct Recipe {
    title: String,
    steps: Vec<String>,
}

const TEXT: &str = "```json\n{\"title\": \"So\\u00fcp\", \"steps\": [\"cut\", \"boil\"]}\n```";

fn writing(parts: &[&str]) -> Model<FakeLlm> {
    Model::new(FakeLlm::scripted([parts.to_vec()]))
}

#[test]
fn the_value_is_the_same_wherever_the_text_is_cut() {
    let expected = Recipe { title: "Soüp".into(), steps: vec!["cut".into(), "boil".into()] };
    for at in 0..=TEXT.len() {
        let (a, b) = TEXT.split_at(at);
        let chain = writing(&[a, b]) | JsonParser::<Recipe>::new();
        let (mut partial, mut done) = (Partial::<Recipe>::new(), None);
        for chunk in block_on(chain.stream("x").try_collect::<Vec<_>>()).unwrap() {
            match chunk {
                Chunk::Delta(delta) => partial.apply_delta(&delta).unwrap(),
                Chunk::Done(value) => done = Some(value),
            }
        }
        assert_eq!(done, Some(expected.clone()), "{at}");
        assert_eq!(partial.finish().unwrap(), expected, "{at}");
    }
}

#[test]
fn a_truncated_answer_is_an_error_when_invoked_and_when_streamed() {
    for end in 0..TEXT.len() - 3 {
        let text = &TEXT[..end];
        let error = block_on((writing(&[text]) | JsonParser::<Recipe>::new()).invoke("x")).unwrap_err();
        assert_eq!(
            (error.kind(), error.partial(), error.step()),
            (ErrorKind::Truncated, Some(text), Some("JsonParser"))
        );
        let streamed: Vec<_> = block_on((writing(&[text]) | JsonParser::<Value>::new()).stream("x").collect());
        assert_eq!(streamed.last().unwrap().as_ref().unwrap_err().kind(), ErrorKind::Truncated);
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
struct Count {
    a: u8,
}

#[test]
fn members_that_a_type_lacks_are_read_the_same_at_once_and_streamed() {
    let deep = format!("{{\"a\":1,\"b\":{}{}}}", "[".repeat(200), "]".repeat(200));
    for (text, is_read) in [
        (r#"{"a":1,"b":"\ud83d"}"#, false),
        (r#"{"a":1,"b":1e999}"#, false),
        (deep.as_str(), false),
        (r#"{"a":1,"b":["\ud83d\ude00",1e99,{"a":null}]}"#, true),
    ] {
        for at in 0..=text.len() {
            let (a, b) = text.split_at(at);
            let invoked = block_on((writing(&[a, b]) | JsonParser::<Count>::new()).invoke("x"));
            let chain = writing(&[a, b]) | JsonParser::<Count>::new();
            let streamed = block_on(chain.stream("x").try_collect::<Vec<_>>());
            match (invoked, streamed) {
                (Ok(value), Ok(chunks)) if is_read => assert_eq!(chunks.last(), Some(&Chunk::Done(value)), "{text}"),
                (Err(error), Err(streamed)) if !is_read => {
                    assert_eq!((error.kind(), streamed.kind()), (ErrorKind::Parse, ErrorKind::Parse), "{text} at {at}");
                    assert!(streamed.partial().is_some_and(|partial| text.starts_with(partial)), "{text} at {at}");
                }
                (invoked, streamed) => panic!("{text} at {at}: {invoked:?}, {streamed:?}"),
            }
        }
    }
}

/// Takes any text, and says while it is written that it will not.
struct Fickle;

impl OutputParser for Fickle {
    type Output = String;

    fn parse(&self, text: &str) -> Result<String> {
        Ok(text.to_owned())
    }

    fn format_instructions(&self) -> String {
        String::new()
    }

    fn progress(&self) -> Box<dyn Progress> {
        Box::new(Fickle)
    }
}

impl Progress for Fickle {
    fn push(&mut self, _: &str, _: &mut Vec<Delta>) -> Result<()> {
        Err(Error::new(ErrorKind::Parse, "not this"))
    }
}

#[test]
fn a_text_that_is_refused_while_it_is_written_is_told() {
    let text = stream::iter([Ok(Chunk::Delta(Delta::Text("ab".to_owned())))]).boxed();
    let error = block_on(follow(&Fickle, text).try_collect::<Vec<_>>()).unwrap_err();
    assert_eq!((error.message(), error.partial()), ("not this", Some("ab")));
}

#[test]
fn a_model_that_cannot_be_right_any_more_is_stopped() {
    let (cx, handle) = {
        let script = Expect::new().llm_token("Sure, ").error("JsonParser", ErrorKind::Parse).llm_cancel("fake");
        let (handler, handle) = script.handler();
        (RunContext::new().with(handler), handle)
    };
    let chain = writing(&["Sure, ", "here it is: ", "[1]"]) | JsonParser::<Value>::new();
    let chunks: Vec<_> = block_on(chain.stream_in("x", &cx).collect());
    let error = chunks.last().unwrap().as_ref().unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Parse, Some("Sure, ")));
    assert!(!handle.events().iter().any(|event| event.contains("here it is")), "{:?}", handle.events());
    handle.assert_outcomes();
}

#[test]
fn parsers_stream_one_behind_the_other() {
    let chain = writing(&["Here:\n```json\n[\"a", "b\",\n", "2]\n", "``", "`\nDone."])
        | TextParser
        | CodeBlockParser::language("json")
        | JsonParser::<Vec<Value>>::new();
    let chunks = block_on(chain.stream("x").try_collect::<Vec<_>>()).unwrap();
    let mut value = Value::Null;
    let mut changes = 0;
    for chunk in &chunks {
        if let Chunk::Delta(Delta::Patch(patch)) = chunk {
            patch.apply(&mut value).unwrap();
            changes += 1;
        }
    }
    assert_eq!((value, changes), (json!(["ab", 2]), 5));
    assert_eq!(chunks.last(), Some(&Chunk::Done(vec![json!("ab"), json!(2)])));
}

#[test]
fn a_list_is_handed_out_item_by_item() {
    let chain = writing(&["oak, a", "sh,", " elm"]) | CommaListParser;
    let told = block_on(chain.stream("x").try_collect::<Vec<_>>()).unwrap();
    let told: Vec<_> = told
        .iter()
        .filter_map(|chunk| match chunk {
            Chunk::Delta(Delta::Patch(patch)) => Some(patch.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [
            " = []",
            "/0 = \"oak\"",
            "/0 complete",
            "/1 = \"ash\"",
            "/1 complete",
            "/2 = \"elm\"",
            "/2 complete",
            " complete"
        ]
    );
}

#[test]
fn an_item_does_not_wait_for_a_slow_model() {
    let waits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&waits);
    let slow = FakeLlm::always("oak, ash, elm").slow(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        std::future::ready(())
    });
    let chain = Model::new(slow) | CommaListParser;
    let mut chunks = chain.stream("x");
    let list = block_on(chunks.next()).unwrap().unwrap();
    assert!(matches!(list, Chunk::Delta(Delta::Patch(JsonPatch::Add { .. }))));
    assert_eq!(waits.load(Ordering::Relaxed), 1);
    assert_eq!(block_on(chunks.count()), 8);
    assert_eq!(waits.load(Ordering::Relaxed), 3);
}

/// Gives a text that it takes back half way.
struct SecondThoughts;

impl Runnable<String> for SecondThoughts {
    type Output = String;

    async fn run(&self, _: String, _: &RunContext) -> Result<String> {
        Ok("[2]".to_owned())
    }

    fn run_stream(&self, _: String, _: &RunContext) -> ChunkStream<'_, String> {
        let text = |text: &str| Chunk::Delta(Delta::Text(text.to_owned()));
        let chunks = [text("[1"), Chunk::Delta(Delta::Restart), text("[2"), text("]"), Chunk::Done("[2]".to_owned())];
        stream::iter(chunks.map(Ok)).boxed()
    }
}

#[test]
fn what_was_taken_back_is_forgotten() {
    let chain = input::<String>() | SecondThoughts | JsonParser::<Vec<u8>>::new();
    let chunks: Vec<_> = block_on(chain.stream("x").try_collect()).unwrap();
    assert_eq!(chunks.iter().filter(|chunk| matches!(chunk, Chunk::Delta(Delta::Restart))).count(), 1);
    let mut partial = Partial::<Vec<u8>>::new();
    for chunk in &chunks {
        if let Chunk::Delta(delta) = chunk {
            partial.apply_delta(delta).unwrap();
        }
    }
    assert_eq!(partial.finish().unwrap(), [2]);
    assert_eq!(chunks.last(), Some(&Chunk::Done(vec![2])));
}

#[test]
fn drawings_tell_what_is_inside() {
    let llm = Model::new(FakeLlm::always("[1]"));
    let retry = RetryParser::new(llm.clone(), JsonParser::<Vec<u8>>::new()).attempts(2);
    let chain = Template::new("{x}").unwrap() | retry;
    assert_eq!(
        chain.graph().ascii(),
        "\
chain                               Vars -> Vec<u8>
├─ Template                         Vars -> Prompt
└─ retry_parser (up to 2 attempts)  Prompt -> Vec<u8>
   ├─ fake                          Request -> String
   └─ parse                         String -> Vec<u8>
"
    );
    let parser = (llm | JsonParser::<Vec<u8>>::new()).graph();
    let Parts::Sequence(steps) = parser.parts else { panic!("{parser:?}") };
    assert_eq!(steps.iter().map(|step| step.kind).collect::<Vec<_>>(), [StepKind::Model, StepKind::Parser]);
}

#[test]
fn errors_of_the_model_are_not_those_of_the_parser() {
    let broken = FakeLlm::scripted([["[1"]]).then_fail(Error::new(ErrorKind::Engine, "it broke"));
    let chunks: Vec<_> = block_on((Model::new(broken) | JsonParser::<Value>::new()).stream("x").collect());
    let error = chunks.last().unwrap().as_ref().unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Engine, Some("fake")));
}

#[test]
fn format_instructions_are_a_variable_of_the_prompt() {
    #[derive(Debug, Clone, PartialEq, Deserialize, schemars::JsonSchema)]
    enum Size {
        Small,
        Large,
    }
    let parser = JsonParser::<Recipe>::new();
    let template = Template::new("{form}\n\n{dish}?").unwrap();
    let prompt = template.partial("form", parser.format_instructions()).unwrap();
    let llm = Model::new(FakeLlm::always(TEXT));
    let chain = prompt | llm.clone() | parser;
    block_on(chain.invoke([("dish", "soup")])).unwrap();
    let asked = llm.requests()[0].prompt.to_string();
    for part in ["\"steps\"", "\"items\"", "\"required\"", "JSON schema"] {
        assert!(asked.contains(part), "{asked}");
    }
    for any in [JsonParser::<Value>::new(), JsonParser::without_schema()] {
        assert_eq!(any.format_instructions(), "Answer with one JSON value and nothing else.");
    }
    let sizes = EnumParser::<Size>::of_type().unwrap();
    assert!(sizes.format_instructions().ends_with("Small, Large"));
    assert!(sizes.grammar().unwrap().matches("Large").unwrap());
    assert_eq!(sizes.parse(" Large ").unwrap(), Size::Large);
    assert_eq!(sizes.parse("Huge").unwrap_err().kind(), ErrorKind::Parse);
    assert_eq!(sizes.parse("Sm").unwrap_err().kind(), ErrorKind::Truncated);
    assert_eq!(EnumParser::<bool>::of_type().unwrap_err().kind(), ErrorKind::Schema);
    assert_eq!(EnumParser::new([("a", 1), ("a", 2)]).unwrap_err().kind(), ErrorKind::InvalidOption);
}
