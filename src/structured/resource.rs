//! The parts of a document that have addresses of their own: `$id`, `$anchor` and their kin.
use foldhash::{HashMap, HashMapExt};

use serde_json::{Map, Value};

use super::{draft::Draft, pointer::child};

/// Keywords whose value is a schema or a list of schemas.
const SCHEMAS: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords whose value holds schemas by name.
const MAPS: &[&str] = &["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

/// A schema with an address, and a place in it.
#[derive(Debug, Clone)]
pub(crate) struct Target<'a> {
    pub(crate) value: &'a Value,
    pub(crate) resource: usize,
    pub(crate) pointer: String,
}

/// The schemas of a document that have addresses. The first is the document.
///
/// The others are looked for when one is met, which is seldom.
#[derive(Debug)]
pub(crate) struct Resources<'a> {
    draft: Draft,
    all: Vec<Resource<'a>>,
    indexed: bool,
    has_dynamic: bool,
    addresses: HashMap<String, usize>,
    roots: HashMap<*const Value, usize>,
    anchors: HashMap<(usize, &'a str), Target<'a>>,
    dynamic: HashMap<(usize, &'a str), Target<'a>>,
}

#[derive(Debug)]
struct Resource<'a> {
    root: &'a Value,
    address: String,
    pointer: String,
}

impl<'a> Resources<'a> {
    pub(crate) fn new(root: &'a Value, draft: Draft) -> Self {
        let address = root.as_object().and_then(|object| own_address(object, draft)).unwrap_or_default();
        let address = address.trim_end_matches('#').to_owned();
        Resources {
            draft,
            addresses: HashMap::from_iter([(address.clone(), 0)]),
            all: vec![Resource { root, address, pointer: String::new() }],
            indexed: false,
            has_dynamic: false,
            roots: HashMap::new(),
            anchors: HashMap::new(),
            dynamic: HashMap::new(),
        }
    }

    /// Whether a dynamic reference can tell on which way a place was reached.
    pub(crate) fn has_dynamic(&self) -> bool {
        self.has_dynamic
    }

    /// The resource that this schema is the root of, unless it is the document.
    pub(crate) fn at(&mut self, value: &'a Value) -> Option<usize> {
        own_address(value.as_object()?, self.draft)?;
        self.index();
        self.roots.get(&std::ptr::from_ref(value)).copied()
    }

    /// The root of a resource.
    pub(crate) fn root(&self, resource: usize) -> Option<Target<'a>> {
        let found = self.all.get(resource)?;
        Some(Target { value: found.root, resource, pointer: found.pointer.clone() })
    }

    /// The resource with the address that `reference` means in another one.
    pub(crate) fn find(&mut self, from: usize, reference: &str) -> Result<usize, String> {
        let absolute = join(self.all.get(from).map_or("", |resource| &resource.address), reference);
        if let Some(resource) = self.addresses.get(&absolute) {
            return Ok(*resource);
        }
        self.index();
        self.addresses.get(&absolute).copied().ok_or(absolute)
    }

    /// The schema at a pointer into a resource.
    pub(crate) fn walk(&mut self, resource: usize, pointer: &str) -> Option<Target<'a>> {
        let mut target = self.root(resource)?;
        let names: Vec<String> = super::pointer::segments(pointer).collect();
        let last = names.len();
        for (at, name) in names.into_iter().enumerate() {
            target.value = match target.value {
                Value::Object(object) => object.get(&name)?,
                Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
                _ => return None,
            };
            target.pointer = child(&target.pointer, &name);
            // The place itself enters its resource when it is read.
            if at + 1 < last {
                if let Some(resource) = self.at(target.value) {
                    target.resource = resource;
                }
            }
        }
        Some(target)
    }

    /// The schema with an anchor, dynamic or not.
    pub(crate) fn anchor(&mut self, resource: usize, name: &str) -> Option<Target<'a>> {
        self.index();
        self.anchors.get(&(resource, name)).cloned()
    }

    /// The schema with a dynamic anchor.
    pub(crate) fn dynamic(&mut self, resource: usize, name: &str) -> Option<Target<'a>> {
        self.index();
        self.dynamic.get(&(resource, name)).cloned()
    }

    fn index(&mut self) {
        if self.indexed {
            return;
        }
        self.indexed = true;
        let Some(root) = self.root(0) else { return };
        let mut waiting = vec![root];
        while let Some(target) = waiting.pop() {
            let items = match target.value {
                Value::Object(object) => {
                    self.note(&target, object, &mut waiting);
                    continue;
                }
                Value::Array(items) => items,
                _ => continue,
            };
            for (at, value) in items.iter().enumerate() {
                let pointer = child(&target.pointer, &at.to_string());
                waiting.push(Target { value, resource: target.resource, pointer });
            }
        }
    }

    fn note(&mut self, target: &Target<'a>, object: &'a Map<String, Value>, waiting: &mut Vec<Target<'a>>) {
        let mut resource = target.resource;
        if let (Some(address), false) = (own_address(object, self.draft), target.pointer.is_empty()) {
            let base = self.all.get(resource).map_or("", |resource| &resource.address);
            let address = join(base, address.trim_end_matches('#'));
            resource = self.all.len();
            self.addresses.entry(address.clone()).or_insert(resource);
            self.roots.insert(std::ptr::from_ref(target.value), resource);
            self.all.push(Resource { root: target.value, address, pointer: target.pointer.clone() });
        }
        let here = || Target { resource, ..target.clone() };
        let text = |keyword: &str| object.get(keyword).and_then(Value::as_str);
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = text(keyword) {
                self.anchors.entry((resource, name)).or_insert_with(here);
            }
        }
        if let Some(name) = text("$dynamicAnchor") {
            self.has_dynamic = true;
            self.dynamic.entry((resource, name)).or_insert_with(here);
        }
        if object.get("$recursiveAnchor") == Some(&Value::Bool(true)) {
            self.has_dynamic = true;
            self.dynamic.entry((resource, "")).or_insert_with(here);
        }
        if let Some(name) = text(self.draft.address()).and_then(|address| address.strip_prefix('#')) {
            self.anchors.entry((resource, name)).or_insert_with(here);
        }
        for (keyword, value) in object {
            let pointer = || child(&target.pointer, keyword);
            if SCHEMAS.contains(&keyword.as_str()) {
                waiting.push(Target { value, resource, pointer: pointer() });
            } else if MAPS.contains(&keyword.as_str()) {
                for (name, value) in value.as_object().into_iter().flatten() {
                    waiting.push(Target { value, resource, pointer: child(&pointer(), name) });
                }
            }
        }
    }
}

