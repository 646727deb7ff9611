//! Conversations that go on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers")]
mod sessions;
#[cfg(feature = "sqlite")]
mod sqlite;
mod trimming;
