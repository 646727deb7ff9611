//! Watching runs.
//!
//! [`StreamingStdout`] writes what models write, [`StdoutHandler`] where runs begin and end, [`ConsoleTree`] the tree of
//! runs with its timings, [`FileHandler`] every event as a line of JSON; [`UsageTotals`] adds up tokens, [`Collector`]
//! keeps events, [`queue`] hands them to slow or async handlers, and [`TracingHandler`] turns runs into spans of the
//! `tracing` crate. [`Filtered`] lets a handler see some runs only. Your own handler implements [`CallbackHandler`];
//! [`testing::Expect`](crate::testing::Expect) checks in tests which events came.
mod collector;
mod console;
mod event;
mod file;
mod filter;
mod handler;
mod listeners;
mod queue;
mod record;
mod slot;
mod stdout;
mod steps;
mod tracing;
mod usage;

pub use self::tracing::TracingHandler;
pub use collector::{Collector, Outcome, RunTree};
pub use console::ConsoleTree;
pub(crate) use event::told;
pub use event::{EventKind, RunEvent, RunSummary};
pub use file::{FileHandler, replay};
pub use filter::{EventFilter, Filtered};
pub use handler::{CallbackHandler, PanicPolicy, Policed, with_panic_policy};
pub use listeners::Listeners;
pub use queue::{EventReceiver, QueueHandler, QueuePolicy, queue};
pub(crate) use slot::Slot;
pub use stdout::StreamingStdout;
pub use steps::StdoutHandler;
pub use usage::UsageTotals;
