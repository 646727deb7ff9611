//! Conversations in a file.
use super::MessageHistory;
use crate::{Error, ErrorKind, Message, Result, sqlite::Database};
use async_trait::async_trait;
use rusqlite::{Connection, TransactionBehavior, params};
use std::{path::Path, time::Duration};

/// Keeps conversations in an SQLite database, which other processes may use at the same time. Cheap to clone.
///
/// The database has a thread of its own, so no task waits for the disk. A turn is added as a whole or not at all, also
/// when nobody waits for it any more: what was begun is finished. What else is in the file stays as it is.
#[derive(Debug, Clone)]
pub struct SqliteHistory(Database);

const TABLE: &str = "CREATE TABLE IF NOT EXISTS catena_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL,
    message TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS catena_history_session ON catena_history (session, id);";

impl SqliteHistory {
    /// Opens the database in this file, or makes one. Waits up to 5 seconds for others that write to it, now and later.
    ///
    /// # Errors
    /// [`Io`](ErrorKind::Io), with the path, when the file cannot be opened, is no database, or stays locked.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        SqliteHistory::open_with_timeout(path, Duration::from_secs(5)).await
    }

    /// As [`open`](SqliteHistory::open), waiting this long for others.
    ///
    /// # Errors
    /// As [`open`](SqliteHistory::open).
    pub async fn open_with_timeout(path: impl AsRef<Path>, timeout: Duration) -> Result<Self> {
        let database = Database::open(path.as_ref(), timeout).await?;
        database.run(|connection| connection.execute_batch(TABLE)).await?;
        Ok(SqliteHistory(database))
    }
}

#[cfg(test)]
impl SqliteHistory {
    pub(crate) fn database(&self) -> &Database {
        &self.0
    }
}

#[async_trait]
impl MessageHistory for SqliteHistory {
    async fn messages(&self, session: &str) -> Result<Vec<Message>> {
        let name = session.to_owned();
        let rows = self.0.run(move |connection| {
            let mut select =
                connection.prepare_cached("SELECT message FROM catena_history WHERE session = ? ORDER BY id")?;
            let rows = select.query_map(params![name], |row| row.get::<_, String>(0))?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        });
        let read = |text: String| {
            serde_json::from_str(&text).map_err(|cause| {
                let message = format!("the history of session {session:?} holds what is no message: {cause}");
                self.0.at_path(Error::new(ErrorKind::Io, message).with_source(cause).with_partial(text))
            })
        };
        rows.await?.into_iter().map(read).collect()
    }

    async fn append(&self, session: &str, messages: &[Message]) -> Result<()> {
        let text = |message: &Message| {
            serde_json::to_string(message).map_err(|cause| {
                let message = format!("a message cannot be written as JSON: {cause}");
                Error::new(ErrorKind::Other, message).with_source(cause)
            })
        };
        let texts = messages.iter().map(text).collect::<Result<Vec<_>>>()?;
        let session = session.to_owned();
        self.0.run(move |connection| insert(connection, &session, &texts)).await
    }

    async fn clear(&self, session: &str) -> Result<()> {
        let session = session.to_owned();
        let delete = "DELETE FROM catena_history WHERE session = ?";
        self.0.run(move |connection| connection.execute(delete, params![session]).map(|_| ())).await
    }
}

fn insert(connection: &mut Connection, session: &str, texts: &[String]) -> rusqlite::Result<()> {
    // Locked from its beginning, so that it waits for others and cannot fail for them half way.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    {
        let mut insert = transaction.prepare_cached("INSERT INTO catena_history (session, message) VALUES (?, ?)")?;
        for text in texts {
            insert.execute(params![session, text])?;
        }
    }
    transaction.commit()
}
