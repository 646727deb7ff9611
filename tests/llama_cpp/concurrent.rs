//! Many callers of one model.
use super::{load, steady::steady};
use catena::{Error, GenerateOptions, LlamaCpp, Model};
use futures::{StreamExt, executor::block_on};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

fn greedy() -> Model<LlamaCpp> {
    load(steady()).with_options(GenerateOptions::new().temperature(0.0).max_tokens(24))
}

fn prompt(call: usize) -> String {
    format!("Call {} of the day:", call % 40)
}

#[test]
fn calls_from_eight_threads_a_third_of_them_dropped() {
    let llm = greedy();
    let serial: HashMap<usize, String> =
        (0..40).map(|call| (call, block_on(llm.invoke(prompt(call))).unwrap())).collect();
    let serial = Arc::new(serial);
    let next = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (llm, serial, next) = (llm.clone(), Arc::clone(&serial), Arc::clone(&next));
            thread::spawn(move || {
                let (mut answered, mut dropped) = (0, 0);
                loop {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    if call >= 200 {
                        return (answered, dropped);
                    }
                    // A fixed mix of the number stands for chance, so that a failure comes again.
                    let mix = call.wrapping_mul(2_654_435_761) >> 7;
                    if mix % 3 == 0 {
                        let deltas = mix % 11;
                        let read: Vec<_> = block_on(llm.stream_text(prompt(call)).take(deltas).collect());
                        let text: Result<String, Error> = read.into_iter().collect();
                        assert!(serial[&(call % 40)].starts_with(&text.unwrap()));
                        dropped += 1;
                    } else {
                        assert_eq!(block_on(llm.invoke(prompt(call))).unwrap(), serial[&(call % 40)]);
                        answered += 1;
                    }
                }
            })
        })
        .collect();
    let (answered, dropped) = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .fold((0, 0), |(a, d), (answered, dropped)| (a + answered, d + dropped));
    assert_eq!(answered + dropped, 200);
    assert!((50..85).contains(&dropped), "{dropped}");
    // All is as before for who comes now.
    assert_eq!(block_on(llm.invoke(prompt(7))).unwrap(), serial[&7]);
}

#[tokio::test]
async fn a_batch_equals_its_parts() {
    let chain = catena::input::<String>() | greedy();
    let prompts: Vec<String> = (0..12).map(prompt).collect();
    let together = chain.batch(prompts.clone(), 5).await;
    for (prompt, text) in prompts.into_iter().zip(together) {
        assert_eq!(text.unwrap(), chain.invoke(prompt).await.unwrap());
    }
}

#[test]
fn several_models_load_and_write_at_once() {
    let texts: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| block_on(greedy().invoke("At once")).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
}

#[test]
fn a_handle_may_be_dropped_while_it_is_asked() {
    let llm = greedy();
    let chain = (catena::input::<String>() | llm.clone()).erase();
    drop(llm);
    let mut stream = chain.into_stream("Once".to_owned(), catena::RunContext::new());
    block_on(async {
        stream.next().await.unwrap().unwrap();
    });
    drop(stream);
}
