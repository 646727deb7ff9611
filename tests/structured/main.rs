//! From types and schemas to grammars.
mod errors;
mod schemas;
mod types;
mod values;
