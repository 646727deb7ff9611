//! A schema document: its places, and where its references lead.
use foldhash::{HashMap, HashMapExt};

use serde_json::{Map, Value};

use super::{
    draft::Draft,
    find, keywords, pointer,
    resource::{Resources, Target, is_schema_address},
    term::{Literal, NodeId},
};
use crate::{
    Error, ErrorKind, Result,
    regular::{self, Dfa, PatternError},
};

/// The most places of one document that are looked at.
const MAX_NODES: u32 = 100_000;
/// The most references that follow one another without anything between.
const MAX_ALIASES: usize = 100;

/// What stands at a place.
#[derive(Debug, Clone)]
pub(crate) enum Content<'a> {
    Schema(&'a Value),
    /// This value alone.
    Const(&'a Value),
    /// What any of these admits.
    Either(Vec<Literal>),
}

/// A place of the document.
#[derive(Debug)]
struct Node<'a> {
    content: Content<'a>,
    place: Place<'a>,
    scope: usize,
}

/// Where a node stands.
#[derive(Debug, Clone)]
enum Place<'a> {
    /// Below a keyword of another node.
    Below(NodeId, &'a str, Option<Step<'a>>),
    /// At this pointer.
    At(String),
}

/// A name or a number in a pointer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'a> {
    Name(&'a str),
    Number(usize),
}

/// The schema resources that were entered on the way to a place, the last one first. Only those that dynamic references
/// can see are kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Scope {
    resource: usize,
    entered: Vec<usize>,
}

/// A schema document. Places are numbered when they are first asked for.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) draft: Draft,
    nodes: Vec<Node<'a>>,
    /// Places by the address of what stands there, and their scopes.
    places: HashMap<(*const Value, bool, usize), NodeId>,
    /// The texts of each pattern that was asked for.
    patterns: HashMap<&'a str, Dfa>,
    scopes: Vec<Scope>,
    resources: Resources<'a>,
}

impl<'a> Document<'a> {
    pub(crate) fn new(root: &'a Value) -> Result<Self> {
        let draft = Draft::of(root).map_err(|name| {
            let message = format!("`$schema` `{name}` is no version of JSON Schema: name one of the standard, or none");
            schema_error(message).with_path("/$schema")
        })?;
        let resources = Resources::new(root, draft);
        let scopes = vec![Scope { resource: 0, entered: vec![0] }];
        Ok(Document { draft, nodes: Vec::new(), places: HashMap::new(), patterns: HashMap::new(), scopes, resources })
    }

    /// The whole document.
    pub(crate) fn root(&mut self) -> Result<Literal> {
        match self.resources.root(0) {
            Some(target) => self.schema(target.value, Place::At(String::new()), 0),
            None => Err(error_at("", "there is no schema")),
        }
    }

    /// Whether a pointer leads to anything.
    pub(crate) fn has(&self, pointer: &str) -> bool {
        self.resources.root(0).is_some_and(|root| root.value.pointer(pointer).is_some())
    }

    /// What a reference within the document means, and the pointer to it.
    pub(crate) fn local(&self, reference: &str) -> Option<(String, &'a Value)> {
        let pointer = pointer::percent_decode(reference.strip_prefix('#')?)?;
        let value = self.resources.root(0)?.value.pointer(&pointer)?;
        Some((pointer, value))
    }

