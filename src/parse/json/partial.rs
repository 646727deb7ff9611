//! A value that is still being written.
use super::{JsonPatch, JsonPath, reader::Reader};
use crate::{Delta, Error, ErrorKind, Result, Span, parse::fence};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{any::type_name, fmt, marker::PhantomData};

/// What is known of a `T` while its JSON is still being written.
///
/// It is a type of its own, so that an unfinished value is never taken for a `T`. Fill it from the
/// [`JsonPatch`]es of a stream, or read the beginning of a JSON text with [`parse`](Partial::parse).
///
/// Places are JSON pointers: `""` is the whole value, `/items/0` the first item of the property `items`.
///
/// ```
/// use catena::{ErrorKind, Partial};
///
/// #[derive(Debug, serde::Deserialize)]
/// struct Recipe {
///     title: String,
///     minutes: u32,
/// }
///
/// let partial = Partial::<Recipe>::parse(r#"{"title": "Soup", "minutes": 3"#)?;
/// assert_eq!(partial.get::<String>("/title").as_deref(), Some("Soup"));
/// assert_eq!(partial.get::<u32>("/minutes"), None); // it may become 30
/// assert_eq!(partial.finish().unwrap_err().kind(), ErrorKind::Truncated);
/// # Ok::<(), catena::Error>(())
/// ```
pub struct Partial<T = Value> {
    value: Value,
    /// The innermost string, list or object that is not complete. Those around it are not either, and all else is.
    open: Option<JsonPath>,
    begun: bool,
    target: PhantomData<fn() -> T>,
}

impl<T> Partial<T> {
    /// Nothing is known.
    pub fn new() -> Self {
        Partial { value: Value::Null, open: None, begun: false, target: PhantomData }
    }

    /// Reads the beginning of a JSON text, as lenient as can be: all that is sure by then.
    ///
    /// # Errors
    /// [`Parse`](ErrorKind::Parse), with the place, when no JSON text begins like this.
    pub fn parse(text: &str) -> Result<Self> {
        let mut known = Vec::new();
        let mut reader = Reader::new();
        reader.push(text, &mut known).map_err(|fault| {
            let place = Span::new(text, fault.at..fault.at + 1);
            Error::new(ErrorKind::Parse, fault.message).with_span(place).with_partial(text)
        })?;
        // A number that may go on is not known, unless the text is whole without it.
        if fence::inside(text).is_some_and(|(_, inner)| serde_json::from_str::<Value>(inner).is_ok()) {
            let _ = reader.end(&mut known);
        }
        let mut partial = Partial::new();
        for patch in &known {
            partial.apply(patch)?;
        }
        Ok(partial)
    }

    /// Takes in a change.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) when a change before it was left out.
    pub fn apply(&mut self, patch: &JsonPatch) -> Result<()> {
        patch.apply(&mut self.value)?;
        self.begun = true;
        match patch {
            JsonPatch::Add { path, value: Value::String(_) | Value::Array(_) | Value::Object(_) } => {
                self.open = Some(path.clone());
            }
            JsonPatch::Complete { path } => self.open = path.parent().cloned(),
            _ => {}
        }
        Ok(())
    }

    /// Takes in an increment of a stream: a [`JsonPatch`], or a [`Restart`](Delta::Restart), by which nothing is known any
    /// more. Others change nothing.
    ///
    /// # Errors
    /// As [`apply`](Partial::apply).
    pub fn apply_delta(&mut self, delta: &Delta) -> Result<()> {
        match delta {
            Delta::Patch(patch) => self.apply(patch),
            Delta::Restart => {
                *self = Partial::new();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// All that is known, strings, lists and objects as far as they go; null before anything is.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The text at this place as far as it is written.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.value.pointer(pointer)?.as_str()
    }

    /// Whether the value at this place is there and will not change any more.
    pub fn is_complete(&self, pointer: &str) -> bool {
        self.begun && self.value.pointer(pointer).is_some() && !self.is_open(pointer)
    }

    /// The value at this place, once it is complete; also none when it is not a `U`.
    pub fn get<U: DeserializeOwned>(&self, pointer: &str) -> Option<U> {
        if !self.is_complete(pointer) {
            return None;
        }
        U::deserialize(self.value.pointer(pointer)?).ok()
    }

    /// The `T`, once the whole is complete.
    ///
    /// # Errors
    /// [`Truncated`](ErrorKind::Truncated) before that, [`Parse`](ErrorKind::Parse) when it is not a `T`.
    pub fn finish(&self) -> Result<T>
    where
        T: DeserializeOwned,
    {
        if !self.is_complete("") {
            return Err(Error::new(ErrorKind::Truncated, "the value is not complete yet"));
        }
        T::deserialize(&self.value).map_err(|cause| {
            let message = format!("the value is complete, but not a `{}`: {cause}", type_name::<T>());
            Error::new(ErrorKind::Parse, message).with_source(cause)
        })
    }

    /// Whether the pointer leads to the place that is being written, or to one around it.
    fn is_open(&self, pointer: &str) -> bool {
        let Some(open) = &self.open else { return false };
        let mut pointer = pointer.split('/').skip(1);
        let mut open = open.segments().into_iter();
        loop {
            match (pointer.next(), open.next()) {
                (None, _) => return true,
                (Some(_), None) => return false,
                (Some(token), Some(segment)) => {
                    if token.replace("~1", "/").replace("~0", "~") != segment.name() {
                        return false;
                    }
                }
            }
        }
    }
}

impl<T> Default for Partial<T> {
    fn default() -> Self {
        Partial::new()
    }
}

impl<T> Clone for Partial<T> {
    fn clone(&self) -> Self {
        Partial { value: self.value.clone(), open: self.open.clone(), begun: self.begun, target: PhantomData }
    }
}

impl<T> fmt::Debug for Partial<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partial")
            .field("target", &type_name::<T>())
            .field("value", &self.value)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}
