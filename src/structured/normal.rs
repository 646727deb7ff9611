//! From schemas to alternatives without applicators: references followed, conjunctions merged, disjunctions spread out.
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use serde_json::Value;

use super::{
    atom::{Atom, NodeId, Slot, same},
    bounds::Types,
    decimal::Decimal,
    format,
    schema::{Document, Part, error_at},
};
use crate::Result;

/// The most alternatives that one place may have.
const MAX_ALTERNATIVES: usize = 2_000;
/// How deep applicators may be nested within one another, without a property or item between.
const MAX_DEPTH: usize = 100;

/// Finds the alternatives of slots, each once.
#[derive(Debug)]
pub(crate) struct Normalizer<'a> {
    pub(crate) document: Document<'a>,
    slots: HashMap<Slot, Rc<Vec<Atom>>>,
    nodes: HashMap<NodeId, Rc<Vec<Atom>>>,
    /// The places whose alternatives are being found.
    open: HashSet<NodeId>,
    /// The slots whose alternatives are being found.
    open_slots: HashSet<Slot>,
}

impl<'a> Normalizer<'a> {
    pub(crate) fn new(document: Document<'a>) -> Self {
        Normalizer {
            document,
            slots: HashMap::new(),
            nodes: HashMap::new(),
            open: HashSet::new(),
            open_slots: HashSet::new(),
        }
    }

    /// The alternatives of a slot, of which none is known to be empty.
    pub(crate) fn alternatives(&mut self, slot: &Slot) -> Result<Rc<Vec<Atom>>> {
        if let Some(atoms) = self.slots.get(slot) {
            return Ok(Rc::clone(atoms));
        }
        // Listed values are checked against the schemas of their parts, so a list can come to depend on itself.
        if !self.open_slots.insert(slot.clone()) {
            let at = slot.first().map_or("", |node| self.document.pointer(*node));
            return Err(error_at(at, "the listed values are described by themselves: remove the reference"));
        }
        let mut atoms = vec![Atom::any()];
        for node in slot {
            let options = self.of_node(*node)?;
            atoms = self.product(&atoms, &options, *node)?;
        }
        let mut kept = Vec::with_capacity(atoms.len());
        for mut atom in atoms {
            self.restrict_literals(&mut atom)?;
            if !is_empty(&atom) {
                kept.push(atom);
            }
        }
        self.open_slots.remove(slot);
        let atoms = Rc::new(kept);
        self.slots.insert(slot.clone(), Rc::clone(&atoms));
        Ok(atoms)
    }

