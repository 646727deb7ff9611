//! A model whose state cannot be cut.
use super::{gguf::Gguf, load};
use catena::{Completion, GenerateOptions, Grammar, LlamaCpp, LlamaCppBuilder, Model, Request};
use futures::{StreamExt, future::join_all};
use std::sync::LazyLock;

/// A Mamba of two layers with random weights.
pub(crate) static MAMBA: LazyLock<tempfile::NamedTempFile> = LazyLock::new(|| {
    let (width, inner, conv, state, rank, vocabulary) = (32, 64, 4, 8, 4, 512);
    let mut file = Gguf::new("mamba")
        .with_tokenizer()
        .number("mamba.context_length", 4096)
        .number("mamba.embedding_length", width as u32)
        .number("mamba.feed_forward_length", 0)
        .number("mamba.attention.head_count", 0)
        .number("mamba.block_count", 2)
        .number("mamba.ssm.conv_kernel", conv as u32)
        .number("mamba.ssm.inner_size", inner as u32)
        .number("mamba.ssm.state_size", state as u32)
        .number("mamba.ssm.time_step_rank", rank as u32)
        .float("mamba.attention.layer_norm_rms_epsilon", 1e-5)
        .random("token_embd.weight", &[width, vocabulary], 1.0)
        .filled("output_norm.weight", &[width], 1.0);
    for layer in 0..2 {
        let name = |part: &str| format!("blk.{layer}.{part}");
        file = file
            .filled(&name("attn_norm.weight"), &[width], 1.0)
            .random(&name("ssm_in.weight"), &[width, 2 * inner], 0.5)
            .random(&name("ssm_conv1d.weight"), &[conv, inner], 0.5)
            .random(&name("ssm_conv1d.bias"), &[inner], 0.1)
            .random(&name("ssm_x.weight"), &[inner, rank + 2 * state], 0.5)
            .random(&name("ssm_dt.weight"), &[rank, inner], 0.5)
            .random(&name("ssm_dt.bias"), &[inner], 0.5)
            .filled(&name("ssm_a"), &[state, inner], -0.5)
            .filled(&name("ssm_d"), &[inner], 1.0)
            .random(&name("ssm_out.weight"), &[inner, width], 1.0);
    }
    file.write()
});

pub(crate) fn mamba() -> LlamaCppBuilder {
    let options = GenerateOptions::new().temperature(0.0).max_tokens(16);
    LlamaCpp::builder(MAMBA.path()).n_ctx(512).n_threads(1).options(options)
}

async fn alone(prompt: &str) -> Completion {
    load(mamba()).detailed().invoke(prompt).await.unwrap()
}

fn prompts() -> Vec<String> {
    let head = "You are a helpful assistant. Answer the question with the facts that you have. ".repeat(2);
    let mut prompts: Vec<String> = ["Who is Ada?", "Who was she?", ""].map(|tail| format!("{head}{tail}")).into();
    prompts.push(head[..60].to_owned());
    prompts
}

#[tokio::test]
async fn texts_are_the_same_whatever_was_evaluated_before_or_beside() {
    let llm = load(mamba());
    let mut expected = Vec::new();
    for prompt in prompts() {
        expected.push(alone(&prompt).await.text);
    }
    assert!(expected.iter().any(|text| *text != expected[0]), "{expected:?}");
    for round in 0..3 {
        for (prompt, expected) in prompts().iter().zip(&expected) {
            assert_eq!(llm.invoke(prompt.as_str()).await.unwrap(), *expected, "round {round}");
        }
        let together = join_all(prompts().into_iter().chain(prompts()).map(|prompt| llm.invoke(prompt))).await;
        for (text, expected) in together.into_iter().zip(expected.iter().chain(&expected)) {
            assert_eq!(text.unwrap(), *expected, "round {round}");
        }
    }
}

/// A state holds all of its text and no less: only a text that goes on from there can use it.
#[tokio::test]
async fn a_state_is_taken_over_whole_or_not_at_all() {
    let llm = load(mamba().n_parallel(2)).detailed();
    let head = prompts()[0].as_str().to_owned();
    let first = llm.invoke(head.as_str()).await.unwrap();
    assert_eq!(first.usage.cached_tokens, 0);
    let other = llm.invoke(format!("{}, or what", &head[..head.len() - 1])).await.unwrap();
    assert_eq!(other.usage.cached_tokens, 0, "the beginning of a state cannot be had");
    let longer = format!("{head}{}", first.text);
    let on = llm.invoke(format!("{longer} And then?")).await.unwrap();
    let fresh = alone(&format!("{longer} And then?")).await;
    assert_eq!(on.text, fresh.text);
}

#[tokio::test]
async fn guesses_grammars_and_cancelled_calls_leave_no_trace() {
    let llm = load(mamba());
    let grammar =
        Grammar::parse(r#"root ::= "{\"answer\": \"" ("yes" | "no") "\", \"why\": \"" [a-z ]{3,9} "\"}""#).unwrap();
    let prompt = prompts()[1].as_str().to_owned();
    let request = || Request::new(prompt.as_str()).with_grammar(grammar.clone());
    let options = GenerateOptions::new().max_tokens(60);
    let plain = load(mamba()).invoke(request().with_options(options.clone())).await.unwrap();
    assert!(grammar.matches(&plain).unwrap(), "{plain}");
    let expected = alone(&prompt).await.text;
    for _ in 0..2 {
        let guessing = llm.invoke(request().with_options(options.clone().lookup(true))).await.unwrap();
        assert_eq!(guessing, plain);
        let mut stream = llm.stream("x".repeat(100));
        stream.next().await.unwrap().unwrap();
        drop(stream);
        assert_eq!(llm.invoke(prompt.as_str()).await.unwrap(), expected);
        let scores = llm.choose(prompt.as_str(), [" yes.", " no."]).await.unwrap();
        let fresh = load(mamba()).choose(prompt.as_str(), [" yes.", " no."]).await.unwrap();
        for (score, fresh) in scores.scores.iter().zip(&fresh.scores) {
            assert!((score.logprob() - fresh.logprob()).abs() < 1e-3, "{score:?}, {fresh:?}");
        }
    }
    assert_eq!(llm.stats().guessed_tokens, 0);
}

/// More states than the default holds, and a context that several long prompts would fill.
#[tokio::test]
async fn many_texts_at_once() {
    let llm: Model<LlamaCpp> = load(mamba().n_parallel(3).n_batch(16));
    let prompts: Vec<String> = (0..12).map(|call| format!("{call} {}", prompts()[call % 4])).collect();
    let texts = join_all(prompts.iter().map(|prompt| llm.invoke(prompt.as_str()))).await;
    for (prompt, text) in prompts.iter().zip(texts) {
        assert_eq!(text.unwrap(), alone(prompt).await.text, "{prompt}");
    }
}
