//! A model that looks back a limited way: of what is further back its states hold a part alone.
use super::{gguf::Gguf, load};
use catena::{Completion, FlashAttention, GenerateOptions, Grammar, KvType, LlamaCpp, LlamaCppBuilder, Model, Request};
use futures::future::join_all;
use std::sync::LazyLock;

/// Tokens that the first layer looks back.
const WINDOW: u32 = 16;

/// A Gemma 3 of two layers with random weights, of which the second one looks at everything.
static GEMMA: LazyLock<tempfile::NamedTempFile> = LazyLock::new(|| {
    let (width, hidden, head) = (32, 64, 16);
    let mut file = Gguf::new("gemma3")
        .with_tokenizer()
        .number("gemma3.context_length", 4096)
        .number("gemma3.embedding_length", width as u32)
        .number("gemma3.feed_forward_length", hidden as u32)
        .number("gemma3.block_count", 2)
        .number("gemma3.attention.head_count", 2)
        .number("gemma3.attention.head_count_kv", 1)
        .number("gemma3.attention.key_length", head as u32)
        .number("gemma3.attention.value_length", head as u32)
        .number("gemma3.attention.sliding_window", WINDOW)
        .number("gemma3.attention.sliding_window_pattern", 2)
        .float("gemma3.attention.layer_norm_rms_epsilon", 1e-5)
        .random("token_embd.weight", &[width, 512], 1.0)
        .random("output.weight", &[width, 512], 1.0)
        .filled("output_norm.weight", &[width], 1.0);
    for layer in 0..2 {
        let name = |part: &str| format!("blk.{layer}.{part}.weight");
        file = file
            .filled(&name("attn_norm"), &[width], 1.0)
            .random(&name("attn_q"), &[width, 2 * head], 0.5)
            .random(&name("attn_k"), &[width, head], 0.5)
            .random(&name("attn_v"), &[width, head], 0.5)
            .random(&name("attn_output"), &[2 * head, width], 0.5)
            .filled(&name("attn_q_norm"), &[head], 1.0)
            .filled(&name("attn_k_norm"), &[head], 1.0)
            // What is looked at counts as much as the last token.
            .filled(&name("post_attention_norm"), &[width], 4.0)
            .filled(&name("ffn_norm"), &[width], 1.0)
            .random(&name("ffn_gate"), &[width, hidden], 0.5)
            .random(&name("ffn_up"), &[width, hidden], 0.5)
            .random(&name("ffn_down"), &[hidden, width], 0.5)
            .filled(&name("post_ffw_norm"), &[width], 1.0);
    }
    file.write()
});

/// What is likeliest hangs mostly on the last token: drawn texts tell more of what was before. None of them ends early.
fn gemma() -> LlamaCppBuilder {
    let ends = (0..3).map(|token| (token, f32::NEG_INFINITY));
    let options = GenerateOptions::new().temperature(1.0).seed(7).max_tokens(24);
    let options = ends.fold(options, |options, (token, bias)| options.logit_bias(token, bias));
    let builder = LlamaCpp::builder(GEMMA.path()).n_ctx(512).n_threads(1).type_k(KvType::F32).type_v(KvType::F32);
    builder.flash_attn(FlashAttention::Off).options(options)
}

/// One text's memory, several with one for all, and with one for each.
fn builders() -> [LlamaCppBuilder; 3] {
    [gemma().n_parallel(1), gemma().n_parallel(2), gemma().n_parallel(2).kv_unified(false)]
}

/// Several times as long as the window. It ends with a mark that no token joins to another one, so that what goes on with one
/// begins with all of its tokens.
fn head(of: &str) -> String {
    format!("{of}. {}~", "Answer the question with the facts that you have. ".repeat(3))
}

async fn asked(llm: &Model<LlamaCpp>, prompt: &str) -> Completion {
    llm.detailed().invoke(prompt).await.unwrap()
}

async fn fresh(prompt: &str) -> String {
    asked(&load(gemma().n_parallel(1)), prompt).await.text
}

#[tokio::test]
async fn a_state_is_gone_on_from_where_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head.state");
    let on = format!("{}@ Who?", head("One"));
    let expected = fresh(&on).await;
    assert!(expected.chars().any(|letter| !expected.starts_with(letter)), "{expected:?} is too simple to tell");
    for builder in builders() {
        let saving = load(builder.clone());
        let tokens = saving.tokenize(head("One"), true).await.unwrap();
        assert!(saving.tokenize(on.as_str(), true).await.unwrap().starts_with(&tokens) && tokens.len() > 48);
        assert_eq!(saving.save_state(head("One"), &path).await.unwrap(), tokens.len());

        let llm = load(builder.clone());
        assert_eq!(llm.load_state(&path).await.unwrap(), tokens.len());
        let answer = asked(&llm, &on).await;
        assert_eq!(
            (answer.text.as_str(), answer.usage.cached_tokens),
            (expected.as_str(), tokens.len()),
            "{builder:?}"
        );
        // What was read can be written again, with what came after it.
        llm.load_state(&path).await.unwrap();
        assert!(llm.save_state(on.as_str(), &path).await.unwrap() > tokens.len());
        let llm = load(builder);
        llm.load_state(&path).await.unwrap();
        assert_eq!(asked(&llm, &format!("{on}~")).await.text, fresh(&format!("{on}~")).await);
    }
}

