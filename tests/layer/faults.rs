//! Databases of answers that fail, and callers who leave, at each await there is.
use crate::{awaits::at_each_await, support::counting};
use catena::{
    ErrorKind,
    layer::{Cached, SqliteCache},
};
use futures::executor::block_on;
use std::{fs, path::Path};
use tempfile::TempDir;

fn open(file: &Path) -> SqliteCache {
    block_on(SqliteCache::open(file)).unwrap()
}

#[test]
fn whoever_stops_waiting_leaves_a_cache_that_works() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("answers.db");
    let cache = at_each_await(|| SqliteCache::open(&file), || drop(open(&file))).unwrap();
    let llm = counting().cached(cache.clone());
    let answers_again = || {
        let first = block_on(llm.invoke("other")).unwrap();
        assert_eq!(block_on(llm.invoke("other")).unwrap(), first);
    };
    // Looked for, answered, kept.
    let answer = at_each_await(|| llm.invoke("a"), answers_again).unwrap();
    assert_eq!(block_on(llm.invoke("a")).unwrap(), answer);
    // Found.
    assert_eq!(at_each_await(|| llm.invoke("a"), answers_again).unwrap(), answer);
    at_each_await(|| async { cache.clear().await }, answers_again).unwrap();
    assert_ne!(block_on(llm.invoke("a")).unwrap(), answer);
}

/// A database in a format that this SQLite may read and not write: what it is to everybody is a file that is read-only.
#[test]
fn a_cache_that_may_only_be_read_answers_and_keeps_nothing() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("answers.db");
    let kept = block_on(counting().cached(open(&file)).invoke("kept")).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes[18] = 3;
    fs::write(&file, &bytes).unwrap();

    let cache = open(&file);
    let llm = counting().cached(cache.clone());
    assert_eq!(block_on(llm.invoke("kept")).unwrap(), kept);
    let error = block_on(llm.invoke("new")).unwrap_err();
    assert_eq!((error.kind(), error.path(), error.partial()), (ErrorKind::Io, file.to_str(), Some("answer 1")));
    assert_eq!(error.message(), "the database cannot be written, and nothing was changed");
    assert_eq!(block_on(cache.clear()).unwrap_err().kind(), ErrorKind::Io);
    let lenient = counting().cached_with(cache, Cached::lenient);
    assert_eq!(block_on(lenient.invoke("new")).unwrap(), "answer 1");
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

/// Wherever a file is damaged: an answer is that of the model, or one that was kept, or there is an error.
#[test]
fn a_damaged_database_gives_no_wrong_answers() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("answers.db");
    let prompts: Vec<String> = (0..60).map(|n| format!("prompt {n}")).collect();
    let llm = counting().cached(open(&file));
    let answers: Vec<String> = prompts.iter().map(|prompt| block_on(llm.invoke(prompt)).unwrap()).collect();
    drop(llm);
    let bytes = fs::read(&file).unwrap();
    let mut failures = 0;
    for part in 0..8 {
        let mut damaged = bytes.clone();
        let (from, to) = (bytes.len() * part / 8, bytes.len() * (part + 1) / 8);
        damaged[from..to].fill(0xa5);
        fs::write(&file, &damaged).unwrap();
        let cache = match block_on(SqliteCache::open(&file)) {
            Ok(cache) => cache,
            Err(error) => {
                assert_eq!((error.kind(), error.path()), (ErrorKind::Io, file.to_str()), "{error}");
                failures += 1;
                continue;
            }
        };
        // Other answers than were kept.
        let asked = catena::Model::new(catena::testing::FakeLlm::always("anew")).cached(cache);
        for (prompt, answer) in prompts.iter().zip(&answers) {
            match block_on(asked.invoke(prompt)) {
                Ok(text) => assert!(text == *answer || text == "anew", "{text:?}"),
                Err(error) => {
                    assert!(matches!(error.kind(), ErrorKind::Io | ErrorKind::Parse), "{error}");
                    failures += 1;
                }
            }
        }
    }
    assert!(failures > 0);
}
