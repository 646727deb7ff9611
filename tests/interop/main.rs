//! Models that go between catena and langchain-rust.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod as_langchain;
mod from_langchain;
#[cfg(feature = "llama-cpp")]
mod llama_cpp;
mod openai;
mod support;
mod tools;
