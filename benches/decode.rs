//! Greedy decoding through catena beside a bare loop over llama-cpp-2, alternating in one run.
//!
//! `cargo bench --bench decode -- MODEL.gguf [--tokens 128] [--rounds 9] [--threads 2]`
use catena::{GenerateOptions, LlamaCpp, Model};
use llama_cpp_2::{
    context::{LlamaContext, params::LlamaContextParams},
    llama_backend::LlamaBackend,
    llama_batch::LlamaBatch,
    model::{LlamaModel, params::LlamaModelParams},
    token::LlamaToken,
};
use std::{num::NonZeroU32, path::PathBuf, time::Instant};

const PROMPT: &str = "Once upon a time there was a house at the end of the road, and in the house";

struct Arguments {
    model: PathBuf,
    tokens: usize,
    rounds: usize,
    threads: u32,
}

fn main() {
    let Some(arguments) = arguments() else {
        eprintln!(
            "decode needs a model of some size; make one with\n    python3 tools/make_random_model.py 135M.gguf --preset \
             135M --quant Q8_0\nand run\n    cargo bench --bench decode -- $PWD/135M.gguf"
        );
        return;
    };
    let catena = LlamaCpp::builder(&arguments.model).n_ctx(1024).n_threads(arguments.threads).load().expect("loads");
    let catena = catena.with_options(GenerateOptions::new().temperature(0.0).max_tokens(arguments.tokens));
    for warning in &catena.report().warnings {
        eprintln!("warning: {warning}");
    }
    println!("{}", catena.report().system_info);

    // catena has started llama.cpp; this value only proves it to llama-cpp-2, and must not stop it.
    let backend = std::mem::ManuallyDrop::new(LlamaBackend {});
    let model = LlamaModel::load_from_file(&backend, &arguments.model, &LlamaModelParams::default()).expect("loads");
    let threads = i32::try_from(arguments.threads).expect("few threads");
    let params = LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(1024))
        .with_n_batch(512)
        .with_n_threads(threads)
        .with_n_threads_batch(threads);
    let mut context = model.new_context(&backend, params).expect("a context");

    bare(&model, &mut context, arguments.tokens);
    through(&catena);
    let mut ratios = Vec::new();
    println!("round   bare tok/s   catena tok/s   catena/bare");
    for round in 1..=arguments.rounds {
        let (bare, through) = if round % 2 == 0 {
            let through = through(&catena);
            (bare(&model, &mut context, arguments.tokens), through)
        } else {
            (bare(&model, &mut context, arguments.tokens), through(&catena))
        };
        ratios.push(through / bare);
        println!("{round:5}   {bare:10.1}   {through:12.1}   {:11.3}", through / bare);
    }
    ratios.sort_by(f64::total_cmp);
    let middle = ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN);
    let (low, high) = (ratios.first().copied().unwrap_or(f64::NAN), ratios.last().copied().unwrap_or(f64::NAN));
    println!("catena/bare: min {low:.3}, median {middle:.3}, max {high:.3}");
}

/// Tokens a second, of the whole call but the prompt.
fn through(catena: &Model<LlamaCpp>) -> f64 {
    let started = Instant::now();
    let completion = futures::executor::block_on(catena.detailed().invoke(PROMPT)).expect("generates");
    let seconds = started.elapsed().as_secs_f64() - completion.timings.prompt_eval.as_secs_f64();
    rate(completion.usage.completion_tokens - 1, seconds)
}

fn bare(model: &LlamaModel, context: &mut LlamaContext<'_>, tokens: usize) -> f64 {
    context.clear_kv_cache();
    let prompt = model.vocab().tokenize(PROMPT.as_bytes(), true, true);
    let mut batch = LlamaBatch::new(512, 1);
    for (position, token) in prompt.iter().enumerate() {
        let at = i32::try_from(position).expect("short");
        batch.add(*token, at, &[0], position + 1 == prompt.len()).expect("fits");
    }
    context.decode(&mut batch).expect("decodes");
    let mut token = likeliest(context.get_logits_ith(batch.n_tokens() - 1));
    let started = Instant::now();
    let mut text = Vec::new();
    for position in (0..).map(|i| prompt.len() + i).take(tokens - 1) {
        model.vocab().token_to_piece_into(token, &mut text, false, None);
        batch.clear();
        batch.add(token, i32::try_from(position).expect("short"), &[0], true).expect("fits");
        context.decode(&mut batch).expect("decodes");
        token = likeliest(context.get_logits_ith(0));
    }
    rate(tokens - 1, started.elapsed().as_secs_f64())
}

fn likeliest(logits: &[f32]) -> LlamaToken {
    let best = (0..)
        .zip(logits)
        .fold((0, f32::NEG_INFINITY), |best, (i, &logit)| if logit > best.1 { (i, logit) } else { best });
    LlamaToken(best.0)
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred tokens")]
fn rate(tokens: usize, seconds: f64) -> f64 {
    tokens as f64 / seconds
}

fn arguments() -> Option<Arguments> {
    let mut arguments = Arguments { model: PathBuf::new(), tokens: 128, rounds: 9, threads: 2 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--tokens" => arguments.tokens = words.next()?.parse().ok()?,
            "--rounds" => arguments.rounds = words.next()?.parse().ok()?,
            "--threads" => arguments.threads = words.next()?.parse().ok()?,
            // Cargo says this to every bench.
            "--bench" => {}
            path => arguments.model = PathBuf::from(path),
        }
    }
    arguments.model.is_file().then_some(arguments)
}
