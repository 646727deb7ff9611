//! Texts as vectors.
mod index;
mod provider;

pub use index::{Found, VectorIndex};
pub use provider::Embeddings;
