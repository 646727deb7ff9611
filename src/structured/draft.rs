//! The versions of JSON Schema.
use serde_json::Value;

/// A version of JSON Schema, by its `$schema`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Draft {
    Four,
    Six,
    Seven,
    /// 2019-09
    Nineteen,
    /// 2020-12
    Twenty,
    /// No version is named: keywords of all versions are read.
    Unnamed,
}

impl Draft {
    /// The version that a document names.
    ///
    /// # Errors
    ///
    /// The name, if it is not one of the standard.
    pub(crate) fn of(document: &Value) -> Result<Self, &str> {
        let Some(name) = document.get("$schema").and_then(Value::as_str) else { return Ok(Draft::Unnamed) };
        if !name.contains("json-schema.org/") {
            return Err(name);
        }
        let named = |part| name.contains(part);
        Ok(Self::named(named))
    }

    fn named(named: impl Fn(&'static str) -> bool) -> Self {
        if named("draft-04") || named("draft-03") {
            Draft::Four
        } else if named("draft-06") {
            Draft::Six
        } else if named("draft-07") {
            Draft::Seven
        } else if named("2019-09") {
            Draft::Nineteen
        } else if named("2020-12") {
            Draft::Twenty
        } else {
            Draft::Unnamed
        }
    }

    /// Whether the keywords beside `$ref` say nothing.
    pub(crate) fn ref_stands_alone(self) -> bool {
        self <= Draft::Seven
    }

    /// Whether `format` is an annotation, as the standard's own vocabulary has it from 2019-09 on.
    pub(crate) fn format_is_annotation(self) -> bool {
        matches!(self, Draft::Nineteen | Draft::Twenty)
    }

    /// Whether `unevaluatedItems` leaves alone what `contains` finds.
    pub(crate) fn contains_evaluates(self) -> bool {
        self != Draft::Nineteen
    }

    /// The keyword for addresses.
    pub(crate) fn address(self) -> &'static str {
        if self == Draft::Four { "id" } else { "$id" }
    }
}
