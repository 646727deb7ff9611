//! Plain generation.
use super::{changed, load, tiny, tiny_path};
use catena::{ErrorKind, FinishReason, GenerateOptions, LlamaCpp, Mirostat, Request};
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

    // A context that fills up ends the text too, at the number asked for.
    let full = load(tiny().n_ctx(200)).with_options(GenerateOptions::new().temperature(0.0));
    let completion = full.detailed().invoke("Once").await.unwrap();
    assert_eq!(completion.finish_reason, FinishReason::Length);
    assert_eq!(completion.usage.prompt_tokens + completion.usage.completion_tokens, 200);
    assert_eq!(full.report().n_ctx, 200);
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

#[tokio::test]
async fn logprobs_are_the_models_own_and_add_up() {
    let llm = load(tiny()).with_options(GenerateOptions::new().temperature(0.0).max_tokens(6).logprobs(512));
    let completion = llm.detailed().invoke("Once").await.unwrap();
    assert_eq!(completion.logprobs.len(), 6);
    for entry in &completion.logprobs {
        assert_eq!(entry.top.first(), Some(&entry.chosen), "the likeliest is chosen");
        assert_eq!(entry.top.len(), 512);
        assert!(entry.top.windows(2).all(|pair| pair[0].logprob >= pair[1].logprob));
        let sum: f64 = entry.top.iter().map(|token| f64::from(token.logprob).exp()).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    }
    let none = llm.with_options(GenerateOptions::new().logprobs(0)).detailed().invoke("Once").await.unwrap();
    assert!(none.logprobs.iter().all(|entry| entry.top.is_empty()) && none.logprobs.len() == 6);
}

#[tokio::test]
async fn the_prompt_is_echoed_when_asked() {
    let llm = load(tiny()).with_options(GenerateOptions::new().temperature(0.0).max_tokens(6));
    let plain = llm.invoke("Once").await.unwrap();
    let echoing = llm.with_options(GenerateOptions::new().echo(true).stop(["nce"]));
    assert_eq!(echoing.invoke("Once").await.unwrap(), format!("Once{plain}"));
    let deltas: Vec<String> = echoing.stream_text("Once").map(Result::unwrap).collect().await;
    assert_eq!(deltas.concat(), format!("Once{plain}"));
    let error = echoing.structured::<bool>().invoke("Once").await.unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some("echo")));
}

#[tokio::test]
async fn a_gap_is_filled_by_models_that_can() {
    let options = GenerateOptions::new().temperature(0.0).max_tokens(6).suffix("the end".into());
    let error = load(tiny()).with_options(options.clone()).invoke("Once").await.unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Unsupported, Some("suffix")));

    // Three tokens of five bytes become the marks that llama.cpp knows by their text.
    let file = changed(|bytes| {
        let mut marks = ["<PRE>", "<SUF>", "<MID>"].into_iter();
        let key = b"tokenizer.ggml.tokens";
        let mut at = bytes.windows(key.len()).position(|window| window == key).unwrap();
        while let Some(found) = bytes[at..].windows(8).position(|window| window == 5_u64.to_le_bytes()) {
            at += found + 8;
            if bytes[at..at + 5].iter().all(u8::is_ascii_lowercase) {
                let Some(mark) = marks.next() else { return };
                bytes[at..at + 5].copy_from_slice(mark.as_bytes());
            }
        }
    });
    let llm = LlamaCpp::builder(file.path()).n_ctx(256).n_threads(1).load().unwrap().with_options(options);
    let filled = llm.detailed().invoke("Once").await.unwrap();
    let apart = llm.tokenize("Once", false).await.unwrap().len() + llm.tokenize("the end", false).await.unwrap().len();
    assert_eq!(filled.usage.prompt_tokens, apart + 4, "the beginning of a text and three marks");
}
