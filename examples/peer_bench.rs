//! Measures catena, one JSON line a run, to stand beside other programs that do the same work.
//!
//! ```text
//! peer_bench decode  MODEL [--n 128] [--threads 2] [--pp 512] [--pick argmax|sampler]
//! peer_bench grammar MODEL (--schema FILE | --gbnf FILE | --none) [--sampling greedy|default] [--n 64]
//!                          [--no-forward] [--lookup] [--cooperative [--copied]]
//! peer_bench batch   MODEL [--b 8] [--n 64] [--unified]
//! peer_bench prefix  MODEL [--prefix 1000]
//! peer_bench cold    MODEL
//! peer_bench steps         [--n 2000]
//! peer_bench llm     MODEL [--n 200]
//! ```
//!
//! `--cooperative` makes the model prefer a text that the grammar allows, with `--none` too: a trained model wants to write
//! what it is asked for, one with random weights fights the grammar at every token. With `--copied` that text is in the
//! prompt as well, as it is where a text is taken out of another one.
//!
//! `cargo run --release --example peer_bench -- decode MODEL.gguf`
use catena::{
    Completion, Error, FlashAttention, GenerateOptions, Grammar, LlamaCpp, LlamaCppBuilder, Model, Request, Result,
    Runnable, Template, map,
};
use futures::{StreamExt, executor::block_on, future::join_all};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    path::Path,
    time::{Duration, Instant},
};

const PROMPT: &str = "The chain takes a prompt, gives it to the model and parses the answer.";
const QUESTION: &str = "gives it to the model and parses the answer";
const SWITCHES: [&str; 7] = ["none", "cooperative", "copied", "unified", "no-forward", "lookup", "no-flash"];

struct Arguments {
    verb: String,
    model: String,
    flags: HashMap<String, String>,
}

impl Arguments {
    fn read() -> Option<Self> {
        let mut words = std::env::args().skip(1).peekable();
        let verb = words.next()?;
        let model = words.next_if(|word| !word.starts_with("--")).unwrap_or_default();
        let mut flags = HashMap::new();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--")?.to_owned();
            let value = if SWITCHES.contains(&name.as_str()) { String::new() } else { words.next()? };
            flags.insert(name, value);
        }
        Some(Arguments { verb, model, flags })
    }

    fn has(&self, name: &str) -> bool {
        self.flags.contains_key(name)
    }

    fn number(&self, name: &str, default: usize) -> Result<usize> {
        self.flags.get(name).map_or(Ok(default), |value| value.parse().map_err(Error::other))
    }

    fn count(&self, name: &str, default: usize) -> Result<u32> {
        u32::try_from(self.number(name, default)?).map_err(Error::other)
    }

    fn builder(&self) -> Result<LlamaCppBuilder> {
        let builder =
            LlamaCpp::builder(&self.model).n_ctx(self.count("ctx", 2048)?).n_threads(self.count("threads", 2)?);
        Ok(if self.has("no-flash") { builder.flash_attn(FlashAttention::Off) } else { builder })
    }
}

fn main() -> Result<()> {
    let began = Instant::now();
    let Some(arguments) = Arguments::read() else {
        eprintln!("usage: peer_bench decode|grammar|batch|prefix|cold|steps|llm [MODEL] [--flag value]");
        std::process::exit(2);
    };
    let mut result = match arguments.verb.as_str() {
        "decode" => decode(&arguments)?,
        "grammar" => grammar(&arguments)?,
        "batch" => batch(&arguments)?,
        "prefix" => prefix(&arguments)?,
        "cold" => cold(&arguments, began)?,
        "steps" => steps(arguments.number("n", 2_000)?)?,
        "llm" => llm(&arguments)?,
        other => return Err(Error::other(format!("there is no measurement `{other}`"))),
    };
    if let (Some(stem), Some(result)) = (Path::new(&arguments.model).file_stem(), result.as_object_mut()) {
        result.insert("model".to_owned(), json!(stem.to_string_lossy()));
    }
    println!("{result}");
    Ok(())
}

fn greedy(tokens: usize) -> GenerateOptions {
    GenerateOptions::new().temperature(0.0).max_tokens(tokens)
}

fn complete(llm: &Model<LlamaCpp>, request: Request) -> Result<Completion> {
    block_on(llm.detailed().invoke(request))
}

