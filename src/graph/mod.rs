//! What a chain is made of, and its drawings.
mod ascii;
#[expect(clippy::module_inception, reason = "one concept per file")]
mod graph;
mod mermaid;
mod reads;
mod type_name;

pub(crate) use graph::in_a_row;
pub use graph::{Branch as GraphBranch, Graph, Parts};
pub(crate) use reads::Reads;
