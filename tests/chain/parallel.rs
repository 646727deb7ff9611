//! Steps side by side.
use crate::support::{block_on, fails, never, pauses, poll_once, watched};
use catena::{ErrorKind, Result, input, map, passthrough, testing::Expect};
use futures::channel::oneshot;
use std::sync::{Arc, Mutex};

async fn one(n: u32) -> Result<u32> {
    Ok(n + 1)
}

async fn spelled(n: u32) -> Result<String> {
    pauses(3).await;
    Ok(n.to_string())
}

#[test]
fn of_two_to_eight_members() {
    let run = |n: u32| n;
    assert_eq!(block_on((input::<u32>() | (one, spelled)).invoke(1_u32)).unwrap(), (2, "1".to_owned()));
    assert_eq!(block_on((input::<u32>() | (one, one, map(run))).invoke(1_u32)).unwrap(), (2, 2, 1));
    assert_eq!(block_on((input::<u32>() | (one, one, one, map(run))).invoke(1_u32)).unwrap(), (2, 2, 2, 1));
    assert_eq!(block_on((input::<u32>() | (one, one, one, one, map(run))).invoke(1_u32)).unwrap(), (2, 2, 2, 2, 1));
    assert_eq!(
        block_on((input::<u32>() | (map(run), one, one, one, one, one)).invoke(1_u32)).unwrap(),
        (1, 2, 2, 2, 2, 2)
    );
    assert_eq!(
        block_on((input::<u32>() | (one, map(run), one, one, one, one, one)).invoke(1_u32)).unwrap(),
        (2, 1, 2, 2, 2, 2, 2)
    );
    let eight = input::<u32>()
        | (one, spelled, passthrough(), map(|n: u32| n * 2), map(|n: u32| n == 1), one, map(|_: u32| ()), spelled);
    assert_eq!(block_on(eight.invoke(1_u32)).unwrap(), (2, "1".to_owned(), 1, 2, true, 2, (), "1".to_owned()));
}

#[test]
fn members_run_at_the_same_time() {
    let (open, gate) = oneshot::channel::<()>();
    let (open, gate) = (Arc::new(Mutex::new(Some(open))), Arc::new(Mutex::new(Some(gate))));
    let waits = move |n: u32| {
        let gate = gate.lock().unwrap().take().unwrap();
        async move { gate.await.map(|()| n).map_err(catena::Error::other) }
    };
    let opens = move |n: u32| {
        let open = open.lock().unwrap().take().unwrap();
        async move { open.send(()).map(|()| n).map_err(|()| crate::support::failure()) }
    };
    let chain = input::<u32>() | (waits, opens);
    assert_eq!(block_on(chain.invoke(1_u32)).unwrap(), (1, 1));
}

#[test]
fn the_first_failure_cancels_the_others() {
    let script = Expect::new().start("chain").start("parallel").start("0:never").within("parallel").start("1:fails");
    let script = script.error("1:fails", ErrorKind::Other).cancel("0:never").error("parallel", ErrorKind::Other);
    let (cx, handle) = watched(script.error("chain", ErrorKind::Other).only());
    let chain = input::<String>() | (never, fails, never) | map(|_: (String, String, String)| ());
    let error = poll_once(Box::pin(chain.invoke_in("x", &cx))).expect("it does not wait for the others").unwrap_err();
    assert_eq!(error.step(), Some("1:fails"));
    handle.assert_finished();
}

#[test]
fn each_member_is_a_run() {
    let script = Expect::new().start("chain").start("parallel").start("0:one").within("parallel").end("0:one");
    let script = script.start("1:spelled").within("parallel").start("2:Passthrough").end("2:Passthrough");
    let (cx, handle) = watched(script.end("1:spelled").end("parallel").end("chain").only());
    block_on((input::<u32>() | (one, spelled, passthrough())).invoke_in(1_u32, &cx)).unwrap();
    handle.assert_finished();
}

#[test]
fn tuples_nest() {
    let inner = input::<u32>() | one | (one, (spelled, one));
    let chain = input::<u32>() | (inner, passthrough());
    assert_eq!(block_on(chain.invoke(1_u32)).unwrap(), ((3, ("2".to_owned(), 3)), 1));
}
