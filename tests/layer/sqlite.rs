//! Answers in a database outlive the process, and a database that fails is told.
use crate::support::counting;
use catena::{ErrorKind, layer::SqliteCache};
use rusqlite::Connection;
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(20);

#[tokio::test]
async fn answers_are_there_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.db");
    counting().cached(SqliteCache::open(&path).await.unwrap()).invoke("a").await.unwrap();

    let cache = SqliteCache::open(&path).await.unwrap();
    let llm = counting().cached(cache.clone());
    assert!(llm.detailed().invoke("a").await.unwrap().cached);
    cache.clear().await.unwrap();
    assert!(!llm.detailed().invoke("a").await.unwrap().cached);
}

#[tokio::test]
async fn many_at_once_share_one_connection() {
    let folder = tempfile::tempdir().unwrap();
    let llm = counting().cached(SqliteCache::open(folder.path().join("answers.db")).await.unwrap());
    let prompts: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    let first = futures::future::join_all(prompts.iter().map(|prompt| llm.invoke(prompt))).await;
    let again = futures::future::join_all(prompts.iter().map(|prompt| llm.invoke(prompt))).await;
    assert_eq!(
        first.into_iter().map(Result::unwrap).collect::<Vec<_>>(),
        again.into_iter().map(Result::unwrap).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn what_is_no_database_is_told_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "not a database, but long enough to be taken for one ".repeat(100)).unwrap();
    for path in [text.as_path(), folder.path(), &folder.path().join("no/folder/answers.db")] {
        let error = SqliteCache::open(path).await.unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Io, path.to_str()), "{error}");
    }
}

#[tokio::test]
async fn a_locked_database_is_an_error_and_the_answer_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.db");
    let llm = counting().cached(SqliteCache::open_with_timeout(&path, SHORT).await.unwrap());
    let other = Connection::open(&path).unwrap();

    // Others may read, none may write.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = llm.invoke("a").await.unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Io, Some("answer 1")), "{error}");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(llm.invoke("a").await.unwrap(), "answer 2");

    // None may even read: the model is not asked.
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = llm.invoke("a").await.unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Io, None), "{error}");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(llm.invoke("b").await.unwrap(), "answer 3");
}

#[tokio::test]
async fn a_damaged_answer_is_an_error_until_it_is_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.db");
    let cache = SqliteCache::open(&path).await.unwrap();
    let llm = counting().cached(cache.clone());
    llm.invoke("a").await.unwrap();
    Connection::open(&path).unwrap().execute("UPDATE catena_answers SET answer = '{'", []).unwrap();
    assert_eq!(llm.invoke("a").await.unwrap_err().kind(), ErrorKind::Parse);
    cache.clear().await.unwrap();
    assert_eq!(llm.invoke("a").await.unwrap(), "answer 2");
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_any_more_leaves_the_cache_usable() {
    let folder = tempfile::tempdir().unwrap();
    let llm = counting().cached(SqliteCache::open(folder.path().join("answers.db")).await.unwrap());
    for polls in 0..6 {
        let mut call = Box::pin(llm.invoke(format!("{polls}")));
        for _ in 0..polls {
            if futures::poll!(call.as_mut()).is_ready() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    llm.invoke("last").await.unwrap();
    assert!(llm.detailed().invoke("last").await.unwrap().cached);
}
