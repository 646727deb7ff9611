//! A model that calls Rust functions, and the tree of its runs: `tools [QUESTION] [--model PATH]`.
mod common;

use catena::{Agent, GenerateOptions, Result, RunContext, Tool, callback::ConsoleTree};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct City {
    city: String,
}

#[derive(Deserialize, JsonSchema)]
struct Numbers {
    a: i64,
    b: i64,
}

async fn weather(at: City) -> Result<String> {
    Ok(format!("It is rainy in {}.", at.city))
}

async fn add(numbers: Numbers) -> Result<i64> {
    Ok(numbers.a.saturating_add(numbers.b))
}

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&["Do I need an umbrella in Bergen?"]);
    let question = words.join(" ");
    let llm = builder.load_async().await?.with_options(GenerateOptions::new().max_tokens(200));
    let tools = [Tool::new("weather", "The weather in a city.", weather)?, Tool::new("add", "Adds two numbers.", add)?];

    let agent = Agent::new(&llm, tools)?.max_steps(3);
    let cx = RunContext::new().with(ConsoleTree::new());
    println!("{question}");
    println!("{}", agent.invoke_in(question, &cx).await?);
    Ok(())
}
