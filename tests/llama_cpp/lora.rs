//! Adapters that calls ask for, and values of the file that are replaced.
use super::{gguf::Gguf, load, steady::steady, tiny};
use catena::{Completion, ErrorKind, GenerateOptions, LlamaCpp, Model, Request};
use futures::future::join_all;
use std::sync::LazyLock;
use tempfile::NamedTempFile;

/// An adapter for the bundled model, with weights of its own.
pub(crate) fn adapter(seed: u64) -> NamedTempFile {
    let mut file = Gguf::new("llama")
        .seeded(seed)
        .text("general.type", "adapter")
        .text("adapter.type", "lora")
        .float("adapter.lora.alpha", 4.0);
    for layer in 0..2 {
        let name = |part: &str| format!("blk.{layer}.attn_q.weight.lora_{part}");
        file = file.random(&name("a"), &[128, 4], 1.0).random(&name("b"), &[4, 128], 1.0);
    }
    file.write()
}

static ADAPTERS: LazyLock<[NamedTempFile; 2]> = LazyLock::new(|| [adapter(1), adapter(2)]);

fn model() -> Model<LlamaCpp> {
    let [first, second] = &*ADAPTERS;
    let options = GenerateOptions::new().temperature(0.0).max_tokens(24);
    load(steady().options(options).lora("first", first.path(), 1.0).lora("second", second.path(), 0.5))
}

const PROMPT: &str = "The house at the end of the road, and who lived in it: there was once";

fn request(name: Option<&str>) -> Request {
    let options = name.map_or_else(GenerateOptions::new, |name| GenerateOptions::new().lora(name.to_owned()));
    Request::new(PROMPT).with_options(options)
}

const NAMES: [Option<&str>; 4] = [None, Some("first"), Some("second"), Some("")];

#[tokio::test]
async fn each_call_is_written_with_the_adapter_it_asks_for() {
    let [first, second] = &*ADAPTERS;
    let options = GenerateOptions::new().temperature(0.0).max_tokens(24);
    let plain = load(steady().options(options.clone())).invoke(PROMPT).await.unwrap();
    let usual =
        |path: &NamedTempFile, scale| load(steady().options(options.clone()).lora_path(path.path()).lora_scale(scale));
    let expected = [
        plain.clone(),
        usual(first, 1.0).invoke(PROMPT).await.unwrap(),
        usual(second, 0.5).invoke(PROMPT).await.unwrap(),
        plain,
    ];
    assert!(expected[0] != expected[1] && expected[1] != expected[2], "{expected:?}");
    // One after the other, each twice, so that a prefix that was kept would show.
    let llm = model();
    for (name, expected) in NAMES.iter().zip(&expected).chain(NAMES.iter().zip(&expected)) {
        assert_eq!(llm.invoke(request(*name)).await.unwrap(), *expected, "{name:?}");
    }
    // All at once, more than are written together.
    let calls = (0..16).map(|call| llm.invoke(request(NAMES[call % 4])));
    for (call, text) in join_all(calls).await.into_iter().enumerate() {
        assert_eq!(text.unwrap(), expected[call % 4], "call {call}");
    }
    // One for all calls, which a call can leave out.
    let usual = usual(first, 1.0);
    assert_eq!(usual.invoke(request(None)).await.unwrap(), expected[1]);
    assert_eq!(usual.invoke(request(Some(""))).await.unwrap(), expected[0]);
}

#[tokio::test]
async fn what_was_evaluated_with_another_adapter_is_not_taken_over() {
    let llm = model().detailed();
    let cached = |completion: Completion| completion.usage.cached_tokens;
    assert_eq!(cached(llm.invoke(request(Some("first"))).await.unwrap()), 0);
    assert_eq!(cached(llm.invoke(request(Some("second"))).await.unwrap()), 0);
    assert!(cached(llm.invoke(request(Some("first"))).await.unwrap()) > 10);
    assert_eq!(cached(llm.invoke(request(None)).await.unwrap()), 0);
    assert!(cached(llm.invoke(request(Some(""))).await.unwrap()) > 10);
}

#[tokio::test]
async fn names_that_are_none_are_told() {
    let error = model().invoke(request(Some("third"))).await.unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::UnknownKey, Some("lora")));
    assert!(error.to_string().contains("\"first\", \"second\""), "{error}");
    let error = load(tiny()).invoke(request(Some("third"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownKey);
    let path = ADAPTERS[0].path();
    for builder in
        [tiny().lora("", path, 1.0), tiny().lora("a", path, f32::NAN), tiny().lora("a", path, 1.0).lora("a", path, 1.0)]
    {
        assert_eq!(builder.load().unwrap_err().kind(), ErrorKind::InvalidOption);
    }
    let missing = tiny().lora("a", "no-such-adapter.gguf", 1.0).load().unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Load);
}

#[tokio::test]
async fn values_of_the_file_can_be_replaced() {
    let tokens = |llm: Model<LlamaCpp>| async move { llm.tokenize("x", true).await.unwrap() };
    let plain = tokens(load(tiny())).await;
    let begun = tokens(load(tiny().kv_override("tokenizer.ggml.add_bos_token", !plain.starts_with(&[0])))).await;
    assert_ne!(plain, begun);
    let longer = load(tiny().kv_override("llama.context_length", 9000).kv_override("tokenizer.ggml.eos_token_id", 1));
    assert_eq!(longer.report().n_ctx_train, 9000);
    for (key, value) in [
        ("llama.block_count", 3),
        ("tokenizer.ggml.pre", 3),
        ("llama.context_length", 0),
        // What llama.cpp would pass over.
        ("qwen2.context_length", 9000),
        ("tokenizer.ggml.eos_token_id", 512),
        ("tokenizer.ggml.end_token_id", 1),
    ] {
        let error = tiny().kv_override(key, value).load().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some("kv_override")), "{error}");
        assert!(error.message().contains(key), "{error}");
    }
    let error = tiny().kv_override("tokenizer.ggml.pre", "no-such-rule").load().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Load, "{error}");
}
