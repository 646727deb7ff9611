//! Tools that models call.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers")]
mod agent;
mod calls;
mod support;
