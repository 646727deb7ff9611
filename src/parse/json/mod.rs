//! JSON, read at once and while it is written.
mod parser;
mod partial;
mod patch;
mod path;
mod reader;
mod scalar;
#[cfg(test)]
mod tests;
mod whole;

pub use parser::JsonParser;
pub use partial::Partial;
pub use patch::JsonPatch;
pub use path::{JsonPath, Segment};
