//! Removal of what can never be complete: alternatives without end, properties without a value.
use foldhash::HashSet;

use super::{
    document::error_at,
    ir::{Ir, ItemMachine, ItemState, ObjectShape, Shape, ValueId},
    options::Settings,
    pointer::child,
    term::NodeId,
};
use crate::{Error, Result};

/// Removes every alternative that no finite value has. An error if nothing is left of the root.
pub(crate) fn prune(ir: &mut Ir<'_>, settings: &mut Settings) -> Result<()> {
    let finite = finite(ir);
    if !is_in(&finite, 0) {
        return Err(explain(ir, &finite));
    }
    if settings.report.is_some() {
        for (_, value) in ir.values.iter().enumerate().filter(|(id, _)| !is_in(&finite, *id)) {
            settings.note_impossible(&ir.document, value.node);
        }
    }
    let finite = |id: ValueId| is_in(&finite, id);
    for value in &mut ir.values {
        value.shapes.retain(|shape| shape.is_finite(&finite));
        for shape in &mut value.shapes {
            trim(shape, &finite);
        }
    }
    Ok(())
}

/// The values that have a finite text.
fn finite(ir: &Ir<'_>) -> Vec<bool> {
    let mut users: Vec<Vec<ValueId>> = vec![Vec::new(); ir.values.len()];
    for (id, value) in ir.values.iter().enumerate() {
        for child in value.shapes.iter().flat_map(Shape::children) {
            users.get_mut(child).into_iter().for_each(|users| users.push(id));
        }
    }
    let mut finite = vec![false; ir.values.len()];
    let mut waiting: Vec<ValueId> = (0..ir.values.len()).rev().collect();
    while let Some(id) = waiting.pop() {
        let known = |id: ValueId| is_in(&finite, id);
        if !known(id) && ir.shapes(id).iter().any(|shape| shape.is_finite(&known)) {
            finite.get_mut(id).into_iter().for_each(|known| *known = true);
            waiting.extend(users.get(id).into_iter().flatten());
        }
    }
    finite
}

fn is_in(finite: &[bool], id: ValueId) -> bool {
    finite.get(id) == Some(&true)
}

/// Leaves out the optional parts of a possible alternative that are not possible themselves.
fn trim(shape: &mut Shape<'_>, finite: &dyn Fn(ValueId) -> bool) {
    match shape {
        Shape::Array(array) => {
            if let Some(end) = array.prefix.iter().position(|id| !finite(*id)) {
                array.prefix.truncate(end);
                array.rest = None;
            }
            array.rest = array.rest.filter(|id| finite(*id));
        }
        Shape::Items(machine) => {
            let ending = machine.ending(finite);
            for state in &mut machine.states {
                state.next.retain(|(value, to)| finite(*value) && ending.get(*to) == Some(&true));
            }
            drop_unreachable(machine);
        }
        Shape::Objects(objects) => {
            objects.retain(|object| object.is_finite(finite));
            for object in objects {
                trim_object(object, finite);
            }
        }
        _ => {}
    }
}

/// Empties the states that no item leads to, so that no rule is written for them.
fn drop_unreachable(machine: &mut ItemMachine) {
    let mut reached = HashSet::from_iter([0]);
    let mut waiting = vec![0];
    while let Some(at) = waiting.pop() {
        for (_, to) in machine.states.get(at).map_or(&[][..], |state| &state.next) {
            if reached.insert(*to) {
                waiting.push(*to);
            }
        }
    }
    for (at, state) in machine.states.iter_mut().enumerate() {
        if !reached.contains(&at) {
            *state = ItemState::default();
        }
    }
}

fn trim_object(object: &mut ObjectShape<'_>, finite: &dyn Fn(ValueId) -> bool) {
    let absent = object.fields.iter().filter(|field| !finite(field.value)).map(|field| field.name);
    object.absent.extend(absent.collect::<Vec<_>>());
    object.fields.retain(|field| finite(field.value));
    object.extras.retain(|extra| finite(extra.value));
}

/// Follows what is needed and impossible, down to where it ends or comes round.
fn explain(ir: &Ir<'_>, finite: &[bool]) -> Error {
    let mut seen = vec![0];
    let (mut at, mut path) = (0, String::new());
    loop {
        let Some((name, next)) = ir.shapes(at).iter().find_map(|shape| missing(shape, finite)) else {
            return error_at(&ir.pointer(at), nothing(&ir.document.constraints(node_of(ir, at))));
        };
        if let Some(name) = name {
            let place = ir.pointer(at);
            path = child(&child(&place, "properties"), name);
            if !ir.document.has(&path) {
                path = place;
            }
        }
        if seen.contains(&next) {
            let message = "the type contains itself without end: make the inner one optional or an item of a list";
            return error_at(&path, message);
        }
        seen.push(next);
        at = next;
    }
}

fn node_of(ir: &Ir<'_>, id: ValueId) -> NodeId {
    ir.values.get(id).map_or(0, |value| value.node)
}

/// What to say where no value satisfies these keywords.
fn nothing(keywords: &[&str]) -> String {
    let quoted: Vec<String> = keywords.iter().map(|keyword| format!("`{keyword}`")).collect();
    match quoted.as_slice() {
        [] => "no value satisfies the schema here: it is `false`, or another schema contradicts it".to_owned(),
        [one] => format!("no value satisfies {one} here: loosen it, or what contradicts it"),
        [all @ .., last] => format!("no value satisfies {} and {last} together: loosen one of them", all.join(", ")),
    }
}

/// A value that an alternative needs and that is not possible, with its name if it is a declared property.
fn missing<'a>(shape: &Shape<'a>, finite: &[bool]) -> Option<(Option<&'a str>, ValueId)> {
    if let Shape::Objects(objects) = shape {
        let mut fields = objects.iter().flat_map(|object| &object.fields).filter(|field| field.required);
        if let Some(field) = fields.find(|field| !is_in(finite, field.value)) {
            return Some((Some(field.name), field.value));
        }
    }
    shape.children().into_iter().find(|id| !is_in(finite, *id)).map(|id| (None, id))
}