    /// The keywords of a place that restrict values.
    pub(crate) fn constraints(&self, node: NodeId) -> Vec<&'a str> {
        let Content::Schema(Value::Object(object)) = self.content(node) else { return Vec::new() };
        let names = object.keys().map(String::as_str);
        names.filter(|name| keywords::standing(name, self.draft) == keywords::Standing::Kept).collect()
    }

    /// What stands at a place.
    pub(crate) fn content(&self, node: NodeId) -> Content<'a> {
        self.nodes.get(node as usize).map_or(Content::Either(Vec::new()), |node| node.content.clone())
    }

    /// The schema below a keyword of a place, or below a name or number there.
    pub(crate) fn child(
        &mut self,
        node: NodeId,
        value: &'a Value,
        keyword: &'a str,
        step: Option<Step<'a>>,
    ) -> Result<Literal> {
        self.schema(value, Place::Below(node, keyword, step), self.scope(node))
    }

    /// The place of a value that stands for itself.
    pub(crate) fn constant(
        &mut self,
        node: NodeId,
        value: &'a Value,
        keyword: &'a str,
        step: Option<Step<'a>>,
    ) -> Result<Literal> {
        let key = (std::ptr::from_ref(value), true, 0);
        if let Some(id) = self.places.get(&key) {
            return Ok(Literal::of(*id));
        }
        let place = Place::Below(node, keyword, step);
        let id = self.add(Node { content: Content::Const(value), place, scope: 0 })?;
        self.places.insert(key, id);
        Ok(Literal::of(id))
    }

    /// A place that admits what any of these does.
    pub(crate) fn either(&mut self, node: NodeId, keyword: &'a str, of: Vec<Literal>) -> Result<Literal> {
        let place = Place::Below(node, keyword, None);
        self.add(Node { content: Content::Either(of), place, scope: 0 }).map(Literal::of)
    }

    /// The schema that a `$ref` of a place means.
    pub(crate) fn reference(&mut self, node: NodeId, reference: &str) -> Result<Literal> {
        let target = self.target(node, reference, "$ref")?;
        self.enter(node, target)
    }

    /// The schema that a `$dynamicRef` or `$recursiveRef` of a place means.
    pub(crate) fn dynamic_reference(&mut self, node: NodeId, reference: &str, keyword: &str) -> Result<Literal> {
        let target = self.target(node, reference, keyword)?;
        let anchor = reference.split_once('#').map_or("", |(_, anchor)| anchor);
        let is_dynamic = match keyword {
            "$recursiveRef" => target.value.get("$recursiveAnchor") == Some(&Value::Bool(true)),
            _ => !anchor.is_empty() && target.value.get("$dynamicAnchor").and_then(Value::as_str) == Some(anchor),
        };
        if is_dynamic {
            let entered = self.scopes.get(self.scope(node)).map(|scope| scope.entered.clone()).unwrap_or_default();
            for resource in entered {
                if let Some(target) = self.resources.dynamic(resource, anchor) {
                    return self.enter(node, target);
                }
            }
        }
        self.enter(node, target)
    }

    /// The texts that hold a match of a pattern.
    pub(crate) fn pattern(&mut self, ecma: &'a str) -> Result<Dfa, PatternError> {
        if let Some(texts) = self.patterns.get(ecma) {
            return Ok(texts.clone());
        }
        let texts = regular::pattern(ecma)?;
        self.patterns.insert(ecma, texts.clone());
        Ok(texts)
    }

    /// The pointer to a place.
    pub(crate) fn pointer(&self, node: NodeId) -> String {
        match self.nodes.get(node as usize).map(|node| &node.place) {
            None => String::new(),
            Some(Place::At(pointer)) => pointer.clone(),
            Some(Place::Below(parent, keyword, step)) => {
                let above = self.pointer(*parent);
                let above = if keyword.is_empty() { above } else { pointer::child(&above, keyword) };
                match step {
                    None => above,
                    Some(Step::Name(name)) => pointer::child(&above, name),
                    Some(Step::Number(number)) => pointer::child(&above, &number.to_string()),
                }
            }
        }
    }

    /// An error at a keyword of a place, or at the place itself where it has no such keyword.
    pub(crate) fn error(&self, node: NodeId, keyword: &str, message: impl Into<String>) -> Error {
        error_at(&self.find(node, keyword).unwrap_or_else(|| self.pointer(node)), message)
    }

    /// The pointer to a keyword of a place, or of a schema that holds in place of it.
    pub(crate) fn find(&self, node: NodeId, keyword: &str) -> Option<String> {
        match self.content(node) {
            Content::Schema(value) => {
                let (pointer, schema) = find::keyword(value, keyword, &|reference| {
                    self.resources.root(0)?.value.pointer(reference.strip_prefix('#')?)
                })?;
                let pointer = if schema { pointer } else { format!("{}{pointer}", self.pointer(node)) };
                Some(pointer)
            }
            Content::Const(_) => None,
            Content::Either(literals) => literals.iter().find_map(|literal| self.find(literal.node(), keyword)),
        }
    }

    fn scope(&self, node: NodeId) -> usize {
        self.nodes.get(node as usize).map_or(0, |node| node.scope)
    }

    fn enter(&mut self, node: NodeId, target: Target<'a>) -> Result<Literal> {
        let scope = self.entered(self.scope(node), target.resource);
        self.schema(target.value, Place::At(target.pointer), scope)
    }

    /// The scope behind entering a resource from another scope.
    fn entered(&mut self, from: usize, resource: usize) -> usize {
        let Some(scope) = self.scopes.get(from) else { return from };
        let is_seen = !self.resources.has_dynamic() || scope.entered.contains(&resource);
        if scope.resource == resource && is_seen {
            return from;
        }
        let mut entered = scope.entered.clone();
        if !is_seen {
            entered.push(resource);
        }
        let scope = Scope { resource, entered };
        self.scopes.iter().position(|known| *known == scope).unwrap_or_else(|| {
            self.scopes.push(scope);
            self.scopes.len() - 1
        })
    }

    /// The place of a schema. One that only refers to another one is that other one.
    fn schema(&mut self, value: &'a Value, place: Place<'a>, scope: usize) -> Result<Literal> {
        match value {
            Value::Bool(true) => return Ok(Literal::ANY),
            Value::Bool(false) => return Ok(Literal::NEVER),
            Value::Object(object) if object.is_empty() => return Ok(Literal::ANY),
            _ => {}
        }
        let first = self.place(value, place, scope)?;
        let mut node = first;
        let mut steps = 0;
        while let Some(reference) = self.alias(node) {
            steps += 1;
            if steps > MAX_ALIASES {
                let message = "`$ref` leads back to itself: refer to a schema with content";
                return Err(self.error(first, "$ref", message));
            }
            let target = self.target(node, reference, "$ref")?;
            let scope = self.entered(self.scope(node), target.resource);
            node = self.place(target.value, Place::At(target.pointer), scope)?;
        }
        Ok(Literal::of(node))
    }

    fn place(&mut self, value: &'a Value, place: Place<'a>, scope: usize) -> Result<NodeId> {
        let scope = match self.resources.at(value) {
            Some(resource) => self.entered(scope, resource),
            None => scope,
        };
        let key = (std::ptr::from_ref(value), false, scope);
        if let Some(id) = self.places.get(&key) {
            return Ok(*id);
        }
        let id = self.add(Node { content: Content::Schema(value), place, scope })?;
        self.places.insert(key, id);
        Ok(id)
    }

    fn alias(&self, node: NodeId) -> Option<&'a str> {
        let Content::Schema(Value::Object(object)) = self.content(node) else { return None };
        let reference = object.get("$ref")?.as_str()?;
        let alone = self.draft.ref_stands_alone() || object.len() == 1 || only_annotations(object);
        alone.then_some(reference)
    }

    fn add(&mut self, node: Node<'a>) -> Result<NodeId> {
        let id = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        if id >= MAX_NODES {
            return Err(error_at("", format!("more than {MAX_NODES} subschemas: split the schema")));
        }
        self.nodes.push(node);
        Ok(id)
    }

    /// Where a reference leads.
    fn target(&mut self, node: NodeId, reference: &str, keyword: &str) -> Result<Target<'a>> {
        let refuse = |document: &Self, why: &str| {
            Err(document.error(node, keyword, format!("`{keyword}` to `{reference}` {why}")))
        };
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let base = self.scopes.get(self.scope(node)).map_or(0, |scope| scope.resource);
        let resource = match self.resources.find(base, address) {
            _ if address.is_empty() => base,
            Ok(resource) => resource,
            Err(absolute) if is_schema_address(&absolute) => {
                return refuse(self, "means the standard's own schema, which is not supplied: remove it");
            }
            Err(_) => return refuse(self, "leaves the document: put the definition under `$defs`"),
        };
        let Some(fragment) = pointer::percent_decode(fragment) else {
            return refuse(self, "is not percent-encoded UTF-8: encode it");
        };
        let (found, why) = if fragment.is_empty() {
            (self.resources.root(resource), "leads nowhere: add the definition")
        } else if fragment.starts_with('/') {
            (self.resources.walk(resource, &fragment), "leads nowhere: add the definition")
        } else {
            (self.resources.anchor(resource, &fragment), "names an anchor that no schema has: add `$anchor` there")
        };
        found.map_or_else(|| refuse(self, why), Ok)
    }
}

fn only_annotations(object: &Map<String, Value>) -> bool {
    object.keys().all(|key| key == "$ref" || keywords::is_annotation(key))
}

/// An error in a schema document.
pub(crate) fn schema_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Schema, message)
}

/// An error at a place of a schema document.
pub(crate) fn error_at(pointer: &str, message: impl Into<String>) -> Error {
    schema_error(message).with_path(if pointer.is_empty() { "#" } else { pointer })
}
