//! What a call decides: which model answers, how it is asked, who may take how long. Needs no model file.
//!
//! ```sh
//! cargo run --no-default-features --example configurable
//! ```
use catena::{
    GenerateOptions, Model, Result, RunConfig, RunContext, Template, alternatives, testing::FakeLlm, with_context,
};
use futures::executor::block_on;
use std::time::Duration;

fn main() -> Result<()> {
    let (small, large) = (Model::new(FakeLlm::always("An oak.")), Model::new(FakeLlm::always("A pedunculate oak.")));
    let loud = with_context(|text: String, cx: RunContext| async move {
        let loud = cx.configurable("loud").is_some_and(|loud| loud == true);
        Ok(if loud { text.to_uppercase() } else { text })
    });
    let answer = alternatives("model", "small", small).or("large", large.clone());
    let chain = (Template::new("What is a {thing}?")? | answer | loud.reading(["loud"])).named("define");
    println!("may be configured: {}", chain.graph().configurable_keys().join(", "));

    let call = |config: RunConfig| block_on(chain.invoke_in([("thing", "tree")], &config.into()));
    println!("as it is: {}", call(RunConfig::new())?);
    let options = GenerateOptions::new().max_tokens(16).seed(7);
    println!(
        "chosen: {}",
        call(RunConfig::new().configurable("model", "large").configurable("loud", true).options(options))?
    );
    let asked = large.requests().pop().map(|request| request.options).unwrap_or_default();
    println!("asked with: max_tokens {:?}, seed {:?}", asked.max_tokens, asked.seed);

    // Nothing is ignored: a key that nothing reads, and a name that none has, are errors.
    for config in [RunConfig::new().configurable("modle", "large"), RunConfig::new().configurable("model", "huge")] {
        if let Err(error) = call(config) {
            println!("refused: {}", error.message());
        }
    }

    // A chain may bring a configuration of its own, and each input of a batch another.
    let brief = chain.with_config(RunConfig::new().timeout(Duration::from_secs(5)).tags(["brief"]));
    let inputs = ["small", "large"].map(|model| ([("thing", "tree")], RunConfig::new().configurable("model", model)));
    for answer in block_on(brief.batch_with(inputs, 2, &RunContext::new())) {
        println!("of a batch: {}", answer?);
    }
    Ok(())
}
