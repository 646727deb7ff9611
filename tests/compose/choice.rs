//! One step or another: by condition, by key, by configuration.
use crate::support::{block_on, chunks, collected, drawn, text, writes};
use catena::{Chunk, ErrorKind, RunConfig, RunContext, alternatives, branch, input, map, router};
use serde_json::json;

#[test]
fn the_first_condition_that_holds_decides() {
    let (cx, collector) = collected();
    let step = branch()
        .when(|n: &i32| *n < 0, map(|_: i32| "negative"))
        .when(|n: &i32| *n < 10, map(|_: i32| "small"))
        .otherwise(map(|_: i32| "large"));
    let chain = input::<i32>() | step;
    let said: Vec<_> = [-5, 5, 50].map(|n| block_on(chain.invoke_in(n, &cx)).unwrap()).into();
    assert_eq!(said, ["negative", "small", "large"]);
    let tags: Vec<_> = collector.trees().iter().map(|tree| tree.children[0].children[0].tags.clone()).collect();
    assert_eq!(tags, [["branch:0"], ["branch:1"], ["branch:otherwise"]]);
    assert_eq!(drawn(&collector.trees()[0]), "chain:V(branch:V(map:V))");
}

#[test]
fn what_is_chosen_streams() {
    let step = branch().when(|text: &String| text == "a", writes(&["1", "2"])).otherwise(writes(&["3"]));
    let chain = input::<String>() | step;
    assert_eq!(chunks(chain.stream("a")), [Ok(text("1")), Ok(text("2")), Ok(Chunk::Done("12".to_owned()))]);
    assert_eq!(chunks(chain.stream("b")), [Ok(text("3")), Ok(Chunk::Done("3".to_owned()))]);
}

#[test]
fn a_key_names_a_route() {
    let (cx, collector) = collected();
    let step = router(|text: &String| text.clone()).route("a", writes(&["1"])).route("b", writes(&["2"]));
    let chain = input::<String>() | step.clone();
    assert_eq!(block_on(chain.invoke_in("b", &cx)).unwrap(), "2");
    assert_eq!(collector.trees()[0].children[0].children[0].tags, ["route:b"]);
    assert_eq!(chunks(chain.stream("a")), [Ok(text("1")), Ok(Chunk::Done("1".to_owned()))]);

    let error = block_on(chain.invoke("c")).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::UnknownKey, Some("router")));
    assert_eq!(error.message(), "there is no route `c`: choose among `a`, `b`");
    assert_eq!(chunks(chain.stream("c")), [Err(ErrorKind::UnknownKey)]);
    let chain = input::<String>() | step.otherwise(writes(&["3"]));
    assert_eq!(block_on(chain.invoke("c")).unwrap(), "3");

    let twice = router(|text: &String| text.clone()).route("a", writes(&["1"])).route("a", writes(&["2"]));
    assert_eq!(block_on((input::<String>() | twice).invoke("a")).unwrap_err().kind(), ErrorKind::InvalidOption);
}

#[test]
fn a_call_chooses_among_alternatives() {
    let step = || alternatives("model", "small", writes(&["1"])).or("large", writes(&["2", "3"]));
    let chain = input::<String>() | step();
    let choose = |name: serde_json::Value| RunContext::from(RunConfig::new().configurable("model", name));
    assert_eq!(block_on(chain.invoke("x")).unwrap(), "1");
    assert_eq!(block_on(chain.invoke_in("x", &choose(json!("small")))).unwrap(), "1");
    let streamed = chunks(chain.stream_in("x", &choose(json!("large"))));
    assert_eq!(streamed, [Ok(text("2")), Ok(text("3")), Ok(Chunk::Done("23".to_owned()))]);
    for unknown in [json!("medium"), json!(7)] {
        let error = block_on(chain.invoke_in("x", &choose(unknown.clone()))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownKey);
        assert!(error.message().ends_with("choose among `small`, `large`"), "{error}");
        assert_eq!(chunks(chain.stream_in("x", &choose(unknown))), [Err(ErrorKind::UnknownKey)]);
    }
    let bound = chain.with_config(RunConfig::new().configurable("model", "large"));
    assert_eq!(block_on(bound.invoke("x")).unwrap(), "23");
    let twice = input::<String>() | step().or("small", writes(&["4"]));
    assert_eq!(block_on(twice.invoke("x")).unwrap_err().kind(), ErrorKind::InvalidOption);
}

/// Increments of the step before reach what is chosen.
#[test]
fn alternatives_pass_increments_on() {
    let chain = writes(&["1", "2"]) | alternatives("how", "as it is", catena::passthrough());
    assert_eq!(chunks(chain.stream("x")), [Ok(text("1")), Ok(text("2")), Ok(Chunk::Done("12".to_owned()))]);
}
