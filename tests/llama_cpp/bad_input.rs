//! What is wrong is told with what and where.
use super::{changed, gguf::Gguf, load, tiny, tiny_path, without_template};
use catena::{
    Embeddings, Error, ErrorKind, GenerateOptions, Grammar, LlamaCpp, LlamaCppEmbeddings, Message, Prompt, Request,
};
use std::path::Path;

fn load_error(path: impl AsRef<Path>) -> Error {
    let error = LlamaCpp::builder(path.as_ref()).n_threads(1).load().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Load, "{error:?}");
    assert_eq!(error.path(), Some(path.as_ref().to_str().unwrap()), "{error:?}");
    error
}

fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

#[test]
fn files_that_are_no_model() {
    for (error, expected) in [
        (load_error("/no/such/model.gguf"), "no such model file"),
        (load_error(env!("CARGO_MANIFEST_DIR")), "is a directory"),
        (load_error(written(b"").path()), "is empty"),
        (load_error(written(b"GG").path()), "not a GGUF file"),
        (load_error(written(b"Dear diary, today").path()), "begins with \"Dear\""),
        (load_error(written(b"GGUF\x63\0\0\0").path()), "version 99"),
        (load_error(written(b"GGUF\x03\0\0\0").path()), "cut off"),
    ] {
        assert!(error.message().contains(expected), "{error}");
    }
}

#[test]
fn a_model_file_cut_anywhere_is_told_so() {
    let whole = std::fs::metadata(tiny_path()).unwrap().len() as usize;
    for length in [9, 30, 100, 5_000, 20_000, whole / 2, whole - 1] {
        let cut = changed(|bytes| bytes.truncate(length));
        let error = load_error(cut.path());
        assert!(error.message().contains("cut off") || error.message().contains("damaged"), "{length}: {error}");
    }
}

#[test]
fn numbers_in_a_file_that_lie_about_sizes() {
    for (at, value) in [(8, u64::MAX), (16, u64::MAX), (24, u64::MAX), (24, 1 << 40), (16, 1 << 20)] {
        let file = changed(|bytes| bytes[at..at + 8].copy_from_slice(&value.to_le_bytes()));
        load_error(file.path());
    }
}

#[test]
fn files_over_which_llama_cpp_ends_the_process() {
    let place = |bytes: &[u8], key: &[u8]| bytes.windows(key.len()).position(|window| window == key).unwrap();
    for layers in [0_u32, 513, u32::MAX] {
        let file = changed(|bytes| {
            let at = place(bytes, b"llama.block_count") + 17 + 4;
            bytes[at..at + 4].copy_from_slice(&layers.to_le_bytes());
        });
        assert!(load_error(file.path()).message().contains("number of layers"), "{layers}");
    }
    for change in [b"!\0".as_slice(), b"A"] {
        let file = changed(|bytes| {
            // The texts of one byte come after those of the control tokens, from "!" on.
            let tokens = place(bytes, b"tokenizer.ggml.tokens");
            let next = place(&bytes[tokens..], b"\x01\0\0\0\0\0\0\0\"") + tokens + 8;
            match change {
                [byte] => bytes[next] = *byte,
                _ => {
                    // A two-byte text that begins with NUL-terminated "!" is "!" again.
                    let two = place(&bytes[next..], b"\x02\0\0\0\0\0\0\0") + next + 8;
                    bytes[two..two + 2].copy_from_slice(change);
                }
            }
        });
        assert!(load_error(file.path()).message().contains("two of its tokens"), "{change:?}");
    }
}

/// Where a file has a vector of each position, llama.cpp reads behind the last one, or ends the process.
#[test]
fn a_context_beyond_the_positions_of_a_model() {
    let file = Gguf::new("gpt2").filled("position_embd.weight", &[4, 16], 0.0).write();
    let embeddings = |n_ctx| LlamaCppEmbeddings::builder(file.path()).n_ctx(n_ctx).load().unwrap_err();
    let text = |n_ctx| LlamaCpp::builder(file.path()).n_ctx(n_ctx).load().unwrap_err();
    for error in [text(17), embeddings(17)] {
        assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some("n_ctx")), "{error}");
        assert!(error.message().contains("at most 16"), "{error}");
    }
    // Nothing else is in the file.
    for error in [text(16), embeddings(16)] {
        assert_eq!(error.kind(), ErrorKind::Load, "{error}");
    }
    // llama.cpp rounds up what it holds: nobody asked for more than the model was trained for.
    let trained = LlamaCpp::builder(tiny_path()).n_threads(1).kv_override("llama.context_length", 1000);
    assert_eq!(load(trained).report().n_ctx, 1000);
}

