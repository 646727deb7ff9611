//! A list, held to `grammars/list.gbnf`: `list_grammar [REQUEST] [--model PATH]`.
mod common;

use catena::{GenerateOptions, Grammar, Result};
use std::path::Path;

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&["Name three dishes as a bulleted list.\n"]);
    let request = words.join(" ");
    let grammar = Grammar::from_file(Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars/list.gbnf"))?;
    let llm = builder.load_async().await?.with_grammar(grammar).with_options(GenerateOptions::new().max_tokens(120));
    let list = llm.invoke(request).await?;
    for (number, item) in list.lines().enumerate() {
        println!("{}: {}", number + 1, item.trim_start_matches("- "));
    }
    Ok(())
}
