//! Ranking texts.
use super::{gguf::Gguf, tiny_path};
use catena::{ErrorKind, LlamaCpp, LlamaCppEmbeddings, LlamaCppReranker, LlamaCppRerankerBuilder};
use std::sync::LazyLock;

/// A Qwen3 of one layer with random weights, and a head that says yes or no.
fn ranker() -> Gguf {
    let (width, heads, head, hidden) = (32, 2, 16, 48);
    let name = |part: &str| format!("blk.0.{part}.weight");
    Gguf::new("qwen3")
        .with_tokenizer()
        .number("qwen3.context_length", 256)
        .number("qwen3.embedding_length", width as u32)
        .number("qwen3.feed_forward_length", hidden as u32)
        .number("qwen3.block_count", 1)
        .number("qwen3.attention.head_count", heads as u32)
        .number("qwen3.attention.head_count_kv", heads as u32)
        .number("qwen3.attention.key_length", head as u32)
        .number("qwen3.attention.value_length", head as u32)
        .float("qwen3.attention.layer_norm_rms_epsilon", 1e-5)
        .number("qwen3.pooling_type", 4)
        .texts("qwen3.classifier.output_labels", &["yes", "no"])
        .random("token_embd.weight", &[width, 512], 1.0)
        .filled("output_norm.weight", &[width], 1.0)
        .random("cls.output.weight", &[width, 2], 1.0)
        .filled(&name("attn_norm"), &[width], 1.0)
        .random(&name("attn_q"), &[width, heads * head], 0.5)
        .random(&name("attn_k"), &[width, heads * head], 0.5)
        .random(&name("attn_v"), &[width, heads * head], 0.5)
        .random(&name("attn_output"), &[heads * head, width], 0.5)
        .filled(&name("attn_q_norm"), &[head], 1.0)
        .filled(&name("attn_k_norm"), &[head], 1.0)
        .filled(&name("ffn_norm"), &[width], 1.0)
        .random(&name("ffn_gate"), &[width, hidden], 0.5)
        .random(&name("ffn_down"), &[hidden, width], 0.5)
        .random(&name("ffn_up"), &[width, hidden], 0.5)
}

static PLAIN: LazyLock<tempfile::NamedTempFile> = LazyLock::new(|| ranker().write());

fn builder() -> LlamaCppRerankerBuilder {
    LlamaCppReranker::builder(PLAIN.path()).n_threads(1)
}

fn texts() -> Vec<String> {
    (0..40).map(|at| format!("{} and {at}", "word ".repeat(at % 7))).collect()
}

#[tokio::test]
async fn each_text_is_scored_as_if_it_were_alone_and_the_best_comes_first() {
    let model = builder().load_async().await.unwrap();
    let ranked = model.rerank("Which one?", &texts()).await.unwrap();
    assert!(ranked.is_sorted_by(|a, b| a.score >= b.score));
    let mut places: Vec<usize> = ranked.iter().map(|one| one.index).collect();
    places.sort_unstable();
    assert!(places.into_iter().eq(0..40));
    assert!(ranked[0].score > ranked[39].score + 0.01, "{ranked:?}");
    for one in &ranked {
        assert!((0.0..=1.0).contains(&one.score));
        let alone = model.rerank("Which one?", &texts()[one.index..=one.index]).await.unwrap();
        assert!((alone[0].score - one.score).abs() < 1e-2, "{one:?}, {alone:?}");
    }
    let other = model.rerank("Why?", &texts()).await.unwrap();
    assert!(other != ranked, "the question counts");
    assert_eq!(model.rerank("Which one?", &[]).await.unwrap(), []);
}

#[tokio::test]
async fn a_context_may_be_smaller_than_the_texts_ranked_at_once_are_many() {
    let short = ["a".to_owned(), "b".to_owned()];
    let ranked = builder().n_ctx(16).load().unwrap().rerank("?", &short).await.unwrap();
    assert_eq!(ranked.len(), 2);
}

/// Models that are asked in words have them in their file.
#[tokio::test]
async fn question_and_text_are_put_together_as_the_model_wants_it() {
    let template = "<|im_start|>Q: {query}\nA: {document}<|im_end|>";
    let file = ranker().text("tokenizer.chat_template.rerank", template).write();
    let asked = LlamaCppReranker::builder(file.path()).n_threads(1).load().unwrap();
    let plain = builder().load().unwrap();
    let whole = ["Q: one\nA: two".to_owned()];
    let [asked, plain] = [asked.rerank("one", &["two".to_owned()]).await, plain.rerank("", &whole).await];
    assert!((asked.unwrap()[0].score - plain.unwrap()[0].score).abs() > 1e-6, "the marks count");
}

#[tokio::test]
async fn what_cannot_be_ranked_is_told() {
    let long = vec!["fine".to_owned(), "word ".repeat(300)];
    let error = builder().load().unwrap().rerank("Which one?", &long).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextOverflow);
    assert!(error.to_string().contains("text 1 has"), "{error}");
    let cut = builder().truncate(true).load().unwrap();
    assert_eq!(cut.rerank("Which one?", &long).await.unwrap().len(), 2);
    let question = "word ".repeat(300);
    assert_eq!(cut.rerank(&question, &long).await.unwrap_err().kind(), ErrorKind::ContextOverflow);
    assert_eq!(cut.rerank("Which one?", &[String::new()]).await.unwrap_err().kind(), ErrorKind::InvalidOption);
    let error = LlamaCppReranker::builder(tiny_path()).load().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(LlamaCppEmbeddings::builder(PLAIN.path()).load().unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(builder().n_ctx(0).load().unwrap_err().kind(), ErrorKind::InvalidOption);
    assert!(LlamaCpp::builder(PLAIN.path()).n_ctx(64).n_threads(1).load().is_ok());
}
