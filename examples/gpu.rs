//! All layers on the GPU, where the build has one: `cargo run --features cuda --example gpu -- [PROMPT] --model PATH`.
mod common;

use catena::{GenerateOptions, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, words) = common::arguments(&["The first rule of programming is"]);
    let prompt = words.join(" ");
    let llm = builder.n_gpu_layers(-1).n_batch(512).load_async().await?;
    let report = llm.report();
    println!("{} ({} parameters) on: {}", report.architecture, report.n_params, report.system_info);
    for warning in &report.warnings {
        println!("warning: {warning}");
    }
    let completion = llm.clone().with_options(GenerateOptions::new().max_tokens(64)).detailed().invoke(prompt).await?;
    println!("{}\n{:.1} tokens a second", completion.text, completion.timings.tokens_per_second());
    Ok(())
}
