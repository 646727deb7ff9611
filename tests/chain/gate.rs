//! The first increment is seen downstream before the second is written: nothing in between holds text back.
use crate::support::{Upper, ready_now, text};
use catena::{Chunk, ChunkStream, Delta, Model, Parallel, RunContext, input, map, passthrough, testing::FakeLlm};
use futures::{StreamExt, channel::oneshot};

/// A model that writes "a" and then waits until the sender is used before it writes "b".
fn gated() -> (Model<FakeLlm>, oneshot::Sender<()>) {
    let (open, gate) = oneshot::channel();
    let fake = FakeLlm::scripted([["a"]])
        .then_wait(async move {
            let _ = gate.await;
        })
        .then_write("b");
    (Model::new(fake), open)
}

/// Nothing but the first increment comes while the gate is closed, and the rest once it is open.
fn passes_at_once(mut chunks: ChunkStream<'_, String>, open: oneshot::Sender<()>, rest: &[Chunk<String>]) {
    let first = ready_now(&mut chunks).expect("the first increment is there").unwrap().unwrap();
    assert_eq!(first, text("a"));
    assert!(ready_now(&mut chunks).is_none(), "the second is not written yet");
    open.send(()).unwrap();
    let got: Vec<_> = crate::support::block_on(chunks.map(Result::unwrap).collect());
    assert_eq!(got, rest);
}

fn ab() -> [Chunk<String>; 2] {
    [text("b"), Chunk::Done("ab".to_owned())]
}

#[test]
fn out_of_a_model() {
    let (llm, open) = gated();
    passes_at_once(llm.stream("x"), open, &ab());
}

#[test]
fn through_steps_that_pass_it_on() {
    let (llm, open) = gated();
    let chain = llm | passthrough() | passthrough();
    passes_at_once(chain.stream("x"), open, &ab());
}

#[test]
fn through_a_step_that_changes_it() {
    let (llm, open) = gated();
    let chain = llm | Upper;
    let mut chunks = chain.stream("x");
    assert_eq!(ready_now(&mut chunks).unwrap().unwrap().unwrap(), text("A"));
    assert!(ready_now(&mut chunks).is_none());
    drop(open);
    assert_eq!(ready_now(&mut chunks).unwrap().unwrap().unwrap(), text("B"));
}

#[test]
fn behind_steps_that_cannot_stream() {
    let (llm, open) = gated();
    let chain = input::<String>() | map(|text: String| text) | (|text: String| async move { Ok(text) }) | llm;
    passes_at_once(chain.stream("x"), open, &ab());
}

#[test]
fn through_an_erased_chain() {
    let (llm, open) = gated();
    let chain = (llm | passthrough()).erase();
    passes_at_once(chain.stream("x"), open, &ab());
}

#[test]
fn through_an_erased_step_inside_of_an_erased_chain() {
    let (llm, open) = gated();
    let inner = (input::<String>() | llm | passthrough()).erase();
    let chain = (input::<String>() | inner | passthrough()).erase();
    passes_at_once(chain.stream("x"), open, &ab());
}

#[test]
fn through_nested_chains() {
    let (llm, open) = gated();
    let inner = (input::<String>() | llm | passthrough()).named("inner");
    let chain = input::<String>() | inner | (input::<String>() | passthrough());
    passes_at_once(chain.stream("x"), open, &ab());
}

#[test]
fn out_of_a_stream_that_owns_its_chain() {
    let (llm, open) = gated();
    let chunks = (llm | passthrough()).erase().into_stream("x", RunContext::new());
    passes_at_once(chunks, open, &ab());
}

/// A tuple waits for all its members; the model in it is not held up by the others, and nothing comes early.
#[test]
fn a_tuple_waits_for_its_members() {
    let (llm, open) = gated();
    let chain =
        input::<String>() | (llm, passthrough()) | map(|(answer, question): (String, String)| question + &answer);
    let mut chunks = chain.stream("x");
    assert!(ready_now(&mut chunks).is_none());
    open.send(()).unwrap();
    assert_eq!(ready_now(&mut chunks).unwrap().unwrap().unwrap(), Chunk::Done("xab".to_owned()));
}

/// Each branch has an increment before the next is written, though one of them waits for the whole.
#[test]
fn into_a_tuple() {
    let (llm, open) = gated();
    let chain = llm | (passthrough(), Upper, map(|text: String| text.len()));
    let rest = branches_at_once(chain.stream("x"), open);
    assert_eq!(rest, Chunk::Done(("ab".to_owned(), "AB".to_owned(), 2)));
}

#[test]
fn into_named_branches() {
    let (llm, open) = gated();
    let chain = llm | Parallel::new().with("0", passthrough()).with("1", Upper);
    let Chunk::Done(values) = branches_at_once(chain.stream("x"), open) else { panic!("the value is there") };
    assert_eq!((values["0"].as_str(), values["1"].as_str()), ("ab", "AB"));
}

fn branches_at_once<T>(mut chunks: ChunkStream<'_, T>, open: oneshot::Sender<()>) -> Chunk<T> {
    let mut next = || match ready_now(&mut chunks).expect("an increment is there") {
        Some(Ok(Chunk::Delta(Delta::Branch { branch, delta }))) => (branch.to_string(), *delta),
        _ => panic!("it is that of a branch"),
    };
    let mut seen = [next(), next()];
    seen.sort_by(|(a, _), (b, _)| a.cmp(b));
    assert_eq!(seen, [("0".to_owned(), Delta::Text("a".to_owned())), ("1".to_owned(), Delta::Text("A".to_owned()))]);
    assert!(ready_now(&mut chunks).is_none(), "the second is not written yet");
    open.send(()).unwrap();
    let mut rest: Vec<_> = crate::support::block_on(chunks.map(Result::unwrap).collect());
    assert_eq!(rest.len(), 3);
    rest.pop().unwrap()
}
