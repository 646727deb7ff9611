//! Providers around providers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]
#[cfg(feature = "sqlite")]
#[path = "../history/awaits.rs"]
mod awaits;
mod cached;
#[cfg(feature = "sqlite")]
mod faults;
#[cfg(feature = "limiter")]
mod limited;
mod replay;
#[cfg(feature = "sqlite")]
mod sqlite;
mod support;
