//! The groups of a regular expression.
use super::{OutputParser, fault};
use crate::{Error, ErrorKind, Result};
use regex::Regex;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Reads the groups of the first match of a regular expression: each group's text by its name, groups without a name by
/// their number from 1. A group that takes no part in the match is absent.
///
/// Matching takes time linear in the text, whatever the expression.
///
/// ```
/// use catena::{Model, parse::RegexParser, testing::FakeLlm};
///
/// let parser = RegexParser::new(r"(?m)^Score: (?<score>\d+)/10$")?;
/// let chain = Model::new(FakeLlm::always("Not bad.\nScore: 7/10")) | parser;
/// assert_eq!(futures::executor::block_on(chain.invoke("How good is it?"))?["score"], "7");
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RegexParser(Regex);

impl RegexParser {
    /// A parser by this expression, in the syntax of the crate `regex`.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) for a malformed or too large expression.
    pub fn new(pattern: &str) -> Result<Self> {
        Regex::new(pattern).map(RegexParser).map_err(|cause| {
            Error::new(ErrorKind::InvalidOption, format!("the regular expression cannot be used: {cause}"))
                .with_source(cause)
        })
    }
}

impl OutputParser for RegexParser {
    type Output = BTreeMap<String, String>;

    fn parse(&self, text: &str) -> Result<Self::Output> {
        let found = self.0.captures(text).ok_or_else(|| {
            fault::unreadable(text, format!("nothing in {} matches `{}`", fault::shown(text), self.0.as_str()))
        })?;
        let groups = self.0.capture_names().enumerate().skip(1).filter_map(|(number, name)| {
            let group = found.get(number)?;
            Some((name.map_or_else(|| number.to_string(), str::to_owned), group.as_str().to_owned()))
        });
        Ok(groups.collect())
    }

    fn format_instructions(&self) -> String {
        format!("Answer with text that matches this regular expression: {}", self.0.as_str())
    }

    fn schema(&self) -> Option<Value> {
        let groups = self.0.capture_names().enumerate().skip(1);
        let groups = groups.map(|(number, name)| name.map_or_else(|| number.to_string(), str::to_owned));
        let properties: Map<String, Value> = groups.map(|name| (name, json!({ "type": "string" }))).collect();
        Some(json!({ "type": "object", "properties": properties, "additionalProperties": false }))
    }
}

crate::parser_step!(RegexParser);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_by_name_and_number() {
        let parser = RegexParser::new(r"(a+)(?<b>b+)?(c)?").unwrap();
        let groups = parser.parse("xaabbx").unwrap();
        assert_eq!(groups, BTreeMap::from([("1".into(), "aa".into()), ("b".into(), "bb".into())]));
        let error = parser.parse("zzz").unwrap_err();
        assert_eq!((error.kind(), error.partial()), (ErrorKind::Parse, Some("zzz")));
        assert_eq!(RegexParser::new("(").unwrap_err().kind(), ErrorKind::InvalidOption);
    }

    #[test]
    fn a_long_text_takes_linear_time() {
        let parser = RegexParser::new(r"(x+x+)+y").unwrap();
        assert!(parser.parse(&"x".repeat(20_000)).is_err());
    }
}
