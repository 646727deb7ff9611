//! Writing to standard output.
use catena::{Error, ErrorKind, Result};
use std::io::{self, Write};

/// Writes all of it, at once. Whether a reader is still there.
pub(crate) fn write(bytes: &[u8]) -> Result<bool> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(cause) => {
            Err(Error::new(ErrorKind::Io, format!("standard output cannot be written: {cause}")).with_source(cause))
        }
    }
}

/// Writes a text and a line end.
pub(crate) fn line(text: &str) -> Result<bool> {
    write(format!("{text}\n").as_bytes())
}

/// A text as a JSON string.
pub(crate) fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
