//! Watching runs.
mod handler;
mod slot;
mod stdout;

pub use handler::{CallbackHandler, PanicPolicy};
pub(crate) use slot::Slot;
pub use stdout::StreamingStdout;
