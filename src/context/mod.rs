//! Who watches a run, where in the run tree it stands, and what bounds it.
mod budget;
mod cancellation;
mod config;
#[expect(clippy::module_inception, reason = "one concept per file")]
mod context;
mod given;
mod govern;
mod id;
mod run;
mod scope;
mod steps;

pub(crate) use budget::Lanes;
pub use cancellation::Cancellation;
pub use config::RunConfig;
pub use context::RunContext;
pub use id::RunId;
pub(crate) use id::mixed;
pub use run::{RunInfo, StepKind};
