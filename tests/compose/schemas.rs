//! The JSON schemas that a graph shows.
use catena::{
    Agent, ChatPrompt, FewShotPrompt, Graph, JsonParser, Model, OutputParser, Template, Tool, Vars, input,
    parse::{
        CodeBlocksParser, CommaListParser, DateTimeParser, EnumParser, FromStrParser, MarkdownListParser,
        NumberedListParser, RetryParser,
    },
    retry,
    structured::schema_for_type,
    testing::FakeLlm,
};
use serde_json::{Value, json};

#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
struct Place {
    city: String,
}

#[derive(Clone, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Mood {
    Good,
    Bad,
}

fn llm() -> Model<FakeLlm> {
    Model::new(FakeLlm::always("x"))
}

/// The schemas of the steps of a chain, by name.
fn of(graph: &Graph) -> Value {
    graph.json()
}

fn step(graph: &Graph, at: usize) -> Value {
    of(graph)["sequence"][at].clone()
}

#[test]
fn parsers_show_what_they_give() {
    let texts = schema_for_type::<Vec<String>>();
    assert_eq!(step(&(llm() | CommaListParser).graph(), 1)["output_schema"], texts);
    assert_eq!(step(&(llm() | NumberedListParser::new()).graph(), 1)["output_schema"], texts);
    assert_eq!(step(&(llm() | MarkdownListParser::new()).graph(), 1)["output_schema"], texts);
    let json = (llm() | JsonParser::<Place>::new()).graph();
    assert_eq!(step(&json, 1)["output_schema"], schema_for_type::<Place>());
    let time = (llm() | DateTimeParser).graph();
    assert_eq!(step(&time, 1)["output_schema"], json!({"type": "string", "format": "date-time"}));
    let retried = (llm() | retry(JsonParser::<Place>::new()).attempts(2)).graph();
    assert_eq!(step(&retried, 1)["output_schema"], schema_for_type::<Place>());
    let again = RetryParser::new(llm(), JsonParser::<Place>::new()) | catena::passthrough();
    assert_eq!(step(&again.graph(), 0)["output_schema"], schema_for_type::<Place>());
    // What has none shows none.
    let number = (llm() | FromStrParser::<u8>::new("A number.")).graph();
    assert!(step(&number, 1).get("output_schema").is_none());
    let any = (llm() | JsonParser::<Place>::without_schema()).graph();
    assert!(step(&any, 1).get("output_schema").is_none());
}

#[test]
fn labels_are_shown_as_texts_and_as_values() {
    let typed = (llm() | EnumParser::<Mood>::of_type().unwrap()).graph();
    assert_eq!(step(&typed, 1)["input_schema"], json!({"type": "string", "enum": ["good", "bad"]}));
    assert_eq!(step(&typed, 1)["output_schema"], schema_for_type::<Mood>());
    let given = (llm() | EnumParser::new([("YES", true), ("NO", false)]).unwrap()).graph();
    assert_eq!(step(&given, 1)["input_schema"]["enum"], json!(["YES", "NO"]));
    assert!(step(&given, 1).get("output_schema").is_none());
}

/// What a schema says of the values, they are.
#[test]
fn values_are_as_their_schemas_say() {
    let blocks = CodeBlocksParser.parse("```rust\nfn f() {}\n```").unwrap();
    let schema = CodeBlocksParser.schema().unwrap();
    let compiled = catena::structured::Options::spec().compile(&schema).unwrap();
    assert!(compiled.grammar().matches(&serde_json::to_string(&blocks).unwrap()).unwrap());
}

#[test]
fn prompts_show_what_they_take() {
    let prompt = Template::new("{a} and {b}").unwrap().partial("b", 1).unwrap() | llm();
    let takes = |names: Value, required: Value, others: bool| json!({"type": "object", "properties": names, "required": required, "additionalProperties": others});
    assert_eq!(step(&prompt.graph(), 0)["input_schema"], takes(json!({"a": {}}), json!(["a"]), false));
    let chat = ChatPrompt::from_messages([("user", "{text}"), ("placeholder", "{past}")]).unwrap() | llm();
    assert_eq!(step(&chat.graph(), 0)["input_schema"]["required"], json!(["text"]));
    assert_eq!(step(&chat.graph(), 0)["input_schema"]["properties"], json!({"past": {}, "text": {}}));
    let typed = Template::<Place>::typed("In {city}").unwrap() | llm();
    assert_eq!(step(&typed.graph(), 0)["input_schema"], takes(json!({"city": {}}), json!(["city"]), true));
    let shown = FewShotPrompt::of_examples(Template::new("{q}").unwrap(), []).suffix(Template::new("{q}?").unwrap());
    assert_eq!(step(&(shown | llm()).graph(), 0)["input_schema"]["required"], json!(["q"]));
    let optional = Template::jinja("{{ note | default('') }}").unwrap() | llm();
    assert_eq!(step(&optional.graph(), 0)["input_schema"], takes(json!({"note": {}}), json!([]), false));
}

#[test]
fn a_chain_takes_what_its_first_step_takes_and_gives_what_its_last_gives() {
    let chain = Template::new("Where is {what}?").unwrap() | llm() | JsonParser::<Place>::new();
    let graph = chain.graph();
    assert_eq!(graph.input_schema, step(&graph, 0).get("input_schema").cloned());
    assert_eq!(graph.output_schema, Some(schema_for_type::<Place>()));
    let around = (input::<Vars>() | chain.named("inner") | catena::map(|place: Place| place.city)).graph();
    assert_eq!((around.input_schema, around.output_schema), (graph.input_schema, None));
}

#[test]
fn tools_show_what_they_take_and_models_what_they_may_call() {
    let tool = Tool::new("weather", "Tells the weather.", |at: Place| async move { Ok(at.city) }).unwrap();
    let schema = schema_for_type::<Place>();
    let agent = Agent::new(&llm(), [tool.clone()]).unwrap();
    let graph = (agent | catena::passthrough()).graph();
    let choice = step(&graph, 0)["choice"].clone();
    assert_eq!(choice[1]["step"]["input_schema"], schema);
    let calls = &choice[0]["step"]["output_schema"]["anyOf"][1];
    assert_eq!(calls["items"]["anyOf"][0]["properties"], json!({"name": {"const": "weather"}, "arguments": schema}));
    let one = llm().with_tools([tool]).unwrap().mode(catena::ToolMode::One).unwrap() | catena::passthrough();
    assert_eq!(step(&one.graph(), 0)["output_schema"]["maxItems"], json!(1));
}
