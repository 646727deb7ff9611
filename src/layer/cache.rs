//! Where answers are kept.
use super::Answer;
use crate::Result;
use async_trait::async_trait;

/// Where answers are kept, by a key that holds all that may change an answer.
///
/// # Examples
///
/// ```
/// use catena::{Model, Result, layer::{Answer, Cache}, testing::FakeLlm};
/// use std::{collections::HashMap, sync::Mutex};
///
/// #[derive(Default)]
/// struct Unbounded(Mutex<HashMap<String, Answer>>);
///
/// #[async_trait::async_trait]
/// impl Cache for Unbounded {
///     async fn get(&self, key: &str) -> Result<Option<Answer>> {
///         Ok(self.0.lock().unwrap().get(key).cloned())
///     }
///
///     async fn put(&self, key: &str, answer: &Answer) -> Result<()> {
///         self.0.lock().unwrap().insert(key.to_owned(), answer.clone());
///         Ok(())
///     }
/// }
///
/// # futures::executor::block_on(async {
/// let llm = Model::new(FakeLlm::scripted([["once"]])).cached(Unbounded::default());
/// assert_eq!(llm.invoke("hello").await?, "once");
/// assert_eq!(llm.invoke("hello").await?, "once");
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[async_trait]
pub trait Cache: Send + Sync + 'static {
    /// The answer kept under this key.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) where it cannot be told.
    async fn get(&self, key: &str) -> Result<Option<Answer>>;

    /// Keeps an answer under this key, in the place of an older one.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) where it cannot be kept.
    async fn put(&self, key: &str, answer: &Answer) -> Result<()>;
}