/// llama.cpp would evaluate them, and give no logits, or those of a token that saw nothing before it.
#[tokio::test]
async fn models_that_do_not_continue_text() {
    let diffusion = Gguf::like_llama("llada", 1, 1.0).write();
    let embedder = Gguf::llama(1, 1.0).flag("llama.attention.causal", false).write();
    for file in [&diffusion, &embedder] {
        let error = LlamaCpp::builder(file.path()).n_ctx(64).n_threads(1).load().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.message().contains("does not continue text"), "{error}");
        // Vectors can be made with them.
        let vectors = LlamaCppEmbeddings::builder(file.path()).n_ctx(64).n_threads(1).load().unwrap();
        assert_eq!(vectors.embed_one("a house").await.unwrap().len(), 32);
    }
}

#[tokio::test]
async fn models_with_another_tokenizer_and_with_none() {
    let other = Gguf::llama(1, 1.0).text("tokenizer.ggml.model", "rwkv").write();
    let llm = load(LlamaCpp::builder(other.path()).n_ctx(64).n_threads(1));
    let tokens = llm.tokenize("Hello", false).await.unwrap();
    assert_eq!(llm.detokenize(tokens).await.unwrap(), "Hello");
    let grammar = Grammar::parse("root ::= \"yes\" | \"no\"").unwrap();
    let text = llm.invoke(Request::new("Well?").with_grammar(grammar)).await.unwrap();
    assert!(text == "yes" || text == "no", "{text}");

    let none = Gguf::llama(1, 1.0).text("tokenizer.ggml.model", "no_vocab").number("llama.vocab_size", 512).write();
    let vectors = LlamaCppEmbeddings::builder(none.path()).n_ctx(64).n_threads(1).load().unwrap_err();
    for error in [load_error(none.path()), vectors] {
        assert_eq!(error.kind(), ErrorKind::Load, "{error}");
        assert!(error.message().contains("has no tokenizer"), "{error}");
    }
}

#[test]
fn parameters_out_of_range_name_themselves() {
    for (builder, name) in [
        (tiny().n_ctx(0), "n_ctx"),
        (tiny().n_ctx(u32::MAX), "n_ctx"),
        (tiny().n_batch(0), "n_batch"),
        (tiny().n_ubatch(1024), "n_ubatch"),
        (tiny().n_threads(0), "n_threads"),
        (tiny().n_threads(100_000), "n_threads"),
        (tiny().n_threads_batch(600), "n_threads_batch"),
        (tiny().n_gpu_layers(-2), "n_gpu_layers"),
        (tiny().rope_freq_base(f32::NAN), "rope_freq_base"),
        (tiny().lora_scale(0.5), "lora_scale"),
        (tiny().n_gpu_layers_draft(1), "n_gpu_layers_draft"),
        (tiny().queue(0), "queue"),
        (tiny().queue(usize::MAX), "queue"),
        (tiny().top_p(7.0), "top_p"),
        (tiny().temperature(f32::NAN), "temperature"),
        (tiny().max_tokens(0), "max_tokens"),
        (tiny().xtc_threshold(7.0), "xtc_threshold"),
        (tiny().logit_bias(1, f32::NAN), "logit_bias"),
        (tiny().stop([""]), "stop"),
    ] {
        let error = builder.load().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some(name)), "{error}");
    }
}

#[tokio::test]
async fn options_of_a_call_out_of_range_name_themselves() {
    let llm = load(tiny());
    for (options, name) in [
        (GenerateOptions::new().top_p(7.0), "top_p"),
        (GenerateOptions::new().temperature(f32::NAN), "temperature"),
        (GenerateOptions::new().stop([""]), "stop"),
        (GenerateOptions::new().logit_bias(512, 1.0), "logit_bias"),
        (GenerateOptions::new().logit_bias(u32::MAX, 1.0), "logit_bias"),
    ] {
        let error = llm.clone().with_options(options).invoke("x").await.unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some(name)), "{error}");
    }
    assert_eq!(llm.detokenize([512]).await.unwrap_err().kind(), ErrorKind::InvalidOption);
}

