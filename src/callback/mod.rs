//! Watching runs.
//!
//! [`StreamingStdout`] writes what models write, [`ConsoleTree`] the tree of runs with its timings, and
//! [`TracingHandler`] turns runs into spans of the `tracing` crate. Your own handler implements [`CallbackHandler`];
//! [`testing::Expect`](crate::testing::Expect) checks in tests which events came.
mod console;
mod handler;
mod slot;
mod stdout;
mod tracing;

pub use self::tracing::TracingHandler;
pub use console::ConsoleTree;
pub use handler::{CallbackHandler, PanicPolicy};
pub(crate) use slot::Slot;
pub use stdout::StreamingStdout;
