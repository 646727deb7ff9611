//! Many inputs at once.
use crate::support::{block_on, pauses, poll_once, watched};
use catena::{Error, ErrorKind, Result, input, map, testing::Expect};
use futures::channel::oneshot;
use proptest::prelude::*;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the delays: one result an input, in order, failures where they belong, never more at a time than allowed.
    #[test]
    fn order_limit_and_failures(delays in prop::collection::vec(0..20_usize, 0..40), limit in 1..12_usize) {
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (now, peak) = (running.clone(), most.clone());
        let chain = input::<(usize, usize)>() | map(|pair: (usize, usize)| pair) | move |(n, delay): (usize, usize)| {
            let (now, peak) = (now.clone(), peak.clone());
            async move {
                peak.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                pauses(delay).await;
                now.fetch_sub(1, Ordering::Relaxed);
                if delay % 7 == 3 { Err(Error::new(ErrorKind::Other, format!("no {n}"))) } else { Ok(n * 10) }
            }
        };
        let (cx, handle) = watched(Expect::new());
        let results = block_on(chain.batch_in(delays.iter().copied().enumerate(), limit, &cx));
        prop_assert_eq!(results.len(), delays.len());
        for (n, (result, delay)) in results.into_iter().zip(&delays).enumerate() {
            match result {
                Ok(value) => prop_assert_eq!((value, delay % 7 == 3), (n * 10, false)),
                Err(error) => prop_assert_eq!((error.message().to_owned(), delay % 7), (format!("no {n}"), 3)),
            }
        }
        prop_assert!(most.load(Ordering::Relaxed) <= limit);
        if delays.len() >= limit && delays.iter().all(|delay| *delay > 0) {
            prop_assert_eq!(most.load(Ordering::Relaxed), limit, "as many as allowed");
        }
        prop_assert_eq!(running.load(Ordering::Relaxed), 0);
        handle.assert_outcomes();
    }
}

#[test]
fn a_limit_of_nothing_is_an_error_for_each_input() {
    let chain = input::<u8>() | map(|n: u8| n);
    let results = block_on(chain.batch([1_u8, 2, 3], 0));
    assert_eq!(results.len(), 3);
    assert!(results.iter().all(|result| result.as_ref().unwrap_err().kind() == ErrorKind::InvalidOption));
}

#[test]
fn no_inputs_no_results() {
    let chain = input::<u8>() | map(|n: u8| n);
    assert!(block_on(chain.batch(Vec::<u8>::new(), 4)).is_empty());
    assert!(block_on(chain.batch(Vec::<u8>::new(), 0)).is_empty());
    assert_eq!(block_on(chain.batch([1_u8], usize::MAX)).len(), 1);
}

/// An input reaches the second step while another is still in the first.
#[test]
fn inputs_do_not_wait_for_each_other_at_a_step() {
    let (open, gate) = oneshot::channel::<()>();
    let (gate, open) = (Mutex::new(Some(gate)), Arc::new(Mutex::new(Some(open))));
    let first = move |n: u8| {
        // The first input holds the gate, which the second opens from the second step.
        let gate = if n == 0 { gate.lock().unwrap().take() } else { None };
        async move {
            if let Some(gate) = gate {
                gate.await.map_err(Error::other)?;
            }
            Ok(n)
        }
    };
    let second = move |n: u8| {
        let open = open.clone();
        async move {
            if n == 1 {
                let _ = open.lock().unwrap().take().unwrap().send(());
            }
            Ok(n)
        }
    };
    let chain = input::<u8>() | first | second;
    let results = poll_until_done(chain.batch([0_u8, 1], 2));
    assert_eq!(results.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [0, 1]);
}

/// A future that cannot end fails the test instead of hanging it.
fn poll_until_done<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    for _ in 0..100 {
        if let Some(value) = poll_once(&mut future) {
            return value;
        }
    }
    panic!("it does not end");
}

#[test]
fn each_input_is_an_invocation_of_its_own() {
    let (cx, handle) = watched(Expect::new());
    let chain = input::<u8>() | |n: u8| async move { if n == 1 { Err(crate::support::failure()) } else { Ok(n) } };
    let chain = chain | map(|n: u8| n);
    let results: Vec<Result<u8>> = block_on(chain.batch_in([0_u8, 1, 2], 1, &cx));
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
    handle.assert_outcomes();
    let chains = handle.events().iter().filter(|event| *event == "start chain").count();
    assert_eq!(chains, 3);
}

#[test]
fn a_dropped_batch_cancels_what_began() {
    let (cx, handle) = watched(Expect::new());
    let chain = input::<String>() | crate::support::never;
    assert!(poll_once(Box::pin(chain.batch_in(["a", "b", "c"], 2, &cx))).is_none());
    handle.assert_outcomes();
    let cancelled = handle.events().iter().filter(|event| *event == "cancel chain").count();
    assert_eq!(cancelled, 2, "the third had not begun");
}