/// The address that a schema gives itself.
fn own_address(object: &Map<String, Value>, draft: Draft) -> Option<&str> {
    let address = object.get(draft.address())?.as_str()?;
    let hidden = draft.ref_stands_alone() && object.contains_key("$ref");
    (!address.starts_with('#') && !hidden).then_some(address)
}

/// Whether an address is that of a schema of the standard.
pub(crate) fn is_schema_address(address: &str) -> bool {
    ["http://json-schema.org/", "https://json-schema.org/"].iter().any(|start| address.starts_with(start))
}

/// The address that a reference means in a document of this address.
fn join(base: &str, reference: &str) -> String {
    if scheme(reference).is_some() || base.is_empty() {
        return reference.to_owned();
    }
    if reference.is_empty() {
        return base.to_owned();
    }
    let start = scheme(base).map_or(0, |scheme| scheme.len() + 1);
    let rest = base.get(start..).unwrap_or_default();
    let Some(authority) = rest.strip_prefix("//").map(|rest| 2 + rest.find('/').unwrap_or(rest.len())) else {
        // Without an authority (`urn:...`) there is nothing to be relative to, but a path.
        let folder = rest.rfind('/').map_or(0, |at| at + 1);
        return base.get(..start + folder).unwrap_or_default().to_owned() + reference;
    };
    if let Some(path) = reference.strip_prefix("//") {
        return format!("{}//{path}", base.get(..start).unwrap_or_default());
    }
    let host = base.get(..start + authority).unwrap_or_default();
    let path = if reference.starts_with('/') {
        reference.to_owned()
    } else {
        let path = rest.get(authority..).unwrap_or_default();
        let folder = path.rfind('/').map_or("/", |at| path.get(..=at).unwrap_or("/"));
        format!("{folder}{reference}")
    };
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/').skip(1) {
        match name {
            "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    format!("{host}/{}", names.join("/"))
}

fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let first = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let rest = scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'));
    (first && rest).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_joined() {
        for (base, reference, address) in [
            ("http://x/a/b.json", "c.json", "http://x/a/c.json"),
            ("http://x/a/b.json", "/c.json", "http://x/c.json"),
            ("http://x/a/b.json", "../c.json", "http://x/c.json"),
            ("http://x", "c", "http://x/c"),
            ("http://x/a", "urn:one", "urn:one"),
            ("", "c.json", "c.json"),
            ("urn:one", "two", "urn:two"),
        ] {
            assert_eq!(join(base, reference), address, "{base} {reference}");
        }
    }
}
