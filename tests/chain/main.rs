//! The chain core: values, streaming, the run tree, handlers, batches.
#![allow(clippy::unwrap_used, reason = "test helpers")]
mod abort;
mod asked;
mod batch;
mod budget;
mod config;
mod erased;
mod gate;
mod limits;
mod nesting;
mod outcomes;
mod panics;
mod parallel;
mod streaming;
mod support;
mod tree;
mod typed;
mod values;
