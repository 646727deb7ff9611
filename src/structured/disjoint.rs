//! Proof that the branches of a `oneOf` exclude one another, so that it may be read as `anyOf`.
use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    atom::{Atom, NodeId, ObjectPart, Slot, canonical, same},
    bounds::Types,
    normal::Normalizer,
};
use crate::Result;

/// Checks that no value that will be written for one branch of a `oneOf` satisfies another branch too.
///
/// Objects are written closed, so a property that an alternative does not declare is absent from its values.
pub(crate) fn check(normal: &mut Normalizer<'_>, atoms: &[Atom]) -> Result<()> {
    let mut nodes: BTreeMap<NodeId, Vec<(usize, &Atom)>> = BTreeMap::new();
    for atom in atoms {
        for (node, branch) in &atom.branches {
            nodes.entry(*node).or_default().push((*branch, atom));
        }
    }
    for (node, members) in nodes {
        for group in groups(normal, &members)? {
            for (at, (first, left)) in group.iter().enumerate() {
                for (second, right) in group.iter().skip(at + 1).filter(|(second, _)| second != first) {
                    if !(excludes(normal, left, right)? && excludes(normal, right, left)?) {
                        let message = format!(
                            "branches {first} and {second} of `oneOf` are not known to exclude one another: use `anyOf`, or give each a `const` tag"
                        );
                        return Err(normal.document.error(node, "oneOf", message));
                    }
                }
            }
        }
    }
    Ok(())
}

/// The members by groups, such that those of different groups are known to exclude one another.
///
/// Where all are listed values, or objects with a listed tag, those without a value in common need no comparison.
fn groups<'a>(normal: &mut Normalizer<'_>, members: &[(usize, &'a Atom)]) -> Result<Vec<Vec<(usize, &'a Atom)>>> {
    let Some((_, first)) = members.first() else { return Ok(Vec::new()) };
    let listed = |atom: &Atom| atom.literals.as_ref().map(|values| values.iter().map(canonical).collect::<Vec<_>>());
    let mut keys: Option<Vec<Vec<String>>> = members.iter().map(|(_, atom)| listed(atom)).collect();
    for name in &first.object.required {
        if keys.is_some() {
            break;
        }
        let tags = members.iter().map(|(_, atom)| tag_values(normal, atom, name)).collect::<Result<Vec<_>>>()?;
        keys = tags.into_iter().collect();
    }
    let Some(keys) = keys else { return Ok(vec![members.to_vec()]) };
    let mut groups: BTreeMap<String, Vec<(usize, &Atom)>> = BTreeMap::new();
    for (keys, member) in keys.into_iter().zip(members) {
        for key in keys {
            groups.entry(key).or_default().push(*member);
        }
    }
    Ok(groups.into_values().collect())
}

/// The values that a required property of an object may have, if they are listed.
fn tag_values(normal: &mut Normalizer<'_>, atom: &Atom, name: &str) -> Result<Option<Vec<String>>> {
    if atom.types != Types::OBJECT || !atom.object.is_required(name) {
        return Ok(None);
    }
    let Some(slot) = atom.object.property(name) else { return Ok(None) };
    let mut values = Vec::new();
    for tag in normal.alternatives(&slot)?.iter() {
        let Some(literals) = &tag.literals else { return Ok(None) };
        values.extend(literals.iter().map(canonical));
    }
    Ok(Some(values))
}

/// Whether no value written for `left` satisfies `right`.
fn excludes(normal: &mut Normalizer<'_>, left: &Atom, right: &Atom) -> Result<bool> {
    let common = left.types.and(right.types);
    if common == Types::NONE {
        return Ok(true);
    }
    if let Some(literals) = &left.literals {
        return none_admitted(normal, literals, right);
    }
    if let Some(literals) = &right.literals {
        return none_admitted(normal, literals, left);
    }
    Ok((!common.meets(Types::NUMBER) || left.bounds.clone().and(&right.bounds).is_empty())
        && (!common.meets(Types::STRING) || !left.length.meets(right.length))
        && (!common.meets(Types::ARRAY) || !left.array.count.meets(right.array.count))
        && !common.meets(Types::NULL.or(Types::BOOLEAN))
        && (!common.meets(Types::OBJECT) || objects_exclude(normal, &left.object, &right.object)?))
}

fn none_admitted(normal: &mut Normalizer<'_>, literals: &[Value], atom: &Atom) -> Result<bool> {
    for value in literals {
        if normal.atom_admits(atom, value)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn objects_exclude(normal: &mut Normalizer<'_>, left: &ObjectPart, right: &ObjectPart) -> Result<bool> {
    for name in &right.required {
        if left.property(name).is_none() && !left.is_required(name) {
            return Ok(true);
        }
    }
    for name in left.required.iter().chain(&right.required) {
        if let (Some(a), Some(b)) = (left.property(name), right.property(name)) {
            if slots_exclude(normal, &a, &b)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether no value satisfies both slots, as their types or literals show.
fn slots_exclude(normal: &mut Normalizer<'_>, left: &Slot, right: &Slot) -> Result<bool> {
    let (left, right) = (normal.alternatives(left)?, normal.alternatives(right)?);
    Ok(left.iter().all(|a| {
        right.iter().all(|b| match (&a.literals, &b.literals) {
            (Some(x), Some(y)) => !x.iter().any(|x| y.iter().any(|y| same(x, y))),
            _ => !a.types.meets(b.types),
        })
    }))
}
