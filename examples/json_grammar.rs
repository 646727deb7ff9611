//! Any JSON value, held to `grammars/json.gbnf`: `json_grammar [REQUEST] [--model PATH]`.
mod common;

use catena::{GenerateOptions, Result, callback::StreamingStdout};
use std::path::Path;

const REQUEST: &str = "Ada Lovelace, 36, is a mathematician who lives in London.\n\n\
                       Write the person in this text as JSON.\nFields: name, age, city, occupation";

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&[REQUEST]);
    let request = words.join(" ");
    let llm = builder
        .grammar_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars/json.gbnf"))
        .load_async()
        .await?
        .with_options(GenerateOptions::new().max_tokens(200))
        .with_callback(StreamingStdout::new());
    let completion = llm.detailed().invoke(request).await?;
    match serde_json::from_str::<serde_json::Value>(&completion.text) {
        Ok(value) => println!("valid JSON: {value:#}"),
        Err(_) => {
            println!("cut off after {} tokens: {:?}", completion.usage.completion_tokens, completion.finish_reason);
        }
    }
    Ok(())
}
