//! `prompt | llm | map`: `chain [QUESTION] [--model PATH]`.
mod common;

use catena::{GenerateOptions, Result, Template, map};

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&["What is the occupation?"]);
    let question = words.join(" ");
    let text = "Ada Lovelace, 36, is a mathematician who lives in London.";
    let prompt = Template::new("Text: {text}\nQuestion: {question}\nAnswer:")?;
    let llm = builder.load_async().await?.with_options(GenerateOptions::new().max_tokens(64).stop(["\n"]));

    let chain = prompt | llm | map(|answer: String| answer.trim().to_owned());
    println!("{text}\n{question}");
    println!("{}", chain.invoke([("text", text), ("question", &question)]).await?);
    Ok(())
}
