//! The values of keywords, checked for their form.
use serde_json::{Map, Value};

use crate::{
    Error, Result,
    structured::{
        decimal::Decimal,
        document::{Document, Step},
        term::{Literal, NodeId},
    },
};

/// The most branches, values or names that one keyword may list.
const MAX_LISTED: usize = 20_000;

/// Among so many keywords one is found faster by looking at each than by its hash.
const FEW: usize = 12;

/// One schema object, at its place.
pub(super) struct Fields<'d, 'a> {
    pub(super) document: &'d mut Document<'a>,
    pub(super) node: NodeId,
    pub(super) object: &'a Map<String, Value>,
}

impl<'a> Fields<'_, 'a> {
    pub(super) fn error(&self, keyword: &str, message: impl Into<String>) -> Error {
        self.document.error(self.node, keyword, message)
    }

    /// The value of a keyword with the keyword as it stands in the document.
    pub(super) fn get(&self, keyword: &str) -> Option<(&'a str, &'a Value)> {
        let found = if self.object.len() <= FEW {
            self.object.iter().find(|(name, _)| *name == keyword)
        } else {
            self.object.get_key_value(keyword)
        };
        found.map(|(keyword, value)| (keyword.as_str(), value))
    }

    /// The schema that is the value of a keyword.
    pub(super) fn schema(&mut self, keyword: &str) -> Result<Option<Literal>> {
        match self.get(keyword) {
            Some((keyword, value)) => self.document.child(self.node, value, keyword, None).map(Some),
            None => Ok(None),
        }
    }

    /// The schemas that a keyword lists.
    pub(super) fn schemas(&mut self, keyword: &str) -> Result<Vec<Literal>> {
        let Some((keyword, value)) = self.get(keyword) else { return Ok(Vec::new()) };
        let Value::Array(items) = value else {
            return Err(self.error(keyword, format!("`{keyword}` must be a list of schemas")));
        };
        self.check_length(keyword, items.len())?;
        let mut schemas = Vec::with_capacity(items.len());
        for (at, value) in items.iter().enumerate() {
            schemas.push(self.document.child(self.node, value, keyword, Some(Step::Number(at)))?);
        }
        Ok(schemas)
    }

    /// The members of the object that is the value of a keyword.
    pub(super) fn map(&self, keyword: &str) -> Result<Option<(&'a str, &'a Map<String, Value>)>> {
        match self.get(keyword) {
            None => Ok(None),
            Some((keyword, Value::Object(map))) => {
                self.check_length(keyword, map.len())?;
                Ok(Some((keyword, map)))
            }
            Some(_) => Err(self.error(keyword, format!("`{keyword}` must be an object"))),
        }
    }

    /// The schema of a member of that object.
    pub(super) fn member(&mut self, keyword: &'a str, name: &'a str, value: &'a Value) -> Result<Literal> {
        self.document.child(self.node, value, keyword, Some(Step::Name(name)))
    }

    /// The texts that a keyword lists.
    pub(super) fn texts(&self, keyword: &str, value: &'a Value) -> Result<Vec<&'a str>> {
        let texts = value.as_array().and_then(|items| items.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
        let texts = texts.ok_or_else(|| self.error(keyword, format!("`{keyword}` must be a list of strings")))?;
        self.check_length(keyword, texts.len())?;
        Ok(texts)
    }

    pub(super) fn check_length(&self, keyword: &str, length: usize) -> Result<()> {
        if length > MAX_LISTED {
            let message = format!("`{keyword}` lists more than {MAX_LISTED}: list fewer");
            return Err(self.error(keyword, message));
        }
        Ok(())
    }

    pub(super) fn text(&self, keyword: &str) -> Result<Option<&'a str>> {
        match self.get(keyword) {
            None => Ok(None),
            Some((_, Value::String(text))) => Ok(Some(text)),
            Some(_) => Err(self.error(keyword, format!("`{keyword}` must be a string"))),
        }
    }

    pub(super) fn count(&self, keyword: &str) -> Result<Option<u64>> {
        let Some((_, value)) = self.get(keyword) else { return Ok(None) };
        let number = value.as_number().and_then(Decimal::from_number);
        let count = number.filter(|n| n.is_integer() && !n.is_negative()).and_then(|n| u64::try_from(n.whole()).ok());
        match count {
            Some(count) => Ok(Some(count)),
            None => Err(self.error(keyword, format!("`{keyword}` must be a whole number, zero or more"))),
        }
    }

    pub(super) fn number(&self, keyword: &str) -> Result<Option<Decimal>> {
        match self.get(keyword) {
            None => Ok(None),
            Some((_, Value::Number(number))) => Decimal::from_number(number).map(Some).ok_or_else(|| {
                self.error(
                    keyword,
                    format!("`{keyword}` has more digits than can be kept: leave it out or choose a smaller number"),
                )
            }),
            Some(_) => Err(self.error(keyword, format!("`{keyword}` must be a number"))),
        }
    }

    pub(super) fn flag(&self, keyword: &str) -> Result<bool> {
        match self.get(keyword) {
            None => Ok(false),
            Some((_, Value::Bool(flag))) => Ok(*flag),
            Some(_) => Err(self.error(keyword, format!("`{keyword}` must be `true` or `false`"))),
        }
    }
}
