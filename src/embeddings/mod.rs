//! Texts as vectors.
mod index;
pub(crate) mod mmr;
mod provider;

pub use index::{Found, VectorIndex};
pub use provider::Embeddings;
