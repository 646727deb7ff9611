//! Templates in files.
use super::Template;
use crate::{Error, ErrorKind, Result};
use std::{fs, path::Path};

/// The form a template is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TemplateFormat {
    /// LangChain's f-strings; see [`Template::new`].
    #[default]
    FString,
    /// Jinja; see [`Template::jinja`].
    Jinja,
    /// Mustache; see [`Template::mustache`].
    Mustache,
}

impl Template {
    /// A template in this form, filled from [`Vars`](crate::Vars).
    ///
    /// # Errors
    /// As [`new`](Template::new), [`jinja`](Template::jinja) and [`mustache`](Template::mustache).
    pub fn with_format(text: impl AsRef<str>, format: TemplateFormat) -> Result<Self> {
        match format {
            TemplateFormat::FString => Template::new(text),
            TemplateFormat::Jinja => Template::jinja(text),
            TemplateFormat::Mustache => Template::mustache(text),
        }
    }

    /// The template in a file of UTF-8 text.
    ///
    /// # Errors
    /// [`Io`](ErrorKind::Io) when the file cannot be read or is no UTF-8, [`Template`](ErrorKind::Template) for malformed
    /// text; the [`path`](Error::path) is the file's.
    pub fn from_file(path: impl AsRef<Path>, format: TemplateFormat) -> Result<Self> {
        let path = path.as_ref();
        let shown = || path.display().to_string();
        let text = fs::read_to_string(path).map_err(|cause| {
            let message = format!("the template cannot be read: {cause}");
            Error::new(ErrorKind::Io, message).with_path(shown()).with_source(cause)
        })?;
        Template::with_format(text, format).map_err(|error| error.with_path(shown()))
    }
}
