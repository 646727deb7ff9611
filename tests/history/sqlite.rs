//! Conversations in a file, and what can go wrong with files.
use catena::{
    ChatPrompt, ErrorKind, Message, MessageHistory, Model, SqliteHistory, testing::FakeLlm, with_message_history,
};
use futures::{FutureExt, executor::block_on, future::join_all};
use rusqlite::Connection;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

fn folder() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("history.db");
    (folder, file)
}

fn open(file: &Path) -> SqliteHistory {
    block_on(SqliteHistory::open_with_timeout(file, Duration::from_millis(50))).unwrap()
}

fn turn(n: usize) -> [Message; 2] {
    [Message::user(format!("question {n}")), Message::assistant(format!("answer {n}"))]
}

fn said(history: &SqliteHistory, session: &str) -> Vec<Message> {
    block_on(history.messages(session)).unwrap()
}

#[test]
fn it_outlives_the_process() {
    let (_folder, file) = folder();
    let llm = Model::new(FakeLlm::always("Grüße \"x\"\0'"));
    let prompt = ChatPrompt::from_messages([("placeholder", "{history}"), ("user", "{input}")]).unwrap();
    let session = with_message_history(prompt | llm, open(&file)).session("a'b");
    block_on(session.invoke([("input", "ü; DROP TABLE catena_history")])).unwrap();
    drop(session);
    let again = open(&file);
    let expected = [Message::user("ü; DROP TABLE catena_history"), Message::assistant("Grüße \"x\"\0'")];
    assert_eq!(said(&again, "a'b"), expected);
    assert_eq!(said(&again, "other"), []);
    block_on(again.clear("a'b")).unwrap();
    assert_eq!(said(&again, "a'b"), []);
}

#[test]
fn what_is_no_database_is_told_and_left_alone() {
    let (folder, file) = folder();
    let failed = |path: &Path| {
        let error = block_on(SqliteHistory::open_with_timeout(path, Duration::from_millis(50))).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Io, Some(path.display().to_string().as_str())), "{error}");
        error.message().to_owned()
    };
    failed(folder.path());
    failed(&folder.path().join("missing/history.db"));
    fs::write(&file, "this is no database, but it is long enough to be looked at").unwrap();
    let text = fs::read(&file).unwrap();
    assert_eq!(failed(&file), "the file is no SQLite database");
    assert_eq!(fs::read(&file).unwrap(), text);
}

#[test]
fn a_damaged_database_is_told() {
    let (_folder, file) = folder();
    let history = open(&file);
    block_on(async {
        for n in 0..200 {
            history.append("s", &turn(n)).await.unwrap();
        }
    });
    drop(history);
    let mut bytes = fs::read(&file).unwrap();
    let from = bytes.len() / 3;
    bytes[from..].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    // Wherever it shows, it is an error and not a shorter history.
    let read = block_on(async {
        let history = SqliteHistory::open_with_timeout(&file, Duration::from_millis(50)).await?;
        history.messages("s").await
    });
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Io);
}

#[test]
fn a_row_that_is_no_message_is_told() {
    let (_folder, file) = folder();
    let history = open(&file);
    block_on(history.append("s", &turn(1))).unwrap();
    let other = Connection::open(&file).unwrap();
    other.execute("INSERT INTO catena_history (session, message) VALUES ('s', '{\"role\":\"robot\"}')", []).unwrap();
    let error = block_on(history.messages("s")).unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Io, Some("{\"role\":\"robot\"}")));
}

#[test]
fn a_locked_database_is_told_and_nothing_is_lost() {
    let (_folder, file) = folder();
    let history = open(&file);
    block_on(history.append("s", &turn(1))).unwrap();
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    for outcome in [
        block_on(history.append("s", &turn(2))),
        block_on(history.clear("s")),
        block_on(history.messages("s")).map(|_| ()),
        block_on(SqliteHistory::open_with_timeout(&file, Duration::from_millis(50))).map(|_| ()),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.message().contains("locked"), "{error}");
    }
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(said(&history, "s"), turn(1));
    block_on(history.append("s", &turn(2))).unwrap();
    assert_eq!(said(&history, "s"), [turn(1), turn(2)].concat());
}

