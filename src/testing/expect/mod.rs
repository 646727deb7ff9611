//! A handler that knows which events must come.
mod diff;
mod event;
mod handle;
mod outcomes;
mod recorder;
mod script;

pub use handle::ExpectHandle;
pub use recorder::Recorder;
pub use script::Expect;