#[tokio::test]
async fn a_prompt_longer_than_the_context_names_the_numbers() {
    let llm = load(tiny());
    let options = GenerateOptions::new().max_tokens(16);
    for prompt in ["word ".repeat(600), "x".repeat(50_000_000)] {
        let error = llm.clone().with_options(options.clone()).invoke(prompt).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ContextOverflow);
        assert!(error.message().contains("the prompt has"), "{error}");
        assert!(error.message().contains("16 are to be written"), "{error}");
        assert!(error.message().contains("the context holds 512"), "{error}");
    }
    assert!(llm.with_options(options).invoke("short").await.is_ok());
}

#[tokio::test]
async fn a_model_without_a_template_is_not_guessed_at() {
    let file = without_template();
    let llm = LlamaCpp::builder(file.path()).n_ctx(256).n_threads(1).max_tokens(4).load().unwrap();
    assert!(!llm.report().has_chat_template);
    let messages = Prompt::from(vec![Message::user("hello")]);
    let error = llm.invoke(messages.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChatTemplate);
    assert!(error.message().contains("chat_template"), "{error}");
    assert!(llm.invoke("hello").await.is_ok());

    let given = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}";
    let llm = LlamaCpp::builder(file.path()).n_ctx(256).n_threads(1).max_tokens(4).chat_template(given).load().unwrap();
    assert!(llm.invoke(messages).await.is_ok());
}

#[test]
fn grammars_that_cannot_be_used_are_told_with_line_and_column() {
    for (text, root, expected, place) in [
        ("root ::= \"a", "root", "", Some((1, 10))),
        ("root ::= \"x\" [z-a]", "root", "", Some((1, 15))),
        ("root ::= a\na ::= b", "root", "b", Some((2, 7))),
        ("a ::= \"x\"", "root", "root", None),
        ("root ::= \"x\"", "start", "start", None),
        ("root ::= root \"x\" | \"y\"", "root", "comes back to itself", None),
        ("root ::= a \"x\"\na ::= b | \"\"\nb ::= root", "root", "comes back to itself", None),
        ("", "root", "", None),
        ("# nothing\n", "root", "", None),
    ] {
        let error = Grammar::parse_with_root(text, root).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Grammar, "{text:?}: {error}");
        assert!(error.message().contains(expected), "{text:?}: {error}");
        if let Some(place) = place {
            let span = error.span().unwrap_or_else(|| panic!("{text:?} has no place: {error}"));
            assert_eq!((span.line, span.column), place, "{text:?}: {error:#}");
        }
    }
    let error = tiny().grammar_path("/no/such/grammar.gbnf").load().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Io, Some("/no/such/grammar.gbnf")));
    let grammar = Grammar::parse("root ::= \"x\"").unwrap();
    let error = tiny().grammar(grammar).grammar_path("grammars/json.gbnf").load().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOption);
}

#[test]
fn adapters_that_are_none() {
    let error = tiny().lora_path("/no/such/adapter.gguf").load().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Load, Some("/no/such/adapter.gguf")));
    let error = tiny().lora_path(tiny_path()).load().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Load);
    assert!(error.message().contains("LoRA"), "{error}");
    let error = tiny().lora_path("/etc/hostname").load().unwrap_err();
    assert!(error.message().contains("the LoRA adapter file is not a GGUF file"), "{error}");
}

#[tokio::test]
async fn an_empty_prompt_and_a_vocabulary_alone() {
    let llm = tiny().vocab_only(true).load().unwrap();
    assert_eq!(llm.invoke("x").await.unwrap_err().kind(), ErrorKind::Unsupported);
    let tokens = llm.tokenize("Hello wörld", false).await.unwrap();
    assert_eq!(llm.detokenize(tokens).await.unwrap(), "Hello wörld");
    assert_eq!(llm.detokenize([]).await.unwrap(), "");
    // This model's tokenizer begins every text with a token.
    assert!(load(tiny().max_tokens(2)).invoke("").await.is_ok());
}
