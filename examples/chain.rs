//! `prompt | llm | parser`: `chain [QUESTION] [--model PATH]`.
mod common;

use catena::{GenerateOptions, Result, Template, map};

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments();
    let question = match words.join(" ") {
        question if question.is_empty() => {
            "What NFL team won the Super Bowl in the year Justin Bieber was born?".to_owned()
        }
        question => question,
    };
    let prompt = Template::new(
        "Question: {question}\n\nAnswer: Let's work this out in a step by step way to be sure we have the right answer.",
    )?;
    let llm = builder.load_async().await?.with_options(GenerateOptions::new().max_tokens(128).stop(["Question:"]));

    let chain = prompt | llm | map(|answer: String| answer.trim().to_owned());
    println!("{}", chain.invoke([("question", question)]).await?);
    Ok(())
}
