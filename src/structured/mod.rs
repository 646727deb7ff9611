//! From a type, or its JSON Schema, to a grammar whose every sentence is a value of the type.
mod api;
mod atom;
mod build;
mod decimal;
mod disjoint;
mod format;
mod ir;
mod keywords;
mod lower;
mod normal;
mod pointer;
mod prune;
mod schema;

pub use api::{grammar_for_schema, grammar_for_type, schema_for_type};
