//! A callback handler of one's own, beside two of the library's: `callback [TOPIC...] [--model PATH]`.
mod common;

use catena::{CallbackHandler, Completion, GenerateOptions, Request, Result, RunInfo, Template, callback::ConsoleTree};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Adds up tokens, and stops a run that writes too many.
#[derive(Debug)]
struct Budget {
    left: AtomicUsize,
}

impl CallbackHandler for Budget {
    fn on_llm_start(&self, run: &RunInfo, request: &Request) {
        println!("[{}] is asked: {}", run.name(), request.prompt);
    }

    fn on_llm_token(&self, run: &RunInfo, _: &str) {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if left.is_err() {
            run.abort("the budget of tokens is spent");
        }
    }

    fn on_llm_end(&self, run: &RunInfo, completion: &Completion) {
        println!("[{}] wrote {} tokens", run.name(), completion.usage.completion_tokens);
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let (builder, topics) = common::arguments(&["hobbies", "dishes", "jobs"]);
    let llm = builder.load_async().await?.with_options(GenerateOptions::new().max_tokens(40));
    let budget = Arc::new(Budget { left: AtomicUsize::new(40) });
    let chain = (Template::new("Name five {topic}, separated by commas.\n")? | llm)
        .named("list")
        .with_callback(Arc::clone(&budget))
        .with_callback(ConsoleTree::new());

    for topic in topics {
        match chain.invoke([("topic", topic)]).await {
            Ok(list) => println!("{list}"),
            Err(error) => println!("stopped: {error}"),
        }
    }
    println!("{} tokens are left of the budget", budget.left.load(Ordering::Relaxed));
    Ok(())
}
