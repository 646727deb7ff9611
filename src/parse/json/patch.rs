//! What changes in a JSON value that is still being written.
use super::JsonPath;
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// A change of a JSON value that is still being written, in the manner of JSON Patch (RFC 6902).
///
/// Applied in their order to null, the changes make the value. Each is as large as what is new: a list or an object is
/// [added](JsonPatch::Add) empty when it begins, and a string grows by what was [written](JsonPatch::Append). As JSON:
/// `{"op":"add","path":"/name","value":"Ad"}`, `{"op":"append","path":"/name","value":"a"}`,
/// `{"op":"complete","path":"/name"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
#[non_exhaustive]
pub enum JsonPatch {
    /// This value is now at `path`. Numbers, booleans and null are complete; strings, lists and objects begin here.
    Add {
        /// Where.
        path: JsonPath,
        /// The value, or its beginning.
        value: Value,
    },
    /// The string at `path` goes on.
    Append {
        /// Where.
        path: JsonPath,
        /// What follows.
        #[serde(rename = "value")]
        text: String,
    },
    /// The string, list or object at `path` is complete.
    Complete {
        /// Where.
        path: JsonPath,
    },
}

impl JsonPatch {
    /// Where the change is.
    pub fn path(&self) -> &JsonPath {
        match self {
            JsonPatch::Add { path, .. } | JsonPatch::Append { path, .. } | JsonPatch::Complete { path } => path,
        }
    }

    /// Makes the change. In a list, what stood at the place and behind it is gone.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorKind::InvalidOption) when `value` has no such place: a change before it was left out.
    pub fn apply(&self, value: &mut Value) -> Result<()> {
        match self {
            JsonPatch::Add { path, value: new } => match (path.parent(), path.last()) {
                (Some(parent), Some(segment)) => match (find(value, parent), segment.place()) {
                    (Some(Value::Object(map)), _) => {
                        map.insert(segment.name().into_owned(), new.clone());
                        Ok(())
                    }
                    (Some(Value::Array(items)), Some(index)) if index <= items.len() => {
                        items.truncate(index);
                        items.push(new.clone());
                        Ok(())
                    }
                    _ => Err(absent(path)),
                },
                _ => {
                    *value = new.clone();
                    Ok(())
                }
            },
            JsonPatch::Append { path, text } => match find(value, path) {
                Some(Value::String(string)) => {
                    string.push_str(text);
                    Ok(())
                }
                _ => Err(absent(path)),
            },
            JsonPatch::Complete { path } => find(value, path).map(|_| ()).ok_or_else(|| absent(path)),
        }
    }
}

fn find<'v>(value: &'v mut Value, path: &JsonPath) -> Option<&'v mut Value> {
    path.segments().into_iter().try_fold(value, |value, segment| match value {
        Value::Object(map) => map.get_mut(&*segment.name()),
        Value::Array(items) => items.get_mut(segment.place()?),
        _ => None,
    })
}

fn absent(path: &JsonPath) -> Error {
    let message = "the value has no place for this change: apply all changes from the first on, in their order";
    Error::new(ErrorKind::InvalidOption, message).with_path(path.to_string())
}

/// One line: the place and what is new there.
impl fmt::Display for JsonPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonPatch::Add { path, value } => write!(f, "{path} = {value}"),
            JsonPatch::Append { path, text } => write!(f, "{path} + {text:?}"),
            JsonPatch::Complete { path } => write!(f, "{path} complete"),
        }
    }
}
