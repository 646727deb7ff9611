//! Functions that give streams are steps.
use crate::support::{block_on, collected, text};
use catena::{Chunk, ErrorKind, Result, generator, input, map};
use futures::{StreamExt, TryStreamExt, stream};

#[expect(clippy::needless_pass_by_value, reason = "a step is given its input")]
fn spelled(word: String) -> impl futures::Stream<Item = Result<Chunk<usize>>> + Send + 'static {
    let letters: Vec<_> = word.chars().map(|letter| Ok(text(&letter.to_string()))).collect();
    stream::iter(letters).chain(stream::iter([Ok(Chunk::Done(word.len()))]))
}

#[test]
fn its_increments_stream_and_its_value_goes_on() {
    let chain = input::<String>() | generator(spelled) | map(|length: usize| length * 2);
    block_on(async {
        assert_eq!(chain.invoke("abc").await.unwrap(), 6);
        let (cx, collector) = collected();
        let chunks: Vec<_> = chain.stream_in("abc", &cx).try_collect().await.unwrap();
        assert_eq!(chunks.last(), Some(&Chunk::Done(6)));
        assert_eq!(collector.trees().len(), 1);
    });
}

#[test]
fn a_stream_without_a_value_is_an_error() {
    let chain = input::<String>() | generator(|_: String| stream::iter([Ok::<Chunk<u8>, _>(text("a"))]));
    assert_eq!(block_on(chain.invoke("abc")).unwrap_err().kind(), ErrorKind::Incomplete);
}
