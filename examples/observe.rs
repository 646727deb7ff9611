//! Who watches a run: listeners of one chain, totals by model, a file of events that can be replayed, and spans for
//! OpenTelemetry. Needs no model file.
//!
//! ```sh
//! cargo run --no-default-features --example observe
//! ```
use catena::{
    Error, Model, Result, RunContext, Template,
    callback::{Collector, FileHandler, Listeners, TracingHandler, UsageTotals, replay},
    testing::FakeLlm,
};
use futures::executor::block_on;
use std::{fs, io::BufReader};

fn main() -> Result<()> {
    // Spans by the names of OpenTelemetry's `gen_ai.*`: any subscriber, such as tracing-opentelemetry, takes them up.
    tracing_subscriber::fmt().init();
    let file = std::env::temp_dir().join(format!("catena-events-{}.jsonl", std::process::id()));
    let (totals, events) = (UsageTotals::new(), FileHandler::create(&file)?);

    let listeners = Listeners::new()
        .on_start(|run, _| println!("{} begins, tagged {:?}", run.name(), run.tags().collect::<Vec<_>>()))
        .on_end(|run, output| println!("{} ends: {:?}", run.name(), output.downcast_ref::<String>()));
    let llm = Model::new(FakeLlm::always("Because they may."));
    let chain =
        (Template::new("Why do {animals} sing?")? | llm).named("why").with_tags(["demo"]).with_listeners(listeners);

    let cx = RunContext::new().with(totals.clone()).with(events).with(TracingHandler::new());
    for animals in ["birds", "whales"] {
        block_on(chain.invoke_in([("animals", animals)], &cx))?;
    }
    println!("models asked: {:?}", totals.by_model().into_keys().collect::<Vec<_>>());
    drop(cx);

    // The file tells another handler the same, later and elsewhere.
    let collector = Collector::new();
    replay(BufReader::new(fs::File::open(&file).map_err(Error::other)?), &collector)?;
    let trees = collector.trees();
    println!("replayed: {} runs of {:?}", trees.len(), trees.first().map(|tree| tree.name.as_str()));
    fs::remove_file(&file).map_err(Error::other)
}
