//! From types and schemas to grammars.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod contract;
mod corpus;
mod errors;
mod numbers;
mod options;
mod random;
mod schemas;
mod strings;
mod validator;
mod values;
