//! Providers around providers.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod cached;
#[cfg(feature = "limiter")]
mod limited;
mod replay;
#[cfg(feature = "sqlite")]
mod sqlite;
mod support;
