//! Answers kept in an SQLite database.
use super::{Answer, Cache};
use crate::{Error, ErrorKind, Result, sqlite::Database};
use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};
use std::{path::Path, time::Duration};

/// How long a locked database is waited for.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Answers kept in an SQLite database, which several processes may use at once. Clones share the connection, which
/// lives on a thread of its own, so that no caller is blocked by the disk.
///
/// The file holds prompts and answers in clear: keep it as you would keep them.
///
/// # Examples
///
/// ```
/// use catena::{Model, layer::SqliteCache, testing::FakeLlm};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("answers.db");
/// # futures::executor::block_on(async {
/// let llm = Model::new(FakeLlm::scripted([["Paris"]])).cached(SqliteCache::open(&path).await?);
/// llm.invoke("The capital of France?").await?;
///
/// // In the next process:
/// let llm = Model::new(FakeLlm::scripted([["Lyon"]])).cached(SqliteCache::open(&path).await?);
/// assert_eq!(llm.invoke("The capital of France?").await?, "Paris");
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct SqliteCache(Database);

impl SqliteCache {
    /// Opens or makes a database.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file cannot be opened, is no database, or is locked for more than five seconds.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        SqliteCache::open_with_timeout(path, TIMEOUT).await
    }

    /// Opens or makes a database, waiting so long where another process has locked it.
    ///
    /// # Errors
    /// As [`open`](SqliteCache::open).
    pub async fn open_with_timeout(path: impl AsRef<Path>, timeout: Duration) -> Result<Self> {
        let table =
            "CREATE TABLE IF NOT EXISTS catena_answers (request TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID";
        let database = Database::open(path.as_ref(), timeout).await?;
        database.run(move |connection| connection.execute_batch(table)).await?;
        Ok(SqliteCache(database))
    }

    /// Forgets all answers.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the database cannot be written.
    pub async fn clear(&self) -> Result<()> {
        self.0.run(|connection| connection.execute("DELETE FROM catena_answers", []).map(drop)).await
    }
}

#[async_trait]
impl Cache for SqliteCache {
    async fn get(&self, key: &str) -> Result<Option<Answer>> {
        let key = key.to_owned();
        let select = "SELECT answer FROM catena_answers WHERE request = ?1";
        let found = self.0.run(move |connection| {
            connection.prepare_cached(select)?.query_row(params![key], |row| row.get::<_, String>(0)).optional()
        });
        let Some(text) = found.await? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            let message = format!("an answer in the cache is damaged: {error}; clear the cache");
            self.0.at_path(Error::new(ErrorKind::Parse, message).with_source(error))
        })
    }

    async fn put(&self, key: &str, answer: &Answer) -> Result<()> {
        let key = key.to_owned();
        let text = serde_json::to_string(answer).map_err(|error| {
            Error::new(ErrorKind::Io, format!("the answer cannot be kept: {error}")).with_source(error)
        })?;
        let insert = "INSERT OR REPLACE INTO catena_answers (request, answer) VALUES (?1, ?2)";
        let kept =
            self.0.run(move |connection| connection.prepare_cached(insert)?.execute(params![key, text]).map(drop));
        kept.await
    }
}
