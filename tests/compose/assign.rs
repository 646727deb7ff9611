//! Values added to variables, and some of them picked.
use crate::support::{block_on, chunks, collected, drawn, failure, part, writes};
use catena::{
    Chunk, Delta, ErrorKind, Result, RunContext, Runnable, Vars, assign, assign_with, input, map, pick, pick_one,
};
use serde_json::json;

fn vars() -> Vars {
    Vars::new().with("a", 1).with("b", "two")
}

fn values(vars: &Vars) -> serde_json::Value {
    serde_json::to_value(vars).unwrap()
}

#[test]
fn values_are_added_and_replaced() {
    let (cx, collector) = collected();
    let sum = map(|vars: Vars| vars.get("a").unwrap().as_i64().unwrap() + 1);
    let chain = input::<Vars>() | assign("c", sum).and("b", map(|_: Vars| vec!["new"]));
    assert_eq!(values(&block_on(chain.invoke_in(vars(), &cx)).unwrap()), json!({"a": 1, "b": ["new"], "c": 2}));
    assert_eq!(drawn(&collector.trees()[0]), "chain:V(assign:V(b:V c:V))");
}

#[test]
fn what_stays_comes_before_what_is_computed() {
    struct Answer;
    impl Runnable<Vars> for Answer {
        type Output = String;
        async fn run(&self, _: Vars, cx: &RunContext) -> Result<String> {
            cx.step("fake", &writes(&["1", "2"]), String::new()).await
        }
        fn run_stream(&self, _: Vars, cx: &RunContext) -> catena::ChunkStream<'_, String> {
            (input::<String>() | writes(&["1", "2"])).erase().into_stream("", cx.clone())
        }
    }
    let seen = chunks((input::<Vars>() | assign("b", Answer)).stream(vars()));
    let kept = Delta::Branch { branch: "a".into(), delta: Box::new(Delta::Json(json!(1))) };
    let deltas: Vec<_> = seen
        .iter()
        .filter_map(|chunk| match chunk {
            Ok(Chunk::Delta(delta)) => Some(delta.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(deltas, [kept, part("b", "1"), part("b", "2")]);
    let Some(Ok(Chunk::Done(done))) = seen.last() else { panic!("{seen:?}") };
    assert_eq!((seen.len(), values(done)), (4, json!({"a": 1, "b": "12"})));
}

#[test]
fn what_cannot_be_assigned() {
    let twice = input::<Vars>() | assign("c", map(|_: Vars| 1)).and("c", map(|_: Vars| 2));
    assert_eq!(block_on(twice.invoke(vars())).unwrap_err().kind(), ErrorKind::InvalidOption);
    let bytes = input::<Vars>() | assign("c", map(|_: Vars| std::collections::BTreeMap::from([((1, 2), 3)])));
    assert_eq!(block_on(bytes.invoke(vars())).unwrap_err().kind(), ErrorKind::Variables);
    let broken = input::<Vars>() | assign("c", |_: Vars| async move { Err(failure()) as Result<u8> });
    assert_eq!(block_on(broken.invoke(vars())).unwrap_err().step(), Some("c"));
    assert_eq!(chunks(broken.stream(vars())).pop().unwrap().unwrap_err(), ErrorKind::Engine);
}

#[test]
fn a_value_is_put_together_with_its_input() {
    let chain = input::<String>() | assign_with(writes(&["1", "2"]), |question, answer| (question, answer));
    assert_eq!(block_on(chain.invoke("x")).unwrap(), ("x".to_owned(), "12".to_owned()));
    let last = chunks(chain.stream("x")).pop().unwrap().unwrap();
    assert_eq!(last, Chunk::Done(("x".to_owned(), "12".to_owned())));
}

#[test]
fn some_are_picked() {
    let run = |step| block_on((input::<Vars>() | step).invoke(vars()));
    assert_eq!(values(&run(pick(["b"])).unwrap()), json!({"b": "two"}));
    let error = run(pick(["b", "z"])).unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::UnknownKey, "there is no variable `z`: choose among `a`, `b`")
    );
    let one = |name: &str| block_on((input::<Vars>() | pick_one::<u8>(name)).invoke(vars()));
    assert_eq!(one("a").unwrap(), 1);
    assert_eq!(one("b").unwrap_err().kind(), ErrorKind::Variables);
    assert_eq!(one("z").unwrap_err().kind(), ErrorKind::UnknownKey);
}
