//! The handlers that come with the crate.
#![allow(clippy::unwrap_used, reason = "test helpers")]
mod console;
mod expect;
mod support;
mod tracing;
