//! What catena adds to a model's work, as one JSON object a line: the half of `benches/langchain.py` that is not Python.
//!
//! `python3 benches/langchain.py` runs this and the same cases in LangChain in turn, and prints both side by side.
use catena::{
    CallbackHandler, JsonParser, Model, OutputParser, Result, RunContext, Template, input, map, parse::TextParser,
    testing::FakeLlm,
};
use futures::{StreamExt, executor::block_on};
use serde_json::{Value, json};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// The tokens of a streamed answer and the inputs of a batch.
const MANY: usize = 1_000;

/// Is told of everything and does nothing.
#[derive(Clone)]
struct Idle;

impl CallbackHandler for Idle {}

/// Tells what one of `per` things that `work` does takes: the least of so many rounds.
#[expect(clippy::cast_precision_loss, reason = "a figure for display")]
fn case(name: &str, rounds: usize, per: usize, mut work: impl FnMut() -> Result<()>) -> Result<()> {
    let mut least = Duration::MAX;
    for _ in 0..rounds {
        let began = Instant::now();
        work()?;
        least = least.min(began.elapsed());
    }
    println!("{}", json!({"case": name, "micros": least.as_nanos() as f64 / 1e3 / per as f64}));
    Ok(())
}

/// Reads a stream to its end.
fn drain<T>(chunks: impl futures::Stream<Item = Result<T>>) -> Result<()> {
    let mut chunks = std::pin::pin!(chunks);
    block_on(async {
        while let Some(chunk) = chunks.next().await {
            black_box(chunk?);
        }
        Ok(())
    })
}

/// A model that answers each time with so many tokens of two characters.
fn model(tokens: usize) -> Model<FakeLlm> {
    Model::new(FakeLlm::always("x ".repeat(tokens)))
}

/// Lets the compiler not leave out what made this.
fn keep<T>(value: T) {
    black_box(value);
}

fn answers() -> Result<()> {
    let prompt = || Template::new("Name three {things}.");
    let short = prompt()? | model(1).detailed() | TextParser;
    case("prompt, model and parser, invoked", 1_000, 1, || block_on(short.invoke([("things", "trees")])).map(keep))?;
    let bare = model(MANY);
    case("a token of a model", 20, MANY, || drain(bare.stream_text("x")))?;
    let bare = input::<String>() | model(MANY);
    let watched = RunContext::new().with(Idle);
    case("a token of a model, with a handler", 20, MANY, || drain(bare.stream_in("x", &watched)))?;
    let parsed = prompt()? | model(MANY).detailed() | TextParser;
    case("a token through a chain and its parser", 20, MANY, || drain(parsed.stream([("things", "trees")])))?;
    case("the same, as events", 20, MANY, || {
        block_on(parsed.events([("things", "trees")]).count());
        Ok(())
    })
}

fn json_answers() -> Result<()> {
    for (chunks, written) in [(231, "231"), (1_911, "1,911")] {
        let text = format!("[{}]", vec![r#"{"name":"Ada","born":1815,"tags":["a","b"]}"#; chunks * 4 / 44].join(","));
        let pieces: Vec<_> = text.as_bytes().chunks(4).filter_map(|piece| std::str::from_utf8(piece).ok()).collect();
        let parser = JsonParser::<Value>::new();
        case(&format!("a chunk of {written} through a JSON parser"), 20, pieces.len(), || {
            let (mut progress, mut out) = (parser.progress(), Vec::new());
            for piece in &pieces {
                progress.push(piece, &mut out)?;
                black_box(out.drain(..).count());
            }
            parser.parse(&text).map(keep)
        })?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let same = || map(|n: u64| n);
    let chain = input::<u64>() | same() | same() | same();
    case("three functions, invoked", 2_000, 1, || block_on(chain.invoke(1_u64)).map(keep))?;
    answers()?;
    json_answers()?;
    case("an input of a batch of 1,000", 20, MANY, || {
        block_on(chain.batch(0..MANY as u64, 8)).into_iter().try_for_each(|n| n.map(keep))
    })
}
