//! Everything that happens in a run, as a stream: what models write as it comes, then what it cost. Needs no model file.
//!
//! ```sh
//! cargo run --no-default-features --example events
//! ```
use catena::{
    ChainEvent, Model, Parallel, Result, RunConfig, Template,
    callback::{EventFilter, EventKind, UsageTotals},
    map,
    testing::FakeLlm,
};
use futures::{StreamExt, executor::block_on};
use std::collections::BTreeMap;

fn main() -> Result<()> {
    block_on(async {
        let views = Parallel::new()
            .with("pro", Model::new(FakeLlm::always("They give shade.")))
            .with("con", Model::new(FakeLlm::always("They take light.")));
        let join = map(|views: BTreeMap<String, String>| views.into_values().collect::<Vec<_>>().join(" But: "));
        let chain = Template::new("What of {thing}?")? | views | join;

        let usage = UsageTotals::new();
        let config = RunConfig::new().name("weigh").tags(["demo"]).handler(usage.clone()).max_concurrency(1);
        let mut events = chain.events_in([("thing", "trees")], &config.into(), EventFilter::new().tags(["demo"]));
        while let Some(event) = events.next().await {
            match event {
                ChainEvent::Run(event) => match &event.what {
                    EventKind::LlmToken(text) => println!("{:>12} {text:?}", event.run.name),
                    EventKind::Start { .. } => println!("{:>12} begins", event.run.name),
                    what if what.is_outcome() => println!("{:>12} is over", event.run.name),
                    _ => (),
                },
                ChainEvent::Outcome(answer) => println!("\n{}", answer?),
                _ => (),
            }
        }
        println!("{} tokens written", usage.total().completion_tokens);
        Ok(())
    })
}
