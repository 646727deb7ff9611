//! Plain generation.
use super::{load, tiny, tiny_path};
use catena::{FinishReason, GenerateOptions, LlamaCpp, Mirostat, Request};
use futures::StreamExt;

fn options() -> GenerateOptions {
    GenerateOptions::new().max_tokens(32)
}

#[tokio::test]
async fn greedy_texts_are_the_same_and_seeds_decide_the_others() {
    let llm = load(tiny()).with_options(options());
    let greedy = llm.clone().with_options(GenerateOptions::new().temperature(0.0));
    assert_eq!(greedy.invoke("Once").await.unwrap(), greedy.invoke("Once").await.unwrap());
    let seeded = |seed| llm.clone().with_options(GenerateOptions::new().seed(seed).temperature(1.0));
    assert_eq!(seeded(1).invoke("Once").await.unwrap(), seeded(1).invoke("Once").await.unwrap());
    assert_ne!(seeded(1).invoke("Once").await.unwrap(), seeded(2).invoke("Once").await.unwrap());
    assert_eq!(seeded(u32::MAX).invoke("Once").await.unwrap(), seeded(u32::MAX).invoke("Once").await.unwrap());
}

#[tokio::test]
async fn a_seed_that_was_drawn_is_told_and_repeats_the_text() {
    let llm = load(tiny()).with_options(options().temperature(1.2));
    let first = llm.detailed().invoke("Once").await.unwrap();
    let other = llm.detailed().invoke("Once").await.unwrap();
    assert_ne!(first.seed, other.seed);
    let again = llm.with_options(GenerateOptions::new().seed(first.seed.unwrap()));
    assert_eq!(again.invoke("Once").await.unwrap(), first.text);
}

#[tokio::test]
async fn usage_timings_and_finish_reason() {
    let llm = load(tiny()).with_options(options().temperature(0.0));
    let completion = llm.detailed().invoke("Once upon a time").await.unwrap();
    let prompt = llm.tokenize("Once upon a time", true).await.unwrap().len();
    assert_eq!(completion.finish_reason, FinishReason::Length);
    assert_eq!((completion.usage.prompt_tokens, completion.usage.completion_tokens), (prompt, 32));
    let timings = completion.timings;
    assert_eq!((timings.prompt_eval_tokens, timings.eval_tokens, timings.sample_tokens), (prompt, 31, 32));
    assert!(timings.total >= timings.eval && timings.load > std::time::Duration::ZERO);
    assert_eq!(timings.to_string().lines().count(), 5);

    // A context that fills up ends the text too.
    let full = load(tiny().n_ctx(256)).with_options(GenerateOptions::new().temperature(0.0));
    let completion = full.detailed().invoke("Once").await.unwrap();
    assert_eq!(completion.finish_reason, FinishReason::Length);
    assert_eq!(completion.usage.prompt_tokens + completion.usage.completion_tokens, 256);
}

#[tokio::test]
async fn options_of_the_call_override_those_of_the_model() {
    let llm = load(tiny().max_tokens(5).temperature(0.0));
    assert_eq!(llm.detailed().invoke("Once").await.unwrap().usage.completion_tokens, 5);
    let request = Request::new("Once").with_options(GenerateOptions::new().max_tokens(9));
    assert_eq!(llm.detailed().invoke(request).await.unwrap().usage.completion_tokens, 9);
}

#[tokio::test]
async fn what_is_streamed_is_what_is_given_and_no_stop_text_is_seen() {
    let llm = load(tiny()).with_options(options().temperature(0.0).max_tokens(60));
    let free = llm.invoke("Once").await.unwrap();
    let deltas: Vec<String> = llm.stream_text("Once").map(Result::unwrap).collect().await;
    assert_eq!(deltas.concat(), free);
    assert!(deltas.len() > 10);

    // Every piece of the text as the stop text: it must cut the text exactly where it first stands.
    let characters: Vec<char> = free.chars().collect();
    for start in (0..characters.len().saturating_sub(4)).step_by(5) {
        for length in [1, 2, 4] {
            let stop: String = characters[start..start + length].iter().collect();
            let stopped = llm.clone().with_options(GenerateOptions::new().stop([stop.as_str()]));
            let completion = stopped.detailed().invoke("Once").await.unwrap();
            let expected = free.split(stop.as_str()).next().unwrap();
            assert_eq!(completion.text, expected, "{stop:?}");
            assert_eq!(completion.finish_reason, FinishReason::Stop(stop.clone()));
            let seen: Vec<String> = stopped.stream_text("Once").map(Result::unwrap).collect().await;
            assert_eq!(seen.concat(), expected, "{stop:?}");
        }
    }
}

