//! Steps that may not take long.
use crate::support::{block_on, chunks, never, watched, writes};
use catena::{Backoff, ErrorKind, fallback, input, map, retry, testing::Expect, timeout};
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(5);

#[test]
fn what_takes_too_long_is_dropped() {
    let script = || {
        let script = Expect::new().start("chain").start("story").start("never").cancel("never");
        script.error("story", ErrorKind::Timeout).error("chain", ErrorKind::Timeout).only()
    };
    let chain = input::<String>() | timeout((input::<String>() | never).named("story"), SHORT);
    let (cx, handle) = watched(script());
    assert_eq!(block_on(chain.invoke_in("x", &cx)).unwrap_err().kind(), ErrorKind::Timeout);
    handle.assert_finished();
    let (cx, handle) = watched(script());
    assert_eq!(chunks(chain.stream_in("x", &cx)), [Err(ErrorKind::Timeout)]);
    handle.assert_finished();
}

#[test]
fn what_is_fast_enough_is_left_alone() {
    let chain = input::<String>() | timeout(writes(&["1", "2"]), Duration::from_secs(3_600));
    assert_eq!(block_on(chain.invoke("x")).unwrap(), "12");
    assert_eq!(chunks(chain.stream("x")).len(), 3);
    let for_ever = input::<String>() | timeout(writes(&["1"]), Duration::MAX);
    assert_eq!(block_on(for_ever.invoke("x")).unwrap(), "1");
}

/// A step that blocks gives its value too late, and that is how it ended.
#[test]
fn a_value_that_comes_too_late_is_none() {
    let blocks = || {
        map(|text: String| {
            std::thread::sleep(Duration::from_millis(30));
            text
        })
    };
    let script = || {
        let script = Expect::new().start("chain").start("story").start("map").error("map", ErrorKind::Timeout);
        script.error("story", ErrorKind::Timeout).error("chain", ErrorKind::Timeout).only()
    };
    let chain = input::<String>() | timeout((input::<String>() | blocks()).named("story"), SHORT);
    let (cx, handle) = watched(script());
    let error = block_on(chain.invoke_in("x", &cx)).unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Timeout, Some("map")));
    handle.assert_finished();
    let (cx, handle) = watched(script());
    assert_eq!(chunks(chain.stream_in("x", &cx)), [Err(ErrorKind::Timeout)]);
    handle.assert_finished();
}

#[test]
fn no_time_at_all_is_an_error() {
    let chain = input::<String>() | timeout(writes(&["1"]), Duration::ZERO);
    assert_eq!(block_on(chain.invoke("x")).unwrap_err().kind(), ErrorKind::InvalidOption);
    assert_eq!(chunks(chain.stream("x")), [Err(ErrorKind::InvalidOption)]);
}

#[test]
fn a_timeout_can_be_tried_again_and_fallen_back_from() {
    let chain = input::<String>() | retry(timeout(never, SHORT)).attempts(2).backoff(Backoff::none());
    assert_eq!(block_on(chain.invoke("x")).unwrap_err().kind(), ErrorKind::Timeout);
    let chain = input::<String>() | fallback(timeout(never, SHORT)).or(writes(&["1"]));
    assert_eq!(block_on(chain.invoke("x")).unwrap(), "1");
}
