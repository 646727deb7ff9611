//! Errors as they are written down.
use crate::{Error, ErrorKind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An error without its causes and the line it is about, which are part of the message where they matter.
#[derive(Serialize, Deserialize)]
struct Record {
    kind: ErrorKind,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partial: Option<String>,
}

pub(super) fn serialize<S: Serializer>(error: &Error, serializer: S) -> Result<S::Ok, S::Error> {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let record = Record {
        kind: error.kind(),
        message: error.message().to_owned(),
        step: text(error.step()),
        path: text(error.path()),
        partial: text(error.partial()),
    };
    record.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Error, D::Error> {
    let Record { kind, message, step, path, partial } = Record::deserialize(deserializer)?;
    let mut error = Error::new(kind, message);
    if let Some(path) = path {
        error = error.with_path(path);
    }
    if let Some(partial) = partial {
        error = error.with_partial(partial);
    }
    if let Some(step) = step {
        error = error.in_step(&step);
    }
    Ok(error)
}
