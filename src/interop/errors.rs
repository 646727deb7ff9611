//! Errors, from one side to the other.
use crate::{Error, ErrorKind};
use langchain_rust::language_models::LLMError;
use std::io;

/// The error of catena's that an error of langchain-rust's stands for, with kind, path and the text so far.
///
/// langchain-rust has no place for errors of other crates but [`LLMError::IoError`], which can hold any, so it is there.
pub fn error_of(error: &LLMError) -> Option<&Error> {
    match error {
        LLMError::IoError(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}

/// Ours as theirs.
pub(super) fn theirs(error: Error) -> LLMError {
    let kind = match error.kind() {
        ErrorKind::InvalidOption | ErrorKind::Schema | ErrorKind::Grammar => io::ErrorKind::InvalidInput,
        ErrorKind::Timeout => io::ErrorKind::TimedOut,
        ErrorKind::Unsupported => io::ErrorKind::Unsupported,
        _ => io::ErrorKind::Other,
    };
    LLMError::IoError(io::Error::new(kind, error))
}

/// Theirs as ours.
pub(super) fn ours(error: LLMError) -> Error {
    if let Some(error) = error_of(&error) {
        return error.clone();
    }
    let kind = match &error {
        LLMError::Timeout(_) => ErrorKind::Timeout,
        LLMError::IoError(_) | LLMError::RequestError(_) => ErrorKind::Io,
        _ => ErrorKind::Engine,
    };
    Error::new(kind, error.to_string()).with_source(error)
}
