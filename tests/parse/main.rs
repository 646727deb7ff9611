//! Parsers as steps of chains.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers")]
mod raw;
mod retry;
mod streaming;
