//! The trait of what makes vectors of texts.
use crate::{Error, ErrorKind, Result};
use async_trait::async_trait;
use std::sync::Arc;

/// What makes vectors of texts, such that texts that mean much the same have vectors that point much the same way.
///
/// ```
/// use catena::{Embeddings, Result};
///
/// /// Counts vowels: a stand-in.
/// struct Vowels;
///
/// #[catena::async_trait]
/// impl Embeddings for Vowels {
///     async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
///         let count = |text: &str, vowel| text.chars().filter(|c| *c == vowel).fold(0.0, |sum, _| sum + 1.0);
///         Ok(texts.iter().map(|text| "aeiou".chars().map(|vowel| count(text, vowel)).collect()).collect())
///     }
/// }
///
/// assert_eq!(futures::executor::block_on(Vowels.embed_one("aloe"))?, [1.0, 1.0, 0.0, 1.0, 0.0]);
/// # Ok::<(), catena::Error>(())
/// ```
#[async_trait]
pub trait Embeddings: Send + Sync {
    /// A vector for each text, in the texts' order. All vectors of a model have the same length.
    ///
    /// # Errors
    /// Those of the model: [`ErrorKind::InvalidOption`] for an empty text, [`ErrorKind::ContextOverflow`] for one that is too
    /// long, [`ErrorKind::Engine`], [`ErrorKind::Closed`], or any other.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>>;

    /// The vector of one text.
    ///
    /// # Errors
    /// Those of the model, and [`ErrorKind::Engine`] when it gives another number of vectors than one.
    async fn embed_one(&self, text: &str) -> Result<Vec<f32>> {
        let mut vectors = self.embed(&[text.to_owned()]).await?;
        match (vectors.pop(), vectors.len()) {
            (Some(vector), 0) => Ok(vector),
            (vector, more) => {
                let count = more + usize::from(vector.is_some());
                Err(Error::new(ErrorKind::Engine, format!("the model gave {count} vectors for one text")))
            }
        }
    }
}

#[async_trait]
impl<E: Embeddings + ?Sized> Embeddings for Arc<E> {
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        (**self).embed(texts).await
    }
}
