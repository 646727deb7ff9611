//! What is known of an answer while it is still being written, and a second try when it cannot be read. Without a model:
//! what it would write is scripted.
use catena::{
    Chunk, Delta, JsonParser, Model, OutputParser, Partial, Result, Template, parse::RetryParser, testing::FakeLlm,
};
use futures::{TryStreamExt, executor::block_on};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "printed as a whole")]
struct Recipe {
    title: String,
    minutes: u32,
    steps: Vec<String>,
}

fn main() -> Result<()> {
    block_on(async {
        let parser = JsonParser::<Recipe>::new();
        let prompt = Template::new("A recipe for {dish}.\n{form}")?.partial("form", parser.format_instructions())?;
        let written = [r#"{"title": "Tomato "#, r#"soup", "minutes": 3"#, r#"0, "steps": ["chop", "#, r#""boil"]}"#];

        let chain = prompt.clone() | Model::new(FakeLlm::scripted([written])) | parser.clone();
        let mut partial = Partial::<Recipe>::new();
        let mut chunks = chain.stream([("dish", "soup")]);
        while let Some(chunk) = chunks.try_next().await? {
            match chunk {
                Chunk::Delta(Delta::Patch(patch)) => {
                    partial.apply(&patch)?;
                    println!("{:<20} so far: {}", patch.to_string(), partial.value());
                }
                Chunk::Done(recipe) => println!("the value: {recipe:?}\n"),
                Chunk::Delta(_) => {}
            }
        }

        // The first answer is cut off; the model sees it, and why it cannot be read.
        let whole = written.concat();
        let llm = Model::new(FakeLlm::scripted([[r#"{"title": "Tomato soup", "minutes": 3"#], [whole.as_str()]]));
        let chain = prompt | RetryParser::new(llm.clone(), parser).attempts(2);
        let recipe = chain.invoke([("dish", "soup")]).await?;
        println!("after {} attempts: {recipe:?}", llm.requests().len());
        let last = llm.requests().pop().map(|request| request.prompt.to_string()).unwrap_or_default();
        println!("what the model was asked last:\n{}", last.lines().take(30).collect::<Vec<_>>().join("\n"));
        Ok(())
    })
}
