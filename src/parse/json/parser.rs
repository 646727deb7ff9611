//! JSON into values of Rust types.
use super::{
    JsonPatch,
    reader::{Fault, Reader},
    whole::Whole,
};
use crate::{
    Delta, Error, ErrorKind, Result,
    parse::{OutputParser, Progress, fault, fence},
    structured::schema_for_type,
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{any::type_name, fmt, marker::PhantomData, sync::Arc};

/// Reads JSON as a `T`; [`Value`] is any JSON.
///
/// It is strict: the whole text is one JSON text, which may stand in one Markdown fence, as models like to write it.
/// Members that `T` lacks are read as strictly as the others. A text that ends too early is an error of kind
/// [`Truncated`](crate::ErrorKind::Truncated), never a value with something left out; [`Partial`](super::Partial) is for
/// that. Lists and objects nest at most 127 deep.
///
/// While the text is written, [`JsonPatch`]es tell what is known, each byte being looked at once however long the text
/// becomes. A text that no JSON text begins with is an error at once.
///
/// ```
/// use catena::{Chunk, Delta, JsonParser, Model, Partial, testing::FakeLlm};
/// use futures::TryStreamExt;
///
/// #[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
/// struct Recipe {
///     title: String,
///     minutes: u32,
/// }
///
/// # futures::executor::block_on(async {
/// let llm = Model::new(FakeLlm::scripted([["{\"title\": \"So", "up\", \"minu", "tes\": 30}"]]));
/// let chain = llm | JsonParser::<Recipe>::new();
///
/// let (mut titles, mut partial) = (Vec::new(), Partial::<Recipe>::new());
/// let mut chunks = chain.stream("What is for lunch?");
/// while let Some(chunk) = chunks.try_next().await? {
///     match chunk {
///         Chunk::Delta(Delta::Patch(patch)) => {
///             partial.apply(&patch)?;
///             titles.extend(partial.text("/title").map(str::to_owned));
///         }
///         Chunk::Done(recipe) => assert_eq!((recipe.title.as_str(), recipe.minutes), ("Soup", 30)),
///         _ => {}
///     }
/// }
/// assert_eq!(titles.first().map(String::as_str), Some("So"));
/// # Ok::<(), catena::Error>(()) }).unwrap();
/// ```
#[doc(alias = "JsonOutputParser")]
#[doc(alias = "PydanticOutputParser")]
pub struct JsonParser<T = Value> {
    schema: Option<Arc<Value>>,
    value: PhantomData<fn() -> T>,
}

// The bounds are on the constructors, so that a type without them is told at the constructor and not at the `|`.
impl<T> JsonParser<T> {
    /// A parser of a type with a JSON schema, which the format instructions show.
    pub fn new() -> Self
    where
        T: DeserializeOwned + JsonSchema + Send + 'static,
    {
        JsonParser { schema: Some(Arc::new(schema_for_type::<T>())), value: PhantomData }
    }

    /// A parser of a type without a JSON schema: the format instructions ask for JSON, and not for which.
    pub fn without_schema() -> Self
    where
        T: DeserializeOwned + Send + 'static,
    {
        JsonParser { schema: None, value: PhantomData }
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Default for JsonParser<T> {
    fn default() -> Self {
        JsonParser::new()
    }
}

impl<T: DeserializeOwned + Send + 'static> OutputParser for JsonParser<T> {
    type Output = T;

    fn parse(&self, text: &str) -> Result<T> {
        let target = type_name::<T>();
        let Some((start, inner)) = fence::inside(text) else { return Err(diagnose(text, target, 0, None)) };
        let wrong = |cause| diagnose(text, target, start, Some(cause));
        let value = serde_json::from_str(inner).map_err(wrong)?;
        serde_json::from_str::<Whole>(inner).map_err(wrong)?;
        Ok(value)
    }

    fn format_instructions(&self) -> String {
        let mut schema = self.schema.as_deref().cloned().unwrap_or_default();
        // A schema that says no more than its name says nothing about the value.
        let says = schema.as_object_mut().is_some_and(|schema| {
            schema.shift_remove("$schema");
            schema.keys().any(|key| key != "title")
        });
        let ask = "Answer with one JSON value and nothing else.";
        if says { format!("{ask} It must satisfy this JSON schema:\n{schema:#}") } else { ask.to_owned() }
    }

    fn schema(&self) -> Option<Value> {
        self.schema.as_deref().cloned()
    }

    fn progress(&self) -> Box<dyn Progress> {
        Box::new(Reading(Reader::new()))
    }
}

crate::parser_step!(impl<T> JsonParser<T> where T: DeserializeOwned + Send + 'static);

/// What is wrong with a text that is not a `target`; the cause, if there is one, is about the part of it from `start` on.
fn diagnose(text: &str, target: &str, start: usize, cause: Option<serde_json::Error>) -> Error {
    let mut reader = Reader::new();
    let mut known = Vec::new();
    let error = match reader.push(text, &mut known).and_then(|()| reader.end(&mut known)) {
        Err(error) => fault::wrong(text, error.at..error.at + 1, format!("the answer is not JSON: {}", error.message)),
        Ok(false) => fault::truncated(text, "the answer ends before the JSON text is complete"),
        Ok(true) => {
            let why = cause.as_ref().map(without_place).unwrap_or_default();
            let at = start + cause.as_ref().map_or(0, |cause| offset(text.get(start..).unwrap_or_default(), cause));
            fault::wrong(text, at..at + 1, format!("the answer is JSON, but not a `{target}`: {why}"))
        }
    };
    match cause {
        Some(cause) => error.with_source(cause),
        None => error,
    }
}

/// The message of serde without the place, which is told beside it.
fn without_place(cause: &serde_json::Error) -> String {
    let message = cause.to_string();
    let place = format!(" at line {} column {}", cause.line(), cause.column());
    message.strip_suffix(&place).map(str::to_owned).unwrap_or(message)
}

/// Where in a text the place of an error is: it counts lines and, within one, bytes, both from 1.
fn offset(text: &str, cause: &serde_json::Error) -> usize {
    let lines: usize = text.split_inclusive('\n').take(cause.line().saturating_sub(1)).map(str::len).sum();
    (lines + cause.column().saturating_sub(1)).min(text.len())
}

struct Reading(Reader);

impl Reading {
    fn read(
        &mut self,
        out: &mut Vec<Delta>,
        read: impl FnOnce(&mut Reader, &mut Vec<JsonPatch>) -> Result<(), Fault>,
    ) -> Result<()> {
        let mut patches = Vec::new();
        let outcome = read(&mut self.0, &mut patches);
        out.extend(patches.into_iter().map(Delta::Patch));
        outcome.map_err(|fault| Error::new(ErrorKind::Parse, fault.message))
    }
}

impl Progress for Reading {
    fn push(&mut self, text: &str, out: &mut Vec<Delta>) -> Result<()> {
        self.read(out, |reader, patches| reader.push(text, patches))
    }

    fn end(&mut self, out: &mut Vec<Delta>) {
        // What is wrong here is what is wrong with the whole text, which is read after this.
        let _ = self.read(out, |reader, patches| reader.end(patches).map(|_| ()));
    }
}

impl<T> Clone for JsonParser<T> {
    fn clone(&self) -> Self {
        JsonParser { schema: self.schema.clone(), value: PhantomData }
    }
}

impl<T> fmt::Debug for JsonParser<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonParser").field("value", &type_name::<T>()).finish_non_exhaustive()
    }
}
