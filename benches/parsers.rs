//! What parsers cost while an answer is written, by the number of chunks it comes in. The cost of a chunk must not grow
//! with what came before it.
//!
//! `cargo bench --no-default-features --bench parsers` prints a table; `-- CHUNKS...` measures other numbers of chunks.
use catena::{
    Delta, JsonParser, OutputParser, Partial, Result,
    parse::{CommaListParser, MarkdownListParser},
};
use serde_json::Value;
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// An answer of about so many chunks of four bytes.
struct Answer {
    what: &'static str,
    text: String,
    parser: Box<dyn OutputParser<Output = ()>>,
}

/// A parser whose value does not matter.
struct Only<P>(P);

impl<P: OutputParser> OutputParser for Only<P> {
    type Output = ();

    fn parse(&self, text: &str) -> Result<()> {
        self.0.parse(text).map(|_| ())
    }

    fn format_instructions(&self) -> String {
        self.0.format_instructions()
    }

    fn progress(&self) -> Box<dyn catena::parse::Progress> {
        self.0.progress()
    }
}

const CHUNK: usize = 4;

fn answers(chunks: usize) -> Vec<Answer> {
    let bytes = chunks * CHUNK;
    let repeated = |item: &str, between: &str| {
        let count = bytes / (item.len() + between.len());
        vec![item; count.max(1)].join(between)
    };
    let json = || Box::new(Only(JsonParser::<Value>::new()));
    vec![
        Answer {
            what: "JSON, many objects",
            text: format!("[{}]", repeated(r#"{"name":"Ada","born":1815,"tags":["a","b"]}"#, ",")),
            parser: json(),
        },
        Answer { what: "JSON, one string", text: format!("\"{}\"", "text".repeat(chunks)), parser: json() },
        Answer { what: "list with commas", text: repeated("some item", ", "), parser: Box::new(Only(CommaListParser)) },
        Answer {
            what: "list with bullets",
            text: repeated("- some item", "\n"),
            parser: Box::new(Only(MarkdownListParser::new())),
        },
    ]
}

/// What a chunk costs, in nanoseconds, in the first and in the last tenth of an answer, and the whole at its end.
fn measure(answer: &Answer) -> (f64, f64, f64) {
    let chunks: Vec<&str> =
        answer.text.as_bytes().chunks(CHUNK).filter_map(|chunk| std::str::from_utf8(chunk).ok()).collect();
    let tenth = (chunks.len() / 10).max(1);
    let mut best = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..7 {
        let mut progress = answer.parser.progress();
        let mut partial = Partial::<Value>::new();
        let mut out: Vec<Delta> = Vec::new();
        let mut pass = |chunks: &[&str]| {
            let began = Instant::now();
            for chunk in chunks {
                progress.push(chunk, &mut out).ok();
                for delta in out.drain(..) {
                    partial.apply_delta(&delta).ok();
                }
            }
            per(began.elapsed(), chunks.len())
        };
        let (first, rest) = chunks.split_at(tenth);
        let (middle, last) = rest.split_at(rest.len().saturating_sub(tenth));
        let first = pass(first);
        pass(middle);
        let last = pass(last);
        let began = Instant::now();
        black_box(answer.parser.parse(&answer.text)).ok();
        let whole = per(began.elapsed(), chunks.len());
        best = (best.0.min(first), best.1.min(last), best.2.min(whole));
        black_box(partial.value());
    }
    best
}

#[expect(clippy::cast_precision_loss, reason = "a figure for display")]
fn per(time: Duration, count: usize) -> f64 {
    time.as_nanos() as f64 / count.max(1) as f64
}

fn main() {
    let asked: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let counts = if asked.is_empty() { vec![200, 2_000, 20_000, 100_000] } else { asked };
    println!("| answer | chunks | a chunk, first tenth, ns | last tenth, ns | the value at the end, ns a chunk |");
    println!("|:--|--:|--:|--:|--:|");
    for chunks in counts {
        for answer in answers(chunks) {
            let (first, last, whole) = measure(&answer);
            println!("| {} | {chunks} | {first:.0} | {last:.0} | {whole:.0} |", answer.what);
        }
    }
}
