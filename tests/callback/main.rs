//! The handlers that come with the crate.
#![allow(clippy::unwrap_used, reason = "test helpers")]
mod console;
mod events;
mod expect;
mod queue;
mod support;
mod tracing;
