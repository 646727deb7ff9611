//! Databases that fail, and callers who leave, at each await there is.
use crate::awaits::at_each_await;
use catena::{
    ChatPrompt, ErrorKind, Message, MessageHistory, Model, Session, SqliteHistory, Vars, testing::FakeLlm,
    with_message_history,
};
use futures::{StreamExt, executor::block_on};
use std::{fs, path::Path};
use tempfile::TempDir;

fn turn(n: usize) -> [Message; 2] {
    [Message::user(format!("question {n}")), Message::assistant("answer")]
}

fn said(history: &SqliteHistory) -> Vec<Message> {
    block_on(history.messages("s")).unwrap()
}

/// Whole turns, in whatever number.
fn whole(said: &[Message]) {
    assert!(said.len() % 2 == 0, "{said:?}");
    for pair in said.chunks(2) {
        assert!(pair[0].content.starts_with("question") && pair[1].content == "answer", "{said:?}");
    }
}

fn talking(history: SqliteHistory) -> Session<impl catena::Runnable<Vars, Output = String>> {
    let prompt = ChatPrompt::from_messages([("placeholder", "{history}"), ("user", "{input}")]).unwrap();
    with_message_history(prompt | Model::new(FakeLlm::always("answer")), history).session("s")
}

#[test]
fn whoever_stops_opening_leaves_a_database_that_can_be_opened() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("history.db");
    let opened = at_each_await(|| SqliteHistory::open(&file), || assert_eq!(said(&open(&file)), []));
    assert_eq!(said(&opened.unwrap()), []);
}

fn open(file: &Path) -> SqliteHistory {
    block_on(SqliteHistory::open(file)).unwrap()
}

#[test]
fn whoever_stops_waiting_leaves_whole_turns() {
    let folder = TempDir::new().unwrap();
    let history = open(&folder.path().join("history.db"));
    let look = || whole(&said(&history));
    at_each_await(|| async { history.append("s", &turn(1)).await }, look).unwrap();
    assert_eq!(said(&history).last(), turn(1).last());
    at_each_await(|| async { history.messages("s").await }, look).unwrap();

    let session = talking(history.clone());
    let before = said(&history).len();
    at_each_await(|| session.invoke([("input", "question 2")]), look).unwrap();
    let after = said(&history).len();
    // What was begun to be kept is kept, though nobody waited for it any more.
    assert!(after >= before + 2, "{after}");
    let streamed = at_each_await(|| session.stream([("input", "question 3")]).collect::<Vec<_>>(), look);
    assert!(streamed.iter().all(Result::is_ok));
    assert!(said(&history).len() >= after + 2);

    at_each_await(|| async { history.clear("s").await }, look).unwrap();
    assert_eq!(said(&history), []);
    block_on(history.append("s", &turn(4))).unwrap();
    assert_eq!(said(&history), turn(4));
}

/// A database in a format that this SQLite may read and not write: what it is to everybody is a file that is read-only.
#[test]
fn a_database_that_may_only_be_read_is_told_and_read() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("history.db");
    block_on(open(&file).append("s", &turn(1))).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    assert_eq!(&bytes[..15], b"SQLite format 3");
    bytes[18] = 3;
    fs::write(&file, &bytes).unwrap();

    let history = open(&file);
    for outcome in [block_on(history.append("s", &turn(2))), block_on(history.clear("s"))] {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Io, file.to_str()));
        assert_eq!(error.message(), "the database cannot be written, and nothing was changed");
    }
    let error = block_on(talking(history.clone()).invoke([("input", "question 2")])).unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Io, Some("answer")));
    assert_eq!(said(&history), turn(1));
    drop(history);
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

/// What is left of a file is no shorter history. Only of nothing at all SQLite cannot say that something is missing, and it
/// takes one byte for nothing.
#[test]
fn a_file_that_is_cut_off_is_told() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("history.db");
    let history = open(&file);
    for n in 0..100 {
        block_on(history.append("s", &turn(n))).unwrap();
    }
    drop(history);
    let bytes = fs::read(&file).unwrap();
    for length in [15, 99, 100, 512, 4096, bytes.len() / 2] {
        fs::write(&file, &bytes[..length]).unwrap();
        let read = block_on(async { SqliteHistory::open(&file).await?.messages("s").await });
        assert_eq!(read.unwrap_err().kind(), ErrorKind::Io, "cut off at {length}");
    }
}
