//! Vectors of texts.
use super::{gguf::Gguf, tiny_path};
use catena::{Embeddings, ErrorKind, LlamaCpp, LlamaCppEmbeddings, LlamaCppEmbeddingsBuilder, Pooling};
use std::sync::{Arc, Mutex};

fn tiny() -> LlamaCppEmbeddingsBuilder {
    LlamaCppEmbeddings::builder(tiny_path()).n_ctx(128).n_threads(1)
}

fn texts() -> Vec<String> {
    (0..50).map(|text| format!("text {text} {}", "and so on ".repeat(text % 7))).collect()
}

fn product(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[tokio::test]
async fn vectors_do_not_depend_on_the_texts_beside_them() {
    for pooling in [Pooling::Model, Pooling::Mean, Pooling::Last, Pooling::First] {
        let model = tiny().pooling(pooling).load().unwrap();
        let together = model.embed(&texts()).await.unwrap();
        assert_eq!(together.len(), 50);
        for (text, vector) in texts().into_iter().zip(&together) {
            let alone = model.embed_one(&text).await.unwrap();
            assert_eq!(alone.len(), model.dimensions());
            assert!((product(&alone, &alone) - 1.0).abs() < 1e-3);
            assert!(product(&alone, vector) > 0.999, "{pooling:?}, {text}: {}", product(&alone, vector));
        }
        assert!(product(&together[0], &together[6]) < 0.9999 || pooling == Pooling::First);
    }
    assert!(tiny().load().unwrap().embed(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_model_loads_without_blocking_too() {
    let texts = ["a house".to_owned()];
    let model = tiny().load_async().await.unwrap();
    assert_eq!(model.embed(&texts).await.unwrap(), tiny().load().unwrap().embed(&texts).await.unwrap());
    for (builder, name) in [
        (tiny().n_ctx(0), "n_ctx"),
        (tiny().n_gpu_layers(-2), "n_gpu_layers"),
        (tiny().main_gpu(-1), "main_gpu"),
        (tiny().devices(vec![99]), "devices"),
    ] {
        let error = builder.load_async().await.unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some(name)), "{error}");
    }
}

#[tokio::test]
async fn long_texts_are_errors_or_cut() {
    let long = "word ".repeat(200);
    let error = tiny().load().unwrap().embed(&["short".to_owned(), long.clone()]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextOverflow);
    assert!(error.message().contains("text 1") && error.message().contains("truncate"), "{error}");
    let cutting = tiny().truncate(true).load().unwrap();
    let (cut, whole) =
        (cutting.embed_one(&long).await.unwrap(), cutting.embed_one(&format!("{long}more")).await.unwrap());
    assert!(product(&cut, &whole) > 0.999);
    let raw = tiny().normalize(false).load().unwrap().embed_one("a text").await.unwrap();
    assert!((product(&raw, &raw) - 1.0).abs() > 1e-2);
}

#[tokio::test]
async fn a_context_may_be_smaller_than_the_texts_made_at_once_are_many() {
    let short: Vec<String> = (b'a'..=b'z').cycle().take(50).map(|letter| char::from(letter).to_string()).collect();
    let (small, large) = (tiny().n_ctx(8).load().unwrap(), tiny().load().unwrap());
    let (small, large) = (small.embed(&short).await.unwrap(), large.embed(&short).await.unwrap());
    assert!(small.iter().zip(&large).all(|(small, large)| product(small, large) > 0.999));
}

/// Models that make a vector of the last token are trained on that which ends a text.
#[tokio::test]
async fn a_text_that_is_cut_keeps_its_end() {
    let file = Gguf::llama(1, 1.0).flag("tokenizer.ggml.add_eos_token", true).write();
    let builder = || LlamaCppEmbeddings::builder(file.path()).n_ctx(64).n_threads(1).pooling(Pooling::Last);
    let whole = builder().load().unwrap();
    // Each mark is a token.
    let marks = |count: usize| "~@^".chars().cycle().take(count).collect::<String>();
    let mut most = 70;
    while whole.embed_one(&marks(most)).await.is_err() {
        most -= 1;
    }
    assert_eq!(most, 62, "one token begins a text and one ends it");
    let fits = whole.embed_one(&marks(most)).await.unwrap();
    let cut = builder().truncate(true).load().unwrap().embed_one(&marks(150)).await.unwrap();
    assert!(product(&cut, &fits) > 0.9999, "{}", product(&cut, &fits));
}

#[tokio::test]
async fn an_empty_text_is_told() {
    let error = tiny().load().unwrap().embed(&["a".to_owned(), String::new()]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOption, "{error}");
    assert!(error.message().contains("text 1 is empty"), "{error}");
}

#[tokio::test]
async fn a_model_without_pooling_gives_the_mean() {
    let file = Gguf::llama(1, 1.0).number("llama.pooling_type", 0).write();
    let builder = || LlamaCppEmbeddings::builder(file.path()).n_ctx(64).n_threads(1);
    let usual = builder().load().unwrap().embed_one("a text").await.unwrap();
    let mean = builder().pooling(Pooling::Mean).load().unwrap().embed_one("a text").await.unwrap();
    assert!(product(&usual, &mean) > 0.9999);
}

#[test]
fn what_cannot_be_loaded_is_told() {
    assert_eq!(LlamaCppEmbeddings::builder("/no/such.gguf").load().unwrap_err().kind(), ErrorKind::Load);
    assert_eq!(tiny().n_ctx(0).load().unwrap_err().path(), Some("n_ctx"));
}

#[test]
fn loading_tells_how_far_it_is_and_can_be_ended() {
    let parts = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&parts);
    let builder = LlamaCpp::builder(tiny_path()).n_ctx(128).n_threads(1).warm_up(true);
    let telling = builder.clone().on_progress(move |part| {
        told.lock().unwrap().push(part);
        true
    });
    drop(telling.load().unwrap());
    let parts = parts.lock().unwrap().clone();
    assert!(parts.windows(2).all(|pair| pair[0] <= pair[1]) && parts.last() == Some(&1.0), "{parts:?}");
    assert_eq!(builder.clone().on_progress(|_| false).load().unwrap_err().kind(), ErrorKind::Load);
    assert_eq!(builder.clone().on_progress(|_| panic!("on purpose")).load().unwrap_err().kind(), ErrorKind::Load);
    let error = builder.devices(vec![99]).load().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some("devices")));
    assert!(!LlamaCpp::devices().unwrap().is_empty());
}
