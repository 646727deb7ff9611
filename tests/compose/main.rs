//! The steps that are made of other steps: values, increments, run trees, what goes wrong.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers")]
mod assign;
mod choice;
mod configurable;
mod delegate;
mod fallback;
mod generator;
mod graph;
mod laws;
mod parallel;
mod retry;
mod schemas;
mod support;
mod timeout;
