//! The steps that are made of other steps or of functions.
mod function;
mod passthrough;
mod seq;
mod step;
mod tuple;

pub use function::{Map, WithContext, map, with_context};
pub use passthrough::{Passthrough, Start, passthrough};
pub use seq::Seq;
pub use step::Step;
