//! The run tree as text.
use crate::support::{Page, block_on, chain, fails, never};
use catena::{
    DynRunnable, Model, Result, RunContext, callback::ConsoleTree, input, map, passthrough, testing::FakeLlm,
};
use futures::{FutureExt, StreamExt};
use std::io::{self, Write};

/// The page with every time replaced by `T`.
fn lines(page: &Page) -> Vec<String> {
    page.text().lines().map(untimed).collect()
}

fn untimed(line: &str) -> String {
    let (before, after) = line.split_once(" ms  ").expect("every line has a time");
    let (name, time) = before.trim_end().rsplit_once(' ').unwrap();
    assert!(time.parse::<f64>().unwrap() >= 0.0, "{line}");
    format!("{} T {after}", name.trim_end())
}

#[test]
fn draws_the_tree_with_outcomes() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    block_on(chain(DynRunnable::new(passthrough())).invoke_in("a question", &cx)).unwrap();
    let wanted = [
        "story T ok",
        "├─ map T ok",
        "├─ ask T ok",
        "│  └─ fake T ok (2 tokens read, 2 written)",
        "└─ Passthrough T ok",
    ];
    assert_eq!(lines(&page), wanted);
}

#[test]
fn the_columns_are_aligned() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    block_on(chain(DynRunnable::new(passthrough())).invoke_in("x", &cx)).unwrap();
    let columns: Vec<_> = page
        .text()
        .lines()
        .map(|line| line.chars().collect::<String>().split(" ms  ").next().unwrap().chars().count())
        .collect();
    assert!(columns.windows(2).all(|pair| pair[0] == pair[1]), "{}", page.text());
}

#[test]
fn a_failure_is_told_where_it_happened() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    let inner = (input::<String>() | fails).named("inner").erase();
    block_on(chain(inner).invoke_in("x", &cx)).unwrap_err();
    let got = lines(&page);
    assert_eq!(got[0], "story T failed in `fails`");
    assert_eq!(got[4..], ["└─ inner T failed in `fails`", "   └─ fails T failed: the well is dry"]);
}

#[test]
fn an_error_from_an_unseen_chain_is_told_in_full() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    let unseen = |text: String| async move { (input::<String>() | fails).invoke(text).await };
    block_on((input::<String>() | unseen).invoke_in("x", &cx)).unwrap_err();
    assert_eq!(lines(&page)[1], "└─ closure T failed: the well is dry (in step `fails`)");
}

#[test]
fn what_is_dropped_is_cancelled() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    let chain = chain(DynRunnable::new(never));
    assert!(chain.invoke_in("x", &cx).now_or_never().is_none());
    assert_eq!(lines(&page)[0], "story T cancelled");
    assert_eq!(lines(&page)[4], "└─ never T cancelled");
}

/// Steps side by side are drawn in the order in which they began, not in which they ended.
#[test]
fn members_of_a_tuple_keep_their_order() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    let slow = |text: String| async move {
        let mut polled = false;
        futures::future::poll_fn(move |task| {
            task.waker().wake_by_ref();
            if std::mem::replace(&mut polled, true) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        Ok(text)
    };
    block_on((input::<String>() | (slow, passthrough())).invoke_in("x", &cx)).unwrap();
    assert_eq!(lines(&page), ["chain T ok", "└─ parallel T ok", "   ├─ 0:closure T ok", "   └─ 1:Passthrough T ok"]);
}

/// Two invocations that run in turns are written one after the other.
#[test]
fn invocations_side_by_side_do_not_mix() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    let names = ["first", "second", "third"];
    let chains = names.map(|name| (Model::new(FakeLlm::always("a b c")) | map(|text: String| text)).named(name));
    block_on(async {
        let mut streams: Vec<_> = chains.iter().map(|chain| chain.stream_in("x", &cx)).collect();
        for _ in 0..4 {
            for stream in &mut streams {
                stream.next().await;
            }
        }
    });
    let tree = |name| [format!("{name} T ok"), "├─ fake T ok (1 tokens read, 3 written)".into(), "└─ map T ok".into()];
    let mut trees = lines(&page).chunks(3).map(<[String]>::to_vec).collect::<Vec<_>>();
    trees.sort();
    assert_eq!(trees, names.map(|name| tree(name).to_vec()));
}

#[test]
fn invocations_on_many_threads_do_not_mix() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    block_on(chain(DynRunnable::new(passthrough())).invoke_in("x", &cx)).unwrap();
                }
            });
        }
    });
    let lines = lines(&page);
    assert_eq!(lines.len(), 8 * 20 * 5);
    assert!(lines.chunks(5).all(|tree| tree[0] == "story T ok" && tree[4] == "└─ Passthrough T ok"));
}

/// A handler of a model sees its answers only, each of them a tree.
#[test]
fn a_models_own_handler_draws_its_answers() {
    let page = Page::default();
    let llm = Model::new(FakeLlm::always("a b")).with_callback(ConsoleTree::to(page.clone()));
    block_on((input::<String>() | llm.clone() | map(|text: String| text)).invoke("x")).unwrap();
    block_on(llm.invoke("x")).unwrap();
    assert_eq!(lines(&page), ["fake T ok (1 tokens read, 2 written)"; 2]);
}

#[test]
fn neither_prompt_nor_answer_is_written() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    block_on(chain(DynRunnable::new(passthrough())).invoke_in("private question", &cx)).unwrap();
    assert!(!page.text().contains("private") && !page.text().contains("secret"), "{}", page.text());
}

#[test]
fn names_cannot_steer_the_terminal() {
    let page = Page::default();
    let cx = RunContext::new().with(ConsoleTree::to(page.clone()));
    let chain = (input::<u8>() | map(|n: u8| n)).named("\u{1b}[2Jevil\nname");
    block_on(chain.invoke_in(1_u8, &cx)).unwrap();
    assert_eq!(page.text().lines().count(), 2);
    assert!(!page.text().contains('\u{1b}'));
}

#[test]
fn a_closed_output_ends_no_run() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    let cx = RunContext::new().with(ConsoleTree::to(Closed));
    let result: Result<String> = block_on(chain(DynRunnable::new(passthrough())).invoke_in("x", &cx));
    assert!(result.is_ok());
}

#[test]
fn nothing_is_kept_of_ended_runs() {
    let tree = std::sync::Arc::new(ConsoleTree::to(io::sink()));
    let cx = RunContext::new().with(tree.clone());
    for _ in 0..3 {
        block_on(chain(DynRunnable::new(passthrough())).invoke_in("x", &cx)).unwrap();
        let chain = chain(DynRunnable::new(passthrough()));
        let mut chunks = chain.stream_in("x", &cx);
        block_on(chunks.next());
    }
    assert_eq!(format!("{tree:?}"), "ConsoleTree { open: 0, .. }");
}
