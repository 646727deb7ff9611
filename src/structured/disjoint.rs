//! Proof that the branches of a `oneOf` exclude one another, so that it may be read as `anyOf`.
use serde_json::Value;

use super::{
    atom::{Atom, NodeId, ObjectPart, Slot, same},
    bounds::Types,
    normal::Normalizer,
};
use crate::Result;

/// Checks that no value that will be written for one branch of a `oneOf` satisfies another branch too.
///
/// Objects are written closed, so a property that an alternative does not declare is absent from its values.
pub(crate) fn check(normal: &mut Normalizer<'_>, atoms: &[Atom]) -> Result<()> {
    for (at, left) in atoms.iter().enumerate() {
        if left.branches.is_empty() {
            continue;
        }
        for right in atoms.iter().skip(at + 1) {
            let Some((node, first, second)) = parted_by(left, right) else { continue };
            if !(excludes(normal, left, right)? && excludes(normal, right, left)?) {
                let message = format!(
                    "branches {first} and {second} of `oneOf` are not known to exclude one another: use `anyOf`, or give each a `const` tag"
                );
                return Err(normal.document.error(node, "oneOf", message));
            }
        }
    }
    Ok(())
}

/// A `oneOf` of which the two took different branches.
fn parted_by(left: &Atom, right: &Atom) -> Option<(NodeId, usize, usize)> {
    left.branches.iter().find_map(|(node, first)| {
        let other = right.branches.iter().find(|(other, second)| other == node && second != first);
        other.map(|(_, second)| (*node, *first, *second))
    })
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
