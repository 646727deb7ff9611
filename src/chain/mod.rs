//! The pipeline itself.
mod batch;
#[expect(clippy::module_inception, reason = "one concept per file")]
mod chain;
mod config;
mod events;

pub(crate) use chain::text_of;
pub use chain::{Chain, input};
pub use events::{ChainEvent, Events};
