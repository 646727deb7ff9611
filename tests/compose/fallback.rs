//! Other steps in place of one that failed.
use crate::support::{block_on, chunks, collected, drawn, fails, failure, flaky, text, writes};
use catena::{Chunk, Delta, Error, ErrorKind, RunContext, StreamPolicy, fallback, input, map};

#[test]
fn the_next_takes_over_and_the_first_error_is_that_of_the_whole() {
    let (cx, collector) = collected();
    let chain = input::<String>() | fallback(fails).or(fails).or(writes(&["a"])) | map(|text: String| text);
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap(), "a");
    let tree = &collector.trees()[0];
    assert_eq!(drawn(tree), "chain:V(fallback:V(fails:E fails:E fake:V) map:V)");
    let tags: Vec<_> = tree.children[0].children.iter().map(|run| run.tags.join(",")).collect();
    assert_eq!(tags, ["", "fallback:1", "fallback:2"]);

    let second = |_: String| async move { Err::<String, _>(Error::new(ErrorKind::Io, "second")) };
    let error = block_on((input::<String>() | fallback(fails).or(second)).invoke("x")).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Engine, Some("fails")));
}

#[test]
fn the_error_is_offered_to_the_next() {
    let told = map(|(text, error): (String, Error)| format!("{text}: {error}"));
    let chain = input::<String>() | fallback(fails).or_told(told);
    assert_eq!(block_on(chain.invoke("x")).unwrap(), "x: it broke (in step `fails`)");
    let second = |_: String| async move { Err::<String, _>(Error::new(ErrorKind::Io, "second")) };
    let chain = input::<String>()
        | fallback(fails).or(second).or_told(map(|(_, error): (String, Error)| error.message().to_owned()));
    assert_eq!(block_on(chain.invoke("x")).unwrap(), "second", "of the one before it");
}

/// Aborts at the first error.
struct Stop;

impl catena::CallbackHandler for Stop {
    fn on_error(&self, run: &catena::RunInfo, _: &Error) {
        run.abort("enough");
    }
}

#[test]
fn not_all_errors_let_the_next_take_over() {
    let chain = input::<String>() | fallback(fails).or(writes(&["a"])).when(|error| error.kind() == ErrorKind::Io);
    assert_eq!(block_on(chain.invoke("x")).unwrap_err().kind(), ErrorKind::Engine);
    let (fake, cx) = (catena::testing::FakeLlm::always("a"), RunContext::new().with(Stop));
    let chain = input::<String>() | fallback(fails).or(catena::Model::new(fake.clone()));
    assert!(block_on(chain.invoke_in("x", &cx)).is_err());
    assert!(fake.requests().is_empty());
}

#[test]
fn streams_as_its_policy_says() {
    for words in 0..3_usize {
        let seen = |policy| {
            let step = fallback(flaky(9, words)).or(writes(&["c", "d"])).streaming(policy);
            chunks((input::<String>() | step).stream("x"))
        };
        let whole = [Ok(text("c")), Ok(text("d")), Ok(Chunk::Done("cd".to_owned()))];
        let broken: Vec<_> = (0..words).map(|at| Ok(text(&format!("w{at} ")))).collect();
        let before_first =
            if words == 0 { whole.to_vec() } else { [broken.clone(), vec![Err(ErrorKind::Engine)]].concat() };
        assert_eq!(seen(StreamPolicy::BeforeFirst), before_first);
        let mark: &[_] = if words == 0 { &[] } else { &[Ok(Chunk::Delta(Delta::Restart))] };
        assert_eq!(seen(StreamPolicy::Restart), [&broken[..], mark, &whole].concat());
        assert_eq!(seen(StreamPolicy::Buffer), whole);
    }
}

#[test]
fn if_all_streams_fail_it_is_the_first_error() {
    let second = |_: String| async move { Err::<String, _>(Error::new(ErrorKind::Io, "second")) };
    let chain = input::<String>() | fallback(|_: String| async move { Err::<String, _>(failure()) }).or(second);
    assert_eq!(chunks(chain.stream("x")), [Err(ErrorKind::Engine)]);
}
