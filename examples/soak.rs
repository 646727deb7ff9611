//! Calls of all kinds for a long time, to see that nothing grows and no text differs.
//!
//! `cargo run --release --example soak -- [MODEL.gguf] [--seconds 3600] [--threads 8]`
use catena::{Error, ErrorKind, GenerateOptions, Grammar, LlamaCpp, Model, Request, Result};
use futures::{StreamExt, executor::block_on};
use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

const KINDS: u64 = 24;

fn main() -> Result<()> {
    let (mut seconds, mut threads) = (3_600, 8);
    let mut model = concat!(env!("CARGO_MANIFEST_DIR"), "/models/tiny-random.gguf").to_owned();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seconds" => seconds = number(&argument, arguments.next())?,
            "--threads" => threads = number(&argument, arguments.next())?,
            option if option.starts_with("--") => {
                let message = format!("unknown option {option}; the options are: --seconds N, --threads N");
                return Err(Error::new(ErrorKind::InvalidOption, message));
            }
            _ => model = argument,
        }
    }
    // Texts are compared, so they must not depend on what runs beside them.
    let llm = LlamaCpp::builder(model).n_ctx(512).n_threads(1).deterministic(true).load()?;
    let grammar = Grammar::parse(r#"root ::= ("yes" | "no" | [a-z]{3,9}) ("," [0-9]{1,4}){2,5} "!""#)?;
    let expected: Vec<String> =
        (0..KINDS).map(|kind| block_on(llm.invoke(request(kind, &grammar)))).collect::<Result<_>>()?;

    let end = Instant::now() + Duration::from_secs(seconds);
    let (calls, wrong) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while Instant::now() < end {
                    let call = calls.fetch_add(1, Ordering::Relaxed);
                    if !is_right(&llm, call, &grammar, &expected) {
                        wrong.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        while Instant::now() < end {
            thread::sleep(Duration::from_secs(10).min(end.saturating_duration_since(Instant::now())));
            let (calls, wrong) = (calls.load(Ordering::Relaxed), wrong.load(Ordering::Relaxed));
            println!("{calls} calls, {wrong} wrong, {}; {:?}", resources(), llm.stats());
        }
    });
    assert_eq!(wrong.load(Ordering::Relaxed), 0, "some texts were not those of calls one by one");
    Ok(())
}

fn number(option: &str, given: Option<String>) -> Result<u64> {
    let message = || format!("{option} needs a whole number");
    given.and_then(|text| text.parse().ok()).ok_or_else(|| Error::new(ErrorKind::InvalidOption, message()))
}

fn request(kind: u64, grammar: &Grammar) -> Request {
    let words = usize::try_from(kind).unwrap_or_default();
    let heads = ["Once", "The head of", "Once upon a time"];
    let prompt = format!("{} {}", heads.get(words % heads.len()).unwrap_or(&"Once"), "tick ".repeat(words));
    let mut options = GenerateOptions::new().temperature(0.0).max_tokens(8 + words * 7 % 40);
    if kind % 5 == 1 {
        options = options.stop(["a", "th"]);
    }
    let request = Request::new(prompt).with_options(options);
    if kind % 4 == 2 { request.with_grammar(grammar.clone()) } else { request }
}

/// One call: read to its end, dropped on the way, or with little time.
fn is_right(llm: &Model<LlamaCpp>, call: u64, grammar: &Grammar, expected: &[String]) -> bool {
    let mix = call.wrapping_mul(2_654_435_761) >> 9;
    let kind = call % KINDS;
    let mut request = request(kind, grammar);
    request.options.priority = i32::try_from(mix % 7).ok();
    let expected = expected.get(usize::try_from(kind).unwrap_or_default()).map_or("", String::as_str);
    match mix % 5 {
        0 => {
            let deltas = usize::try_from(mix % 7).unwrap_or_default();
            let read: Vec<_> = block_on(llm.stream_text(request).take(deltas).collect());
            let text: Result<String> = read.into_iter().collect();
            text.is_ok_and(|text| expected.starts_with(&text))
        }
        1 => {
            request.options.timeout = Some(Duration::from_micros(mix % 20_000));
            match block_on(llm.invoke(request)) {
                Ok(text) => text == expected,
                Err(error) => error.kind() == ErrorKind::Timeout,
            }
        }
        _ => block_on(llm.invoke(request)).is_ok_and(|text| text == expected),
    }
}

/// Resident memory and open files, where the system tells.
fn resources() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or("memory unknown");
    let open = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    format!("{resident}, {open} files open")
}
