//! Nested types, enums, options and lists out of a text, and the JSON as it is written:
//! `structured [TEXT] [--model PATH]`.
mod common;

use catena::{Chunk, Delta, Result, Template};
use futures::TryStreamExt;
use schemars::JsonSchema;
use serde::Deserialize;
use std::io::Write;

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "printed only")]
struct Order {
    #[schemars(length(max = 30))]
    customer: String,
    #[schemars(length(min = 1, max = 3))]
    items: Vec<Item>,
    shipping: Shipping,
    payment: Payment,
    #[schemars(length(max = 60))]
    note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "printed only")]
struct Item {
    #[schemars(length(max = 30))]
    name: String,
    quantity: u8,
    unit_price: f64,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Shipping {
    Standard,
    Express,
    Pickup,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(dead_code, reason = "printed only")]
enum Payment {
    Card { last_digits: u16 },
    Invoice { days: u8 },
    Cash,
}

const TEXT: &str = "Grace Hopper orders two nanoseconds of wire at 0.35 each and a notebook for 4.50, by express, paid with the card \
                    ending in 1906.";

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&[TEXT]);
    let text = words.join(" ");
    let llm = builder.load_async().await?;
    let chain =
        Template::new("Write the order in this text as JSON.\n\nText: {text}\n\nJSON: ")? | llm.structured::<Order>();

    let mut chunks = chain.stream([("text", text)]);
    while let Some(chunk) = chunks.try_next().await? {
        match chunk {
            Chunk::Delta(Delta::Text(text)) => print!("{text}"),
            Chunk::Delta(_) => {}
            Chunk::Done(order) => println!("\n{order:#?}"),
        }
        let _ = std::io::stdout().flush();
    }
    Ok(())
}
