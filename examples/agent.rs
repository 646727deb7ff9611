//! A model that calls tools until it knows the answer, and the tree of its runs. Without a model: what it would write is
//! scripted.
use catena::{Agent, Model, Result, RunContext, Tool, callback::ConsoleTree, testing::FakeLlm};
use futures::executor::block_on;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct City {
    /// The city's name.
    city: String,
}

#[derive(Deserialize, JsonSchema)]
struct Convert {
    /// Degrees Celsius.
    celsius: f64,
}

async fn weather(at: City) -> Result<String> {
    Ok(format!("In {} it rains, at 9 degrees Celsius.", at.city))
}

async fn fahrenheit(input: Convert) -> Result<f64> {
    Ok(input.celsius * 1.8 + 32.0)
}

fn main() -> Result<()> {
    block_on(async {
        let llm = Model::new(FakeLlm::scripted([
            [r#"[{"name":"weather","arguments":{"city":"Bergen"}}]"#],
            [r#"[{"name":"to_fahrenheit","arguments":{"celsius":9.0}}]"#],
            ["It rains in Bergen, at 48 degrees Fahrenheit."],
        ]));
        let tools = [
            Tool::new("weather", "Tells the weather of a city.", weather)?,
            Tool::new("to_fahrenheit", "Converts a temperature.", fahrenheit)?.telling_errors(),
        ];
        let agent = Agent::new(&llm, tools)?.max_steps(5);
        let cx = RunContext::new().with(ConsoleTree::new());
        println!("{}", agent.invoke_in("What is it like in Bergen, in Fahrenheit?", &cx).await?);
        let asked = llm.requests().pop().map(|request| request.prompt.pretty()).unwrap_or_default();
        println!("\nwhat the model was asked last:\n{asked}");
        Ok(())
    })
}
