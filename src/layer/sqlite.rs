//! Answers kept in an `SQLite` database.
use super::{Answer, Cache};
use crate::{Error, ErrorKind, Result};
use async_trait::async_trait;
use futures::channel::oneshot;
use rusqlite::{Connection, OptionalExtension, params};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

/// Answers kept in an `SQLite` database, which several processes may use at once. Clones share the connection, which
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
/// let llm = Model::new(FakeLlm::scripted([["Paris"]])).cached(SqliteCache::open(&path)?);
/// llm.invoke("The capital of France?").await?;
///
/// // In the next process:
/// let llm = Model::new(FakeLlm::scripted([["Lyon"]])).cached(SqliteCache::open(&path)?);
/// assert_eq!(llm.invoke("The capital of France?").await?, "Paris");
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct SqliteCache {
    path: PathBuf,
    jobs: mpsc::Sender<Job>,
}

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// How long a locked database is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

impl SqliteCache {
    /// Opens or makes a database.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the file cannot be opened, is no database, or is locked for more than five seconds.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        SqliteCache::open_patiently(path, PATIENCE)
    }

    /// Opens or makes a database, waiting so long where another process has locked it.
    ///
    /// # Errors
    /// As [`open`](SqliteCache::open).
    pub fn open_patiently(path: impl AsRef<Path>, patience: Duration) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let failed = |error| failure("opened", &path, error);
        let connection = Connection::open(&path).map_err(failed)?;
        connection.busy_timeout(patience).map_err(failed)?;
        connection
            .execute_batch(
                "CREATE TABLE IF NOT EXISTS answers (request TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID",
            )
            .map_err(failed)?;
        let (jobs, waiting) = mpsc::channel::<Job>();
        // It ends with the last clone, whose sender ends the loop.
        thread::Builder::new()
            .name("catena-sqlite".into())
            .spawn(move || waiting.iter().for_each(|job| job(&connection)))
            .map_err(|error| {
                Error::new(ErrorKind::Io, format!("no thread for the cache: {error}")).with_source(error)
            })?;
        Ok(SqliteCache { path, jobs })
    }

    /// Forgets all answers.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the database cannot be written.
    pub async fn clear(&self) -> Result<()> {
        self.ask("cleared", |db| db.execute("DELETE FROM answers", []).map(drop)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        what: &'static str,
        job: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let gone = || {
            Error::new(ErrorKind::Closed, "the thread of the cache is gone").with_path(self.path.display().to_string())
        };
        let job: Job = Box::new(move |db| drop(reply.send(job(db))));
        self.jobs.send(job).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?.map_err(|error| failure(what, &self.path, error))
    }
}

fn failure(what: &str, path: &Path, error: rusqlite::Error) -> Error {
    Error::new(ErrorKind::Io, format!("the cache cannot be {what}: {error}"))
        .with_path(path.display().to_string())
        .with_source(error)
}

#[async_trait]
impl Cache for SqliteCache {
    async fn get(&self, key: &str) -> Result<Option<Answer>> {
        let key = key.to_owned();
        let select = "SELECT answer FROM answers WHERE request = ?1";
        let found =
            self.ask("read", move |db| db.query_row(select, params![key], |row| row.get::<_, String>(0)).optional());
        let Some(text) = found.await? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            Error::new(ErrorKind::Parse, format!("an answer in the cache is damaged: {error}; clear the cache"))
                .with_path(self.path.display().to_string())
                .with_source(error)
        })
    }

    async fn put(&self, key: &str, answer: &Answer) -> Result<()> {
        let key = key.to_owned();
        let text = serde_json::to_string(answer).map_err(|error| {
            Error::new(ErrorKind::Io, format!("the answer cannot be kept: {error}")).with_source(error)
        })?;
        let insert = "INSERT OR REPLACE INTO answers (request, answer) VALUES (?1, ?2)";
        self.ask("written", move |db| db.execute(insert, params![key, text]).map(drop)).await
    }
}

impl fmt::Debug for SqliteCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteCache").field("path", &self.path).finish_non_exhaustive()
    }
}
