//! The same questions, asked in every way there is, have the same answers.
use super::{ITEMS, nano};
use catena::{Chunk, Completion, Delta, LlamaCpp, LlamaCppBuilder, Model, Request, input};
use futures::{TryStreamExt, executor::block_on};
use std::sync::LazyLock;

fn requests() -> impl Iterator<Item = Request> {
    ITEMS.iter().map(|item| item.request(false).unwrap())
}

/// Whatever the kernels round in another way in other batches, no answer hangs on it but in a mode that is exact.
fn model(builder: LlamaCppBuilder) -> Model<LlamaCpp> {
    builder.load().unwrap()
}

/// Each asked alone, nothing kept from one to the next, nothing guessed.
pub(crate) static ALONE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let llm = model(nano().n_parallel(1).cache_tokens(0).lookup(false));
    block_on(async {
        let mut answers = Vec::new();
        for request in requests() {
            answers.push(llm.invoke(request).await.unwrap());
        }
        answers
    })
});

/// Fails with all that differ.
fn same(answers: &[String]) {
    let differ: Vec<_> = ALONE.iter().zip(answers).enumerate().filter(|(_, (alone, other))| alone != other).collect();
    assert!(answers.len() == ALONE.len() && differ.is_empty(), "{} answers differ: {differ:#?}", differ.len());
}

#[test]
fn with_tokens_looked_up() {
    let llm = model(nano().n_parallel(1).cache_tokens(0).lookup(true));
    let answers = requests().map(|request| block_on(llm.invoke(request)).unwrap());
    same(&answers.collect::<Vec<_>>());
}

#[test]
fn in_batches() {
    for kv_unified in [false, true] {
        let llm = model(nano().n_parallel(8).kv_unified(kv_unified));
        let answers = block_on((input::<Request>() | llm.clone()).batch(requests(), 32));
        same(&answers.into_iter().collect::<Result<Vec<_>, _>>().unwrap());
        let stats = llm.stats();
        assert!(stats.decodes < stats.evaluated_tokens / 8, "{stats:?}");
    }
}

#[test]
fn from_what_was_evaluated_before() {
    let llm = model(nano().n_parallel(2));
    let mut answers = Vec::new();
    for request in requests() {
        let first: Completion = block_on(llm.detailed().invoke(request.clone())).unwrap();
        let again = block_on(llm.detailed().invoke(request)).unwrap();
        // The last token is evaluated again, for what follows it.
        assert_eq!(again.usage.cached_tokens + 1, first.usage.prompt_tokens, "{}", again.text);
        assert_eq!(first.text, again.text);
        answers.push(again.text);
    }
    same(&answers);
}

#[test]
fn as_streams() {
    let llm = model(nano());
    let answers = requests().map(|request| {
        block_on(async {
            let (mut streamed, mut whole) = (String::new(), None);
            let chain = input::<Request>() | llm.clone();
            let mut chunks = chain.stream(request);
            while let Some(chunk) = chunks.try_next().await.unwrap() {
                match chunk {
                    Chunk::Delta(Delta::Text(text)) => streamed.push_str(&text),
                    Chunk::Delta(other) => panic!("{other:?}"),
                    Chunk::Done(answer) => whole = Some(answer),
                }
            }
            assert_eq!(Some(&streamed), whole.as_ref());
            streamed
        })
    });
    same(&answers.collect::<Vec<_>>());
}
