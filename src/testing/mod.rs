//! Stand-ins for tests: [`FakeLlm`] for a model, [`Expect`] for a handler that knows which events must come.
mod expect;
mod fake;

pub use expect::{Expect, ExpectHandle, Recorder};
pub use fake::FakeLlm;
