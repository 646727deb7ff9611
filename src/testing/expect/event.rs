//! Events that came, and events that are waited for.
use crate::{Delta, ErrorKind, RunId};
use std::fmt;

/// An event that came.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) run: RunId,
    pub(super) parent: Option<RunId>,
    pub(super) name: String,
    /// The parent's name, if the parent was told of.
    pub(super) within: Option<String>,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Start,
    Delta(Delta),
    End,
    Error(ErrorKind),
    Cancel,
    LlmStart,
    LlmToken(String),
    LlmEnd,
    LlmError(ErrorKind),
    LlmCancel,
}

impl What {
    pub(super) fn is_delta(&self) -> bool {
        matches!(self, What::Delta(_))
    }

    pub(super) fn is_token(&self) -> bool {
        matches!(self, What::LlmToken(_))
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.what {
            What::Start => write!(f, "start {name}"),
            What::Delta(Delta::Text(text)) => write!(f, "delta {name} {text:?}"),
            What::Delta(Delta::Reasoning(text)) => write!(f, "reasoning {name} {text:?}"),
            What::Delta(Delta::Json(value)) => write!(f, "delta {name} {value}"),
            What::Delta(Delta::Patch(patch)) => write!(f, "delta {name} {patch}"),
            What::Delta(Delta::Restart) => write!(f, "delta {name} restart"),
            What::Delta(Delta::Branch { branch, delta }) => write!(f, "delta {name} {branch}: {delta:?}"),
            What::End => write!(f, "end {name}"),
            What::Error(kind) => write!(f, "error {name} {kind:?}"),
            What::Cancel => write!(f, "cancel {name}"),
            What::LlmStart => write!(f, "llm_start {name}"),
            What::LlmToken(text) => write!(f, "llm_token {name} {text:?}"),
            What::LlmEnd => write!(f, "llm_end {name}"),
            What::LlmError(kind) => write!(f, "llm_error {name} {kind:?}"),
            What::LlmCancel => write!(f, "llm_cancel {name}"),
        }
    }
}

/// An event that is waited for; what is absent may be anything.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub(super) name: Option<String>,
    pub(super) within: Option<String>,
    pub(super) what: Wanted,
}

#[derive(Debug, Clone)]
pub(super) enum Wanted {
    Start,
    Delta(Option<String>),
    End,
    Error(ErrorKind),
    Cancel,
    LlmStart,
    LlmToken(Option<String>),
    LlmEnd,
    LlmError(ErrorKind),
    LlmCancel,
}

impl Pattern {
    pub(super) fn matches(&self, event: &Event) -> bool {
        let what = match (&self.what, &event.what) {
            (Wanted::Start, What::Start)
            | (Wanted::End, What::End)
            | (Wanted::Cancel, What::Cancel)
            | (Wanted::LlmStart, What::LlmStart)
            | (Wanted::LlmEnd, What::LlmEnd)
            | (Wanted::LlmCancel, What::LlmCancel)
            | (Wanted::Delta(None), What::Delta(_))
            | (Wanted::LlmToken(None), What::LlmToken(_)) => true,
            (Wanted::Delta(Some(wanted)), What::Delta(Delta::Text(text)))
            | (Wanted::LlmToken(Some(wanted)), What::LlmToken(text)) => wanted == text,
            (Wanted::Error(wanted), What::Error(kind)) | (Wanted::LlmError(wanted), What::LlmError(kind)) => {
                wanted == kind
            }
            _ => false,
        };
        what && self.name.as_ref().is_none_or(|name| *name == event.name)
            && self.within.as_ref().is_none_or(|within| Some(within) == event.within.as_ref())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.what {
            Wanted::Start => "start",
            Wanted::Delta(_) => "delta",
            Wanted::End => "end",
            Wanted::Error(_) => "error",
            Wanted::Cancel => "cancel",
            Wanted::LlmStart => "llm_start",
            Wanted::LlmToken(_) => "llm_token",
            Wanted::LlmEnd => "llm_end",
            Wanted::LlmError(_) => "llm_error",
            Wanted::LlmCancel => "llm_cancel",
        })?;
        if let Some(name) = &self.name {
            write!(f, " {name}")?;
        }
        match &self.what {
            Wanted::Delta(Some(text)) | Wanted::LlmToken(Some(text)) => write!(f, " {text:?}")?,
            Wanted::Error(kind) | Wanted::LlmError(kind) => write!(f, " {kind:?}")?,
            _ => (),
        }
        self.within.iter().try_for_each(|within| write!(f, " (part of {within})"))
    }
}
