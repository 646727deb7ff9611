//! From the text of one schema to constraints.
mod contract;
mod fields;
mod object;
mod own;
mod schema;

pub(crate) use own::Own;
pub(crate) use schema::{Part, Schema, read};
