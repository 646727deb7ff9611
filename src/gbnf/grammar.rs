//! A grammar.
use crate::{Error, ErrorKind, Result};

/// A grammar in text.
#[derive(Debug, Clone, PartialEq)]
pub struct Grammar(String);

impl Grammar {
    /// The grammar of the JSON texts of a type.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`].
    pub fn from_type<T: schemars::JsonSchema>() -> Result<Self> {
        Err(Error::new(ErrorKind::Schema, format!("`{}` has no grammar", T::schema_name())))
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Grammar {
    /// Whether `text` is a sentence.
    ///
    /// # Errors
    /// [`ErrorKind::Grammar`].
    pub fn matches(&self, text: &str) -> Result<bool> {
        Ok(self.0 == text)
    }
}
