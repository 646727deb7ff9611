//! Stand-ins for tests: [`FakeLlm`] and [`EchoLlm`] for models, [`Expect`] for a handler that knows which events must come.
mod echo;
mod expect;
mod fake;

pub use echo::EchoLlm;
pub use expect::{Expect, ExpectHandle, Recorder};
pub use fake::FakeLlm;