#[expect(clippy::cast_precision_loss, reason = "a rate for display")]
fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "a rate for display")]
fn micros(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / count.max(1) as f64
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Words that together are about as many tokens.
fn words(llm: &LlamaCpp, tokens: usize, first: &str) -> Result<String> {
    let mut text = first.to_owned();
    while block_on(llm.tokenize(text.as_str(), true))?.len() < tokens {
        text.push_str(" and the next one takes a word");
    }
    Ok(text)
}

fn decode(arguments: &Arguments) -> Result<Value> {
    let (n, pp) = (arguments.number("n", 128)?, arguments.number("pp", 512)?);
    let llm = arguments.builder()?.n_parallel(1).cache_tokens(0).load()?;
    let filler = words(&llm, pp, "Filler:")?;
    complete(&llm, Request::new(filler.as_str()).with_options(greedy(1)))?;
    let prefill = complete(&llm, Request::new(filler.as_str()).with_options(greedy(1)))?;
    let options = if arguments.flags.get("pick").is_some_and(|pick| pick == "sampler") {
        GenerateOptions::new().seed(1234).max_tokens(n + 1)
    } else {
        greedy(n + 1)
    };
    let written = complete(&llm, Request::new("The").with_options(options))?;
    let time = written.timings.eval + written.timings.sample;
    Ok(json!({
        "pp_tok_s": prefill.timings.prompt_tokens_per_second(),
        "tg_tok_s": per_second(written.timings.eval_tokens, time), "n": written.timings.eval_tokens,
    }))
}

fn grammar(arguments: &Arguments) -> Result<Value> {
    let began = Instant::now();
    let wished = match (arguments.flags.get("schema"), arguments.flags.get("gbnf")) {
        (Some(path), _) => {
            let text = std::fs::read_to_string(path).map_err(Error::other)?;
            let schema: Value = serde_json::from_str(&text).map_err(Error::other)?;
            Some(Grammar::from_schema(&schema)?)
        }
        (None, Some(path)) => Some(Grammar::from_file(path)?),
        (None, None) => None,
    };
    let compile = began.elapsed();
    let grammar = if arguments.has("none") { None } else { wished.clone() };
    if grammar.is_none() && !arguments.has("none") {
        return Err(Error::other("one of --schema, --gbnf and --none is needed"));
    }
    let llm = arguments.builder()?.n_parallel(1).cache_tokens(0).load()?;
    let mut options = GenerateOptions::new().max_tokens(arguments.number("n", 64)?).close(false);
    if arguments.flags.get("sampling").is_none_or(|sampling| sampling == "greedy") {
        options = options.temperature(0.0);
    }
    options = options.fast_forward(!arguments.has("no-forward")).lookup(arguments.has("lookup"));
    let wish = match (arguments.has("cooperative"), wished) {
        (false, _) => None,
        (true, None) => {
            return Err(Error::other("--cooperative needs --schema or --gbnf, for what the model is to want"));
        }
        (true, Some(wished)) => {
            Some(complete(&llm, Request::new(PROMPT).with_grammar(wished).with_options(options.clone()))?.text)
        }
    };
    let prompt = match &wish {
        Some(wish) if arguments.has("copied") => format!("{wish}\n{PROMPT}"),
        _ => PROMPT.to_owned(),
    };
    let ask = || {
        let mut request = Request::new(prompt.as_str()).with_options(options.clone());
        request.grammar.clone_from(&grammar);
        match &wish {
            Some(wish) => block_on(llm.generate_wishing(request, wish.as_str())),
            None => complete(&llm, request),
        }
    };
    // The first one makes the tables that all others share.
    let first = ask()?;
    let before = llm.stats();
    let done = ask()?;
    let after = llm.stats();
    let count = done.usage.completion_tokens;
    let time = done.timings.total.saturating_sub(done.timings.prompt_eval).saturating_sub(done.timings.queue);
    Ok(json!({
        "tok_s": per_second(count, time), "n": count, "ms": millis(time),
        "forced": after.forced_tokens - before.forced_tokens, "resampled": 0,
        "decodes": after.decodes - before.decodes,
        "sample_us_tok": micros(done.timings.sample, count), "decode_us_tok": micros(done.timings.eval, count),
        "once_ms": millis(first.timings.sample.saturating_sub(done.timings.sample)), "compile_ms": millis(compile),
        "guessed": after.guessed_tokens - before.guessed_tokens, "right": after.right_tokens - before.right_tokens,
        "text": done.text,
    }))
}

fn batch(arguments: &Arguments) -> Result<Value> {
    let (b, n) = (arguments.number("b", 8)?, arguments.number("n", 64)?);
    let builder = arguments.builder()?.n_parallel(arguments.count("b", 8)?).cache_tokens(0);
    let llm = builder.kv_unified(arguments.has("unified")).load()?;
    let detailed = llm.clone().with_options(greedy(n)).detailed();
    let started = Instant::now();
    let calls = (0..b).map(|call| detailed.invoke(format!("{call} {PROMPT}")));
    let completions: Vec<Completion> = block_on(join_all(calls)).into_iter().collect::<Result<_>>()?;
    let time = started.elapsed();
    let written: usize = completions.iter().map(|completion| completion.usage.completion_tokens).sum();
    let stats = llm.stats();
    Ok(json!({
        "b": b, "n": n, "aggregate_tok_s": per_second(written, time), "wall_s": time.as_secs_f64(),
        "decodes": stats.decodes, "evaluated": stats.evaluated_tokens,
    }))
}

/// First token of a prompt that shares a prefix with the one before it.
fn prefix(arguments: &Arguments) -> Result<Value> {
    let llm = arguments.builder()?.load()?;
    let shared = words(&llm, arguments.number("prefix", 1_000)?, "Shared:")?;
    let first_token = |tail: &str| {
        let started = Instant::now();
        let done = complete(&llm, Request::new(format!("{shared} {tail}")).with_options(greedy(1)))?;
        Ok::<_, Error>((started.elapsed(), done.usage))
    };
    complete(&llm, Request::new("Warm up").with_options(greedy(1)))?;
    let tail = "a tail of its own, which is about sixteen tokens in all";
    let (cold, _) = first_token(&format!("First, {tail}"))?;
    let (warm, usage) = first_token(&format!("Now {tail}"))?;
    Ok(json!({
        "ttft_cold_ms": millis(cold), "ttft_shared_ms": millis(warm),
        "prompt": usage.prompt_tokens, "cached": usage.cached_tokens,
    }))
}

fn cold(arguments: &Arguments, began: Instant) -> Result<Value> {
    let llm = arguments.builder()?.n_parallel(1).load()?;
    let loaded = began.elapsed();
    complete(&llm, Request::new(PROMPT).with_options(greedy(1)))?;
    Ok(json!({ "load_ms": millis(loaded), "first_token_ms": millis(began.elapsed()) }))
}

/// The median of what `call` takes, in microseconds.
fn median(repeats: usize, mut call: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut times = Vec::with_capacity(repeats);
    for _ in 0..repeats.max(1) {
        let started = Instant::now();
        call()?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times.get(times.len() / 2).map_or(0.0, |time| micros(*time, 1)))
}

fn steps(n: usize) -> Result<Value> {
    let same = || map(|text: String| text);
    let two = catena::input::<String>() | same() | same();
    let twelve = catena::input::<String>()
        | same()
        | same()
        | same()
        | same()
        | same()
        | same()
        | same()
        | same()
        | same()
        | same()
        | same()
        | same();
    let template = Template::new("The chain takes a prompt, {question}.")?;
    let whole = template | map(|prompt: catena::Prompt| prompt.to_string()) | same();
    let drain = |chunks: catena::ChunkStream<'_, String>| {
        block_on(chunks.for_each(|_| std::future::ready(())));
        Ok(())
    };
    let short = median(n, || block_on(two.invoke("x")).map(drop))?;
    let long = median(n, || block_on(twelve.invoke("x")).map(drop))?;
    let short_stream = median(n, || drain(two.stream("x")))?;
    let long_stream = median(n, || drain(twelve.stream("x")))?;
    Ok(json!({
        "sync_step_us": (long - short) / 10.0, "async_step_us": (long - short) / 10.0,
        "stream_step_us": (long_stream - short_stream) / 10.0,
        "sync_2_steps_us": short, "async_2_steps_us": short,
        "prompt_2_lambdas_us": median(n, || block_on(whole.invoke([("question", QUESTION)])).map(drop))?,
    }))
}

fn llm(arguments: &Arguments) -> Result<Value> {
    let llm = arguments.builder()?.n_parallel(1).cache_tokens(0).load()?.with_options(greedy(1));
    let trim = map(|text: String| text.trim().to_owned());
    let chain = Template::new("The chain takes a prompt, {question}.")? | llm.clone() | trim;
    let prompt = format!("The chain takes a prompt, {QUESTION}.");
    let (mut chained, mut direct, mut extra) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..arguments.number("n", 200)? {
        let started = Instant::now();
        block_on(chain.invoke([("question", QUESTION)]))?;
        let chain_took = micros(started.elapsed(), 1);
        let started = Instant::now();
        let cx = catena::RunContext::new();
        block_on(Runnable::run(&llm, prompt.as_str().to_owned(), &cx))?;
        let took = micros(started.elapsed(), 1);
        chained.push(chain_took);
        direct.push(took);
        extra.push(chain_took - took);
    }
    let middle = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    Ok(json!({ "chain_us": middle(chained), "direct_us": middle(direct), "overhead_us": middle(extra) }))
}
