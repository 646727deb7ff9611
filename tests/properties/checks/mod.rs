//! What must hold for any bytes at all: one function for each property, called with random bytes by the tests and with
//! bytes that reach new code by the fuzz targets, which take this module in by its path.
//!
//! Each check panics where its property does not hold.
pub(crate) mod answers;
pub(crate) mod complete;
mod grammars;
mod keywords;
#[cfg(feature = "llama-cpp")]
pub(crate) mod matcher;
mod names;
#[cfg(feature = "llama-cpp")]
mod oracle;
pub(crate) mod parse_print;
pub(crate) mod schema;
mod schemas;
mod validator;
