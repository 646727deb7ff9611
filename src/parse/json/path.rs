//! A place in a JSON value.
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Cow, fmt, sync::Arc};

/// A place in a JSON value, cheap to make and to clone. It displays as a JSON pointer: `/items/0/name`.
#[derive(Clone, Default)]
pub struct JsonPath(Option<Arc<Node>>);

struct Node {
    parent: JsonPath,
    segment: Segment,
}

/// One step down in a JSON value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// To the property of this name.
    Key(Arc<str>),
    /// To the item at this place, from 0.
    Index(usize),
}

impl Segment {
    /// The step as a name, whatever it leads into.
    pub(super) fn name(&self) -> Cow<'_, str> {
        match self {
            Segment::Key(key) => Cow::Borrowed(key),
            Segment::Index(index) => index.to_string().into(),
        }
    }

    /// The step as a place, if it can be one.
    pub(super) fn place(&self) -> Option<usize> {
        match self {
            Segment::Key(key) => key.parse().ok(),
            Segment::Index(index) => Some(*index),
        }
    }
}

impl JsonPath {
    /// The whole value.
    pub const ROOT: JsonPath = JsonPath(None);

    // Not public: a path as deep as memory allows would overflow the stack when it is dropped. Those made here are as
    // deep as a value is read, which is bounded.
    pub(in crate::parse) fn child(&self, segment: Segment) -> Self {
        JsonPath(Some(Arc::new(Node { parent: self.clone(), segment })))
    }

    pub(in crate::parse) fn index(&self, index: usize) -> Self {
        self.child(Segment::Index(index))
    }

    /// The place one step up; none for the whole value.
    pub fn parent(&self) -> Option<&JsonPath> {
        self.0.as_deref().map(|node| &node.parent)
    }

    /// The last step to the place; none for the whole value.
    pub fn last(&self) -> Option<&Segment> {
        self.0.as_deref().map(|node| &node.segment)
    }

    /// The steps from the whole value to the place.
    pub fn segments(&self) -> Vec<&Segment> {
        let up = std::iter::successors(self.0.as_deref(), |node| node.parent.0.as_deref());
        let mut segments: Vec<_> = up.map(|node| &node.segment).collect();
        segments.reverse();
        segments
    }
}

/// Paths are equal when they display alike.
impl PartialEq for JsonPath {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) => true,
            _ => self.segments().iter().map(|step| step.name()).eq(other.segments().iter().map(|step| step.name())),
        }
    }
}

impl Eq for JsonPath {}

/// As a JSON pointer; the whole value is the empty text.
impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in self.segments() {
            match segment {
                Segment::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1"))?,
                Segment::Index(index) => write!(f, "/{index}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

/// A JSON pointer does not tell places in lists from names that are numbers; numbers are read as places, and a change
/// takes both for what is there.
impl<'de> Deserialize<'de> for JsonPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const MAX_DEPTH: usize = 1000;
        let text = String::deserialize(deserializer)?;
        if !(text.is_empty() || text.starts_with('/')) {
            return Err(de::Error::custom("a JSON pointer is empty or begins with `/`"));
        }
        let step = |path: JsonPath, token: &str| match token.parse() {
            Ok(index) if token == "0" || !token.starts_with(['0', '+']) => path.child(Segment::Index(index)),
            _ => path.child(Segment::Key(token.replace("~1", "/").replace("~0", "~").into())),
        };
        if text.matches('/').count() > MAX_DEPTH {
            return Err(de::Error::custom("a JSON pointer has at most 1000 steps"));
        }
        Ok(text.split('/').skip(1).fold(JsonPath::ROOT, step))
    }
}

impl Serialize for JsonPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
