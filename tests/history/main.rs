//! Conversations that go on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers")]
#[cfg(feature = "sqlite")]
mod awaits;
#[cfg(feature = "sqlite")]
mod faults;
mod sessions;
#[cfg(feature = "sqlite")]
mod sqlite;
mod trimming;
