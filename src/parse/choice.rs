//! One of a few values.
use super::{OutputParser, fault};
use crate::{Error, ErrorKind, Grammar, Result, structured::schema_for_type};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{any::type_name, collections::HashSet, fmt, sync::Arc};

/// Reads a label as one of a few values; white space around it is passed over.
///
/// ```
/// use catena::{Model, parse::EnumParser, testing::FakeLlm};
///
/// #[derive(Debug, Clone, PartialEq, serde::Deserialize, schemars::JsonSchema)]
/// #[serde(rename_all = "lowercase")]
/// enum Mood {
///     Good,
///     Bad,
/// }
///
/// let chain = Model::new(FakeLlm::always("good\n")) | EnumParser::<Mood>::of_type()?;
/// assert_eq!(futures::executor::block_on(chain.invoke("How are you?"))?, Mood::Good);
///
/// let yes_no = EnumParser::new([("YES", true), ("NO", false)])?;
/// let held = Model::new(FakeLlm::always("NO")).with_grammar(yes_no.grammar()?) | yes_no;
/// assert!(!futures::executor::block_on(held.invoke("Is it?"))?);
/// # Ok::<(), catena::Error>(())
/// ```
#[derive(Clone)]
pub struct EnumParser<T> {
    values: Arc<[(String, T)]>,
    /// That of the type, where it has one.
    schema: Option<Arc<Value>>,
}

impl<T: Clone + Send + Sync + 'static> EnumParser<T> {
    /// A parser of these labels and their values.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) when there is no label, or one is given twice, is empty, or has white
    /// space around it.
    pub fn new<L: Into<String>>(values: impl IntoIterator<Item = (L, T)>) -> Result<Self> {
        let values: Vec<(String, T)> = values.into_iter().map(|(label, value)| (label.into(), value)).collect();
        let refused = |why: String| Err(Error::new(ErrorKind::InvalidOption, why));
        if values.is_empty() {
            return refused("there is no label to choose: give at least one".to_owned());
        }
        let mut known = HashSet::new();
        for (label, _) in &values {
            if label.is_empty() || label.trim() != label {
                return refused(format!("the label {label:?} is empty or has white space around it: trim it"));
            }
            if !known.insert(label) {
                return refused(format!("the label {label:?} is given twice: leave out one of the two"));
            }
        }
        Ok(EnumParser { values: values.into(), schema: None })
    }

    /// A parser of the variants of an enum without fields, by the names that serde reads.
    ///
    /// # Errors
    /// [`Schema`](ErrorKind::Schema) when the type is no such enum.
    pub fn of_type() -> Result<Self>
    where
        T: JsonSchema + DeserializeOwned,
    {
        let schema = schema_for_type::<T>();
        let refused = || {
            let message = format!("`{}` is no enum of variants without fields: read it as JSON", type_name::<T>());
            Error::new(ErrorKind::Schema, message)
        };
        let labels = labels(&schema).ok_or_else(refused)?;
        let value = |label: String| match T::deserialize(Value::from(label.as_str())) {
            Ok(value) => Ok((label, value)),
            Err(cause) => Err(refused().with_source(cause)),
        };
        let parser = EnumParser::new(labels.into_iter().map(value).collect::<Result<Vec<_>>>()?)?;
        Ok(EnumParser { schema: Some(schema.into()), ..parser })
    }

    /// The labels with their values.
    #[cfg(feature = "llama-cpp")]
    pub(crate) fn values(&self) -> &[(String, T)] {
        &self.values
    }

    /// The labels.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|(label, _)| label.as_str())
    }

    /// The grammar of the labels, to hold a model to.
    ///
    /// # Errors
    /// Those of [`Grammar::one_of`].
    pub fn grammar(&self) -> Result<Grammar> {
        Grammar::one_of(self.labels())
    }
}

/// The labels of a schema that is a choice of texts.
fn labels(schema: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(label) = schema.get("const") {
        return text(label).map(|label| vec![label]);
    }
    if let Some(Value::Array(labels)) = schema.get("enum") {
        return labels.iter().map(text).collect();
    }
    let branches = schema.get("oneOf")?.as_array()?;
    Some(branches.iter().map(labels_of_branch).collect::<Option<Vec<_>>>()?.concat())
}

// A branch of a branch is no enum of variants: schemars makes none.
fn labels_of_branch(branch: &Value) -> Option<Vec<String>> {
    branch.get("oneOf").is_none().then(|| labels(branch))?
}

impl<T: Clone + Send + Sync + 'static> OutputParser for EnumParser<T> {
    type Output = T;

    fn parse(&self, text: &str) -> Result<T> {
        let label = text.trim();
        if let Some((_, value)) = self.values.iter().find(|(known, _)| known == label) {
            return Ok(value.clone());
        }
        let known = self.labels().map(|label| format!("{label:?}")).collect::<Vec<_>>().join(", ");
        let message = format!("{} is none of {known}", fault::shown(label));
        if self.labels().any(|known| known.starts_with(label)) {
            return Err(fault::truncated(text, message));
        }
        Err(fault::unreadable(text, message))
    }

    fn format_instructions(&self) -> String {
        format!("Answer with exactly one of these and nothing else: {}", self.labels().collect::<Vec<_>>().join(", "))
    }

    fn schema(&self) -> Option<Value> {
        self.schema.as_deref().cloned()
    }

    fn text_schema(&self) -> Option<Value> {
        Some(json!({ "type": "string", "enum": self.labels().collect::<Vec<_>>() }))
    }
}

crate::parser_step!(impl<T> EnumParser<T> where T: Clone + Send + Sync + 'static);

impl<T> fmt::Debug for EnumParser<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values.iter().map(|(label, _)| label)).finish()
    }
}
