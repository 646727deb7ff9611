//! Stand-ins for tests.
mod fake;

pub use fake::FakeLlm;
