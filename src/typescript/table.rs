//! The declarations by name, and which of them is the root.
use super::{
    ast::{Body, Declaration, Kind, Member, Place, Type},
    fault::{Fault, Outcome},
    utility::KNOWN,
};
use std::collections::{HashMap, HashSet};

/// How many names a message lists at most.
const MAX_NAMES: usize = 8;

#[derive(Debug)]
pub(super) struct Table<'a> {
    all: &'a [Declaration],
    index: HashMap<&'a str, &'a Declaration>,
}

impl<'a> Table<'a> {
    pub(super) fn new(all: &'a [Declaration]) -> Outcome<Self> {
        let mut index = HashMap::new();
        for declaration in all {
            if index.insert(declaration.name.as_str(), declaration).is_some() {
                let why = format!("`{}` is declared twice: join the declarations, or rename one", declaration.name);
                return Err(Fault::new(&declaration.at, why));
            }
        }
        Ok(Table { all, index })
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Declaration> {
        self.index.get(name).copied()
    }

    /// The names of all declarations, for a message.
    pub(super) fn names(&self) -> String {
        list(self.all.iter().map(|declaration| declaration.name.as_str()))
    }

    /// The first name in the text that stands for nothing.
    pub(super) fn undeclared(&self) -> Option<(&'a str, &'a Place)> {
        let all = self.all.iter().flat_map(references);
        let unknown = all.filter(|(name, _)| self.get(name).is_none() && !KNOWN.contains(name));
        unknown.min_by_key(|(_, at)| at.start)
    }

    /// The declaration that no other refers to: the only one, or the only one that is exported. Where all are used by
    /// others, the only one that is exported.
    pub(super) fn root(&self) -> Result<&'a Declaration, String> {
        let mut used = HashSet::new();
        for declaration in self.all {
            let names = references(declaration).into_iter().map(|(name, _)| name);
            used.extend(names.filter(|name| *name != declaration.name));
        }
        let is_root = |declaration: &&Declaration| {
            !used.contains(declaration.name.as_str())
                && declaration.parameters.iter().all(|parameter| parameter.default.is_some())
        };
        let roots: Vec<&Declaration> = self.all.iter().filter(is_root).collect();
        let candidates = if roots.is_empty() { self.all.iter().collect() } else { roots.clone() };
        let exported: Vec<&Declaration> = candidates.into_iter().filter(|root| root.is_exported).collect();
        match (roots.as_slice(), exported.as_slice()) {
            (&[root], _) | (_, &[root]) => Ok(root),
            ([], _) if self.all.is_empty() => {
                Err("the text declares no type: write an `interface` or a `type`".to_owned())
            }
            ([], _) => Err(format!("each type is used by another: name the root ({} are declared)", self.names())),
            _ => {
                let names = list(roots.iter().map(|root| root.name.as_str()));
                Err(format!("several types could be the root: name one of {names}"))
            }
        }
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.get(..MAX_NAMES) {
        Some(first) if names.len() > MAX_NAMES => format!("{} and {} more", first.join(", "), names.len() - MAX_NAMES),
        _ => names.join(", "),
    }
}

/// The names that a declaration refers to; of a member of an enum, the enum's.
fn references(declaration: &Declaration) -> Vec<(&str, &Place)> {
    let mut open: Vec<&Type> =
        declaration.parameters.iter().filter_map(|parameter| parameter.default.as_ref()).collect();
    match &declaration.body {
        Body::Interface { extends, members } => {
            open.extend(extends);
            open.extend(members.iter().map(of_member));
        }
        Body::Alias(of) => open.push(of),
        Body::Enum(_) => {}
    }
    let mut out = Vec::new();
    while let Some(found) = open.pop() {
        match &found.kind {
            Kind::Named { name, arguments } => {
                out.push((name.split('.').next().unwrap_or_default(), &found.at));
                open.extend(arguments);
            }
            Kind::Array(of) => open.push(of),
            Kind::Tuple(elements) => open.extend(elements.iter().map(|element| &element.of)),
            Kind::Object(members) => open.extend(members.iter().map(of_member)),
            Kind::Union(all) | Kind::Intersection(all) => open.extend(all),
            Kind::Template { types, .. } => open.extend(types),
            Kind::Keyword(_) | Kind::Literal(_) => {}
        }
    }
    // A parameter hides a type of its name.
    out.retain(|(name, _)| declaration.parameters.iter().all(|parameter| parameter.name != *name));
    out
}

fn of_member(member: &Member) -> &Type {
    match member {
        Member::Property { of, .. } | Member::Index { of, .. } => of,
    }
}