#[test]
fn whoever_stops_opening_a_locked_database_does_not_wait_for_it() {
    let (_folder, file) = folder();
    drop(open(&file));
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let mut opening = Box::pin(SqliteHistory::open_with_timeout(&file, Duration::from_secs(600)));
    assert!((&mut opening).now_or_never().is_none());
    // Would take the ten minutes.
    drop(opening);
    other.execute_batch("COMMIT").unwrap();
    drop(block_on(SqliteHistory::open_with_timeout(&file, Duration::MAX)).unwrap());
}

#[test]
fn an_answer_that_meets_a_locked_database_is_in_the_error() {
    let (_folder, file) = folder();
    let prompt = ChatPrompt::from_messages([("placeholder", "{history}"), ("user", "{input}")]).unwrap();
    let locking = file.clone();
    // Locked while the model writes: after the history was read, before the turn is kept.
    let lock = async move {
        let other = Connection::open(&locking).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        std::mem::forget(other);
    };
    let llm = Model::new(FakeLlm::scripted([["the "]]).then_wait(lock).then_write("answer"));
    let session = with_message_history(prompt | llm, open(&file)).session("s");
    let error = block_on(session.invoke([("input", "1")])).unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Io, Some("the answer")));
}

#[cfg(unix)]
#[test]
fn a_database_that_cannot_be_written_is_told() {
    let (_folder, file) = folder();
    block_on(open(&file).append("s", &turn(1))).unwrap();
    let other = Connection::open(&file).unwrap();
    // The pragma holds for one connection; a trigger that refuses holds for all.
    let trigger = "CREATE TRIGGER refuse BEFORE INSERT ON catena_history WHEN NEW.message LIKE '%answer 2%' \
                   BEGIN SELECT RAISE(ABORT, 'refused'); END";
    other.execute_batch(trigger).unwrap();
    let history = open(&file);
    // The second message of the turn is refused, so the first is not kept either.
    let error = block_on(history.append("s", &turn(2))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(said(&history, "s"), turn(1));
}

/// Whoever stops waiting, after however many polls: a turn is kept whole or not at all, and the history goes on.
#[test]
fn dropped_at_every_await_it_keeps_whole_turns() {
    let (_folder, file) = folder();
    let history = open(&file);
    for polls in 0..4 {
        for n in 0..20 {
            let mut append = Box::pin(async { history.append("s", &turn(n)).await });
            for _ in 0..polls {
                if (&mut append).now_or_never().is_some() {
                    break;
                }
            }
            drop(append);
            let mut read = Box::pin(async { history.messages("s").await });
            let _ = (&mut read).now_or_never();
            drop(read);
        }
        let said = said(&history, "s");
        assert!(said.len() % 2 == 0);
        for pair in said.chunks(2) {
            let n = pair[0].content.rsplit_once(' ').unwrap().1.parse().unwrap();
            assert_eq!(pair, turn(n));
        }
    }
    block_on(async { SqliteHistory::open(&file).now_or_never() });
    block_on(history.append("s", &turn(99))).unwrap();
    assert_eq!(said(&history, "s").last(), turn(99).last());
}

#[test]
fn turns_of_many_at_once_do_not_mix() {
    let (_folder, file) = folder();
    let one = block_on(SqliteHistory::open(&file)).unwrap();
    let two = block_on(SqliteHistory::open(&file)).unwrap();
    let turns: Vec<_> = (0..40).map(turn).collect();
    let appends = turns.iter().enumerate().map(|(n, turn)| if n % 2 == 0 { &one } else { &two }.append("s", turn));
    for outcome in block_on(join_all(appends)) {
        outcome.unwrap();
    }
    let said = said(&one, "s");
    assert_eq!(said.len(), 80);
    for pair in said.chunks(2) {
        let n = pair[0].content.rsplit_once(' ').unwrap().1.parse().unwrap();
        assert_eq!(pair, turn(n));
    }
}