/// Where the end of a state would have to be cut off, the text is evaluated from its beginning, and the state stays.
#[tokio::test]
async fn a_state_without_its_beginning_is_taken_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("head.state");
    let whole = head("One");
    let cut = [format!("{}@", &whole[..whole.len() / 2]), format!("{}^", &whole[..whole.len() - 1]), whole.clone()];
    for unified in [true, false] {
        let builder = gemma().n_parallel(3).kv_unified(unified);
        load(builder.clone()).save_state(whole.as_str(), &path).await.unwrap();
        for other in &cut {
            let llm = load(builder.clone());
            let kept = format!("{}@", head("Two"));
            asked(&llm, &kept).await;
            let count = llm.load_state(&path).await.unwrap();
            let answer = asked(&llm, other).await;
            // The token that begins every text is there anyway.
            assert_eq!((answer.text, answer.usage.cached_tokens < 4), (fresh(other).await, true), "{other:?}");
            let on = format!("{whole}@");
            let answer = asked(&llm, &on).await;
            assert_eq!((answer.text, answer.usage.cached_tokens >= count), (fresh(&on).await, true), "{other:?}");
            assert!(asked(&llm, &kept).await.usage.cached_tokens > 48, "nothing that was kept had to go");
        }
    }
}

#[tokio::test]
async fn prompts_that_differ_before_the_window_are_evaluated_from_there() {
    let heads = ["One", "Two"].map(head);
    let [first, second] = &heads;
    let prompts = [
        format!("{first}@"),
        format!("{first}^^ And?"),
        format!("{}@@", &first[..first.len() / 2]),
        format!("{second}@"),
        first[..30].to_owned(),
        format!("{second}~@ What else is there to say?"),
    ];
    let mut expected = Vec::new();
    for prompt in &prompts {
        expected.push(fresh(prompt).await);
    }
    // The smaller memory is used up: what is outside of the windows makes room for other texts.
    for builder in builders().into_iter().chain([gemma().n_parallel(3).n_ctx(256)]) {
        let llm = load(builder);
        for options in [GenerateOptions::new(), GenerateOptions::new().lookup(true)] {
            let llm = llm.clone().with_options(options);
            for round in 0..3 {
                for (prompt, expected) in prompts.iter().zip(&expected) {
                    assert_eq!(asked(&llm, prompt).await.text, *expected, "{prompt:?}, round {round}");
                }
                let all = prompts.iter().chain(&prompts);
                let together = join_all(all.map(|prompt| asked(&llm, prompt))).await;
                for (answer, expected) in together.into_iter().zip(expected.iter().chain(&expected)) {
                    assert_eq!(answer.text, *expected, "round {round}");
                }
            }
        }
        assert!(llm.stats().cached_tokens > 100, "{:?}", llm.stats());
    }
}

#[tokio::test]
async fn what_memory_has_no_room_for_comes_back_whole_and_is_not_read_in_vain_again() {
    let folder = tempfile::tempdir().unwrap();
    let llm = load(gemma().n_parallel(1).spill(folder.path(), 64 << 20));
    let prompt = format!("{}@", head("One"));
    // An answer of marks is cut in one way, wherever it stands.
    let marks = Request::new(prompt.as_str()).with_grammar(Grammar::parse("root ::= [~^@]+").unwrap());
    let first = llm.detailed().invoke(marks.clone()).await.unwrap();
    asked(&llm, &head("Two")).await;
    let on = format!("{prompt}{}@ And?", first.text);
    let answer = asked(&llm, &on).await;
    assert_eq!(answer.text, fresh(&on).await);
    assert!(answer.usage.cached_tokens > first.usage.prompt_tokens, "{:?}", answer.usage);
    // Its beginning alone is no use. That is found out once for each state.
    let mut recalled = Vec::new();
    for _ in 0..4 {
        asked(&llm, &head("Two")).await;
        assert_eq!(llm.invoke(marks.clone()).await.unwrap(), first.text);
        recalled.push(llm.stats().recalled_tokens);
    }
    assert_eq!(recalled[2], recalled[3], "{recalled:?}");
    assert_eq!(llm.stats().spill_failures, 0);
}
