//! The trait of what keeps conversations.
use crate::{Message, Result};
use async_trait::async_trait;
use std::sync::Arc;

/// Keeps conversations, each under the name of its session.
///
/// Implement it for a store of your own; [`InMemoryHistory`](super::InMemoryHistory) and `SqliteHistory` (feature
/// `sqlite`) come with the library. It is implemented with [`#[catena::async_trait]`](crate::async_trait).
#[async_trait]
pub trait MessageHistory: Send + Sync {
    /// What was said in a session, from the first on; nothing in a session that is new.
    ///
    /// # Errors
    /// [`Io`](crate::ErrorKind::Io) when the store cannot be read. Messages are never left out.
    async fn messages(&self, session: &str) -> Result<Vec<Message>>;

    /// Adds to a session, all of it or nothing.
    ///
    /// # Errors
    /// [`Io`](crate::ErrorKind::Io) when the store cannot be written; then nothing was added.
    async fn append(&self, session: &str, messages: &[Message]) -> Result<()>;

    /// Forgets a session.
    ///
    /// # Errors
    /// [`Io`](crate::ErrorKind::Io) when the store cannot be written; then nothing was forgotten.
    async fn clear(&self, session: &str) -> Result<()>;
}

#[async_trait]
impl<H: MessageHistory + ?Sized> MessageHistory for Arc<H> {
    async fn messages(&self, session: &str) -> Result<Vec<Message>> {
        (**self).messages(session).await
    }

    async fn append(&self, session: &str, messages: &[Message]) -> Result<()> {
        (**self).append(session, messages).await
    }

    async fn clear(&self, session: &str) -> Result<()> {
        (**self).clear(session).await
    }
}
