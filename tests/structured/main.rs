//! From types and schemas to grammars.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod errors;
mod random;
mod schemas;
mod types;
mod validator;
mod values;
