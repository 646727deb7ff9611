//! Providers around providers: what is asked is answered from a cache, held to a rate, recorded, or replayed.
//!
//! Each is an [`LLM`](crate::LLM) itself, so they stack, and the model stays a step like any other.
//!
//! | type | feature | what it does |
//! |:--|:--|:--|
//! | [`Cached`] | | answers again what was answered before; `MemoryCache` (`cache`), `SqliteCache` (`sqlite`) |
//! | `Limited` | `limiter` | lets so many requests a second through |
//! | [`Recorded`], [`Replay`] | | writes requests and answers to a file, and answers from it without a model |
mod answer;
mod cache;
mod cached;
#[cfg(feature = "limiter")]
mod limited;
#[cfg(feature = "cache")]
mod memory;
mod record;
mod recorded;
mod replay;
mod request;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use answer::Answer;
pub use cache::Cache;
pub use cached::Cached;
#[cfg(feature = "limiter")]
pub use limited::{Limited, Limiter};
#[cfg(feature = "cache")]
pub use memory::MemoryCache;
pub use recorded::{Recorded, Recorder};
pub use replay::Replay;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteCache;
