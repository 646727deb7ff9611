//! A database with a thread of its own.
use crate::{Error, ErrorKind, Result};
use futures::channel::oneshot;
use rusqlite::{Connection, ErrorCode};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

/// What SQLite can count to, in milliseconds: 24 days.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A database that is worked on by one thread, in the order in which it is asked. The thread ends with the last clone.
#[derive(Clone)]
pub(crate) struct Database(Arc<Worker>);

struct Worker {
    path: PathBuf,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Database {
    /// Opens the database in this file, or makes one, and finds out whether it is one.
    pub(crate) async fn open(path: &Path, timeout: Duration) -> Result<Self> {
        let (jobs, work) = mpsc::channel::<Job>();
        let (opened, outcome) = oneshot::channel();
        let file = path.to_owned();
        let run = move || {
            let connect = || {
                let connection = Connection::open(&file)?;
                connection.busy_timeout(timeout.min(LONGEST))?;
                // The file is read only now: before this anything passes for a database.
                connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
                Ok(connection)
            };
            match connect() {
                Ok(mut connection) => {
                    // The caller may be gone; then so is the sender of jobs.
                    let _ = opened.send(Ok(()));
                    for job in work {
                        job(&mut connection);
                    }
                }
                Err(cause) => drop(opened.send(Err(cause))),
            }
        };
        let thread = thread::Builder::new().name("catena-sqlite".into()).spawn(run).map_err(|cause| {
            Error::new(ErrorKind::Io, format!("no thread could be started for the database: {cause}"))
                .with_source(cause)
        })?;
        // Until the database is open nothing was begun that must be finished, so whoever waits no longer leaves the thread.
        match outcome.await {
            Ok(Ok(())) => {
                let (jobs, thread) = (Mutex::new(Some(jobs)), Mutex::new(Some(thread)));
                Ok(Database(Arc::new(Worker { path: path.to_owned(), jobs, thread })))
            }
            Ok(Err(cause)) => Err(failed(path, cause)),
            Err(_) => Err(gone(path)),
        }
    }

    /// Does this on the thread. Once begun it is done to its end, whether or not somebody waits for it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let (done, outcome) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let _ = done.send(work(connection));
        });
        let sent = {
            let jobs = self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok())
        };
        if !sent {
            return Err(gone(&self.0.path));
        }
        outcome.await.map_err(|_| gone(&self.0.path))?.map_err(|cause| failed(&self.0.path, cause))
    }

    /// The error with the file's path.
    pub(crate) fn at_path(&self, error: Error) -> Error {
        at(&self.0.path, error)
    }
}

fn at(path: &Path, error: Error) -> Error {
    error.with_path(path.display().to_string())
}

fn failed(path: &Path, cause: rusqlite::Error) -> Error {
    let message = match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "the database is locked by another connection, and nothing was changed: try again, or wait longer".into()
        }
        Some(ErrorCode::NotADatabase) => "the file is no SQLite database".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => "the database is damaged".to_owned(),
        Some(ErrorCode::ReadOnly) => "the database cannot be written, and nothing was changed".to_owned(),
        Some(ErrorCode::DiskFull) => "the disk is full, and nothing was changed".to_owned(),
        Some(ErrorCode::CannotOpen) => "the database cannot be opened".to_owned(),
        _ => format!("the database failed: {cause}"),
    };
    at(path, Error::new(ErrorKind::Io, message).with_source(cause))
}

fn gone(path: &Path) -> Error {
    at(path, Error::new(ErrorKind::Closed, "the database's thread is gone"))
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Waiting keeps the promise that what was begun is finished, and that the file is closed afterwards.
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.0.path).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, MessageHistory, SqliteHistory};
    use futures::executor::block_on;

    /// What SQLite says when there is no room left, and nothing half done stays behind.
    #[test]
    fn a_full_disk_is_told_and_nothing_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("full.db");
        let history = block_on(SqliteHistory::open(&path)).unwrap();
        let turn = [Message::user("short"), Message::assistant("short")];
        block_on(history.append("s", &turn)).unwrap();
        let pages = |connection: &mut Connection| {
            let pages: u32 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get::<_, u32>(0))
        };
        block_on(history.database().run(pages)).unwrap();
        let long = [Message::user("fits"), Message::assistant("x".repeat(100_000))];
        let error = block_on(history.append("s", &long)).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Io, path.to_str()));
        assert_eq!(error.message(), "the disk is full, and nothing was changed");
        assert_eq!(block_on(history.messages("s")).unwrap(), turn);
        block_on(history.append("s", &turn)).unwrap();
        assert_eq!(block_on(history.messages("s")).unwrap().len(), 4);
    }

    /// What was begun is finished, and asking after the end is an error.
    #[test]
    fn a_thread_that_ended_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let database = block_on(Database::open(&folder.path().join("x.db"), Duration::ZERO)).unwrap();
        drop(database.0.jobs.lock().unwrap().take());
        let error = block_on(database.run(|_| Ok(()))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
        let database = block_on(Database::open(&folder.path().join("x.db"), Duration::ZERO)).unwrap();
        let error = block_on(database.run(|_| -> rusqlite::Result<()> { panic!("a job that panics") })).unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Closed, "the database's thread is gone"));
    }
}
