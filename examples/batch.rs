//! Many texts at once become structs, in shared batches of the model: `batch [TEXT...] [--model PATH]`.
mod common;

use catena::{ChatPrompt, Result};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "printed only")]
struct Trip {
    #[schemars(length(max = 60))]
    passenger: String,
    #[schemars(length(max = 60))]
    destination: String,
    nights: Option<u16>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, texts) = common::arguments(&[
        "Grace Hopper is flying to Rome. She stays for four nights.",
        "Alan Turing travels to Lisbon for 12 nights.",
        "Passenger: Emmy Noether; Destination: Oslo; Nights: 3.",
        "Edsger Dijkstra is going to Vienna.",
    ]);
    let llm = builder.n_parallel(4).load_async().await?;
    let prompt = ChatPrompt::from_messages([
        ("system", "Fill in what the text says about the trip in it, as JSON."),
        ("user", "{text}"),
    ])?;
    let chain = prompt | llm.structured::<Trip>();

    let inputs = texts.iter().map(|text| [("text", text.as_str())]);
    for (text, trip) in texts.iter().zip(chain.batch(inputs, 4).await) {
        match trip {
            Ok(trip) => println!("{text}\n    {trip:?}"),
            Err(error) => println!("{text}\n    {error}"),
        }
    }
    println!("{:?}", llm.stats());
    Ok(())
}
