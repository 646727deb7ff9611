//! Conversations in memory.
use super::MessageHistory;
use crate::{Message, Result};
use async_trait::async_trait;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Keeps conversations in memory, as long as it lives. To share it, put it into an [`Arc`](std::sync::Arc).
#[derive(Debug, Default)]
#[doc(alias = "InMemoryChatMessageHistory")]
pub struct InMemoryHistory(Mutex<HashMap<String, Vec<Message>>>);

impl InMemoryHistory {
    /// Without conversations.
    pub fn new() -> Self {
        InMemoryHistory::default()
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Vec<Message>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl MessageHistory for InMemoryHistory {
    async fn messages(&self, session: &str) -> Result<Vec<Message>> {
        Ok(self.sessions().get(session).cloned().unwrap_or_default())
    }

    async fn append(&self, session: &str, messages: &[Message]) -> Result<()> {
        self.sessions().entry(session.to_owned()).or_default().extend_from_slice(messages);
        Ok(())
    }

    async fn clear(&self, session: &str) -> Result<()> {
        self.sessions().remove(session);
        Ok(())
    }
}