    /// Whether a value satisfies the slot. Formats of strings are not looked at.
    pub(crate) fn admits(&mut self, slot: &Slot, value: &Value) -> Result<bool> {
        for atom in self.alternatives(slot)?.iter() {
            if self.atom_admits(atom, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a value satisfies the alternative. Formats of strings are not looked at.
    pub(crate) fn atom_admits(&mut self, atom: &Atom, value: &Value) -> Result<bool> {
        let listed = atom.literals.as_ref().is_none_or(|all| all.iter().any(|v| same(v, value)));
        if !listed {
            return Ok(false);
        }
        self.constraints_admit(atom, value)
    }

    fn constraints_admit(&mut self, atom: &Atom, value: &Value) -> Result<bool> {
        let excluded = atom.excluded.iter().any(|(other, _)| same(other, value));
        if excluded || !atom.types.meets(Types::of(value)) {
            return Ok(false);
        }
        match value {
            Value::Number(number) => Ok(Decimal::from_number(number).is_none_or(|n| atom.bounds.admits(&n))),
            Value::String(text) => Ok(atom.length.admits(text.chars().count() as u64)),
            Value::Array(items) => {
                let array = &atom.array;
                if !array.count.admits(items.len() as u64) {
                    return Ok(false);
                }
                for (at, item) in items.iter().enumerate() {
                    if !self.admits(&array.item(at).to_vec(), item)? {
                        return Ok(false);
                    }
                }
                let seen = |at: usize, item| items.iter().take(at).any(|other| same(other, item));
                Ok(array.unique.is_none() || !items.iter().enumerate().any(|(at, item)| seen(at, item)))
            }
            Value::Object(properties) => {
                let object = &atom.object;
                if !object.count.admits(properties.len() as u64)
                    || object.required.iter().any(|name| !properties.contains_key(name))
                {
                    return Ok(false);
                }
                for (name, value) in properties {
                    if let Some(slot) = object.property(name) {
                        if !self.admits(&slot, value)? {
                            return Ok(false);
                        }
                    }
                }
                Ok(true)
            }
            Value::Null | Value::Bool(_) => Ok(true),
        }
    }

    fn of_node(&mut self, node: NodeId) -> Result<Rc<Vec<Atom>>> {
        if let Some(atoms) = self.nodes.get(&node) {
            return Ok(Rc::clone(atoms));
        }
        if self.open.len() >= MAX_DEPTH {
            let message = format!("applicators are nested more than {MAX_DEPTH} deep: flatten the schema");
            return Err(error_at(self.document.pointer(node), message));
        }
        if !self.open.insert(node) {
            let message = "`$ref` leads back to itself without a property or item between: no value is described";
            return Err(self.document.error(node, "$ref", message));
        }
        let atoms = Rc::new(self.spread(node)?);
        self.open.remove(&node);
        self.nodes.insert(node, Rc::clone(&atoms));
        Ok(atoms)
    }

    fn spread(&mut self, node: NodeId) -> Result<Vec<Atom>> {
        let schema = self.document.schema(node)?;
        let mut atoms = vec![Atom::any()];
        for part in &schema.parts {
            match part {
                Part::Own(own) => atoms = self.product(&atoms, std::slice::from_ref(own), node)?,
                Part::Ref(target) => {
                    let options = self.of_node(*target)?;
                    atoms = self.product(&atoms, &options, node)?;
                }
                Part::All(branches) => {
                    for branch in branches {
                        let options = self.of_node(*branch)?;
                        atoms = self.product(&atoms, &options, node)?;
                    }
                }
                Part::Any(branches) => {
                    let options = self.union(branches, None)?;
                    atoms = self.product(&atoms, &options, node)?;
                }
                Part::One(branches) => {
                    let options = self.union(branches, Some(node))?;
                    atoms = self.product(&atoms, &options, node)?;
                }
            }
        }
        if let Some(rest) = schema.unevaluated {
            for atom in &mut atoms {
                atom.object.additional.get_or_insert_with(|| vec![rest]);
            }
        }
        Ok(atoms)
    }

    fn union(&mut self, branches: &[NodeId], exclusive: Option<NodeId>) -> Result<Vec<Atom>> {
        let mut options = Vec::new();
        for (number, branch) in branches.iter().enumerate() {
            for atom in self.of_node(*branch)?.iter() {
                let mut atom = atom.clone();
                atom.branches.extend(exclusive.map(|node| (node, number)));
                options.push(atom);
            }
        }
        Ok(options)
    }

    fn product(&self, left: &[Atom], right: &[Atom], node: NodeId) -> Result<Vec<Atom>> {
        if left.len().saturating_mul(right.len()) > MAX_ALTERNATIVES {
            let message = format!("the combinations of branches are more than {MAX_ALTERNATIVES}: use fewer branches");
            return Err(error_at(self.document.pointer(node), message));
        }
        let pairs = left.iter().flat_map(|a| right.iter().map(move |b| a.and(b)));
        Ok(pairs.filter(|atom| atom.types != Types::NONE && !takes_two_branches(atom)).collect())
    }

    /// Leaves only the literals that satisfy the other constraints.
    fn restrict_literals(&mut self, atom: &mut Atom) -> Result<()> {
        let Some(literals) = atom.literals.take() else { return Ok(()) };
        let mut kept = Vec::with_capacity(literals.len());
        for value in literals {
            if self.constraints_admit(atom, &value)? {
                if value.is_string() {
                    if let Some((format, node)) = atom.formats.iter().find(|(name, _)| format::is_known(name)) {
                        let message = format!("`format` `{format}` beside `enum` or `const` is not checked: remove it");
                        return Err(self.document.error(*node, "format", message));
                    }
                }
                kept.push(value);
            }
        }
        atom.literals = Some(kept);
        Ok(())
    }
}

/// Whether the alternative is in two branches of one `oneOf`, which no value may be.
fn takes_two_branches(atom: &Atom) -> bool {
    let branches = &atom.branches;
    branches.iter().enumerate().any(|(at, (node, branch))| {
        branches.iter().skip(at + 1).any(|(other, second)| other == node && second != branch)
    })
}

/// Whether the constraints of the alternative alone show that no value satisfies it.
fn is_empty(atom: &Atom) -> bool {
    atom.types == Types::NONE || atom.literals.as_ref().is_some_and(Vec::is_empty)
}