#[tokio::test]
async fn streams_cut_at_characters() {
    let llm = load(tiny()).with_options(options().temperature(1.5).max_tokens(200));
    for seed in 0..10 {
        let llm = llm.clone().with_options(GenerateOptions::new().seed(seed));
        let deltas: Vec<String> = llm.stream_text("ü€𝄞").map(Result::unwrap).collect().await;
        assert_eq!(deltas.concat(), llm.invoke("ü€𝄞").await.unwrap());
    }
}

#[tokio::test]
async fn every_sampler_runs_and_changes_the_text() {
    let llm =
        load(tiny()).with_options(options().seed(3).temperature(1.3).top_k(0).top_p(1.0).min_p(0.0).max_tokens(80));
    let base = llm.invoke("Once").await.unwrap();
    for (name, over) in [
        ("top_k", GenerateOptions::new().top_k(2)),
        ("top_p", GenerateOptions::new().top_p(0.3)),
        ("min_p", GenerateOptions::new().min_p(0.4)),
        ("typical_p", GenerateOptions::new().typical_p(0.3)),
        ("temperature", GenerateOptions::new().temperature(0.3)),
        ("repeat_penalty", GenerateOptions::new().repeat_penalty(2.0)),
        ("frequency_penalty", GenerateOptions::new().frequency_penalty(2.0)),
        ("presence_penalty", GenerateOptions::new().presence_penalty(2.0)),
        ("mirostat 1", GenerateOptions::new().mirostat(Mirostat::V1).mirostat_tau(1.0)),
        ("mirostat 2", GenerateOptions::new().mirostat(Mirostat::V2).mirostat_tau(1.0)),
        ("xtc", GenerateOptions::new().xtc_probability(1.0).xtc_threshold(0.05)),
        ("seed", GenerateOptions::new().seed(4)),
    ] {
        assert_ne!(llm.clone().with_options(over).invoke("Once").await.unwrap(), base, "{name}");
    }
    let repeating = llm.clone().with_options(GenerateOptions::new().temperature(0.0).max_tokens(120));
    let dry = repeating.clone().with_options(GenerateOptions::new().dry_multiplier(5.0));
    assert_ne!(dry.invoke("Once").await.unwrap(), repeating.invoke("Once").await.unwrap());
}

#[tokio::test]
async fn a_logit_bias_forces_and_forbids() {
    let llm = load(tiny()).with_options(options().temperature(0.0).max_tokens(6));
    let token = llm.tokenize("x", false).await.unwrap()[0];
    assert_eq!(
        llm.clone().with_options(GenerateOptions::new().logit_bias(token, 1e6)).invoke("Once").await.unwrap(),
        "xxxxxx"
    );
    let forbidden = GenerateOptions::new().logit_bias(token, 1e6).logit_bias(token, f32::NEG_INFINITY);
    assert!(!llm.with_options(forbidden).invoke("Once").await.unwrap().contains('x'));
}

#[test]
fn the_report_tells_what_is_in_the_file() {
    let llm = LlamaCpp::builder(tiny_path()).n_threads(1).n_gpu_layers(7).load().unwrap();
    let report = llm.report();
    assert_eq!((report.architecture.as_str(), report.n_vocab, report.n_ctx_train), ("llama", 512, 4096));
    assert_eq!(report.n_ctx, 4096, "without n_ctx the model's own holds");
    assert!(report.has_chat_template);
    if !cfg!(any(feature = "cuda", feature = "metal", feature = "vulkan", feature = "rocm")) {
        assert!(report.warnings.iter().any(|warning| warning.contains("n_gpu_layers")), "{:?}", report.warnings);
    }
}
