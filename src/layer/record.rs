//! A line of a recording.
use super::request::Written;
use crate::{Completion, Delta, Error, ErrorKind};
use serde::{Deserialize, Serialize};

/// A request and all that came back, as a line of JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    /// The name of the provider.
    #[serde(default)]
    pub(super) id: String,
    pub(super) request: Written,
    /// Each increment, and the microseconds from the request to it.
    pub(super) deltas: Vec<(u64, Delta)>,
    pub(super) end: End,
    /// Microseconds from the request to the end.
    pub(super) micros: u64,
}

/// How an answer ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum End {
    Done(Completion),
    Failed {
        kind: ErrorKind,
        message: String,
        path: Option<String>,
        partial: Option<String>,
    },
    /// Nobody waited any more.
    Cancelled,
}

impl End {
    pub(super) fn failed(error: &Error) -> Self {
        End::Failed {
            kind: error.kind(),
            message: error.message().to_owned(),
            path: error.path().map(str::to_owned),
            partial: error.partial().map(str::to_owned),
        }
    }

    /// The outcome that a replay gives.
    pub(super) fn outcome(self) -> Result<Completion, Error> {
        match self {
            End::Done(completion) => Ok(completion),
            End::Failed { kind, message, path, partial } => {
                let mut error = Error::new(kind, message);
                if let Some(path) = path {
                    error = error.with_path(path);
                }
                Err(if let Some(partial) = partial { error.with_partial(partial) } else { error })
            }
            End::Cancelled => Err(Error::new(
                ErrorKind::Incomplete,
                "the recording ends here: the answer was cancelled while it was recorded",
            )),
        }
    }
}
