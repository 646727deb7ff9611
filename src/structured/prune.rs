//! Removal of what can never be complete: alternatives without end, properties without a value.
use std::collections::{HashMap, HashSet};

use super::{
    ir::{Field, Ir, Shape, ValueId},
    pointer::child,
    schema::error_at,
};
use crate::{Error, Result};

/// Removes every alternative that no finite value has. An error if nothing is left of the root.
pub(crate) fn prune(ir: &mut Ir) -> Result<()> {
    let finite = finite(ir);
    if !finite.contains(&0) {
        return Err(explain(ir, &finite));
    }
    for value in &mut ir.values {
        value.shapes.retain(|shape| is_finite(shape, &finite));
        for shape in &mut value.shapes {
            trim(shape, &finite);
        }
    }
    Ok(())
}

/// The values that have a finite text.
fn finite(ir: &Ir) -> HashSet<ValueId> {
    let mut users: HashMap<ValueId, Vec<ValueId>> = HashMap::new();
    for (id, value) in ir.values.iter().enumerate() {
        for needed in value.shapes.iter().flat_map(Shape::needs) {
            users.entry(needed).or_default().push(id);
        }
    }
    let mut finite = HashSet::new();
    let mut waiting: Vec<ValueId> = (0..ir.values.len()).collect();
    while let Some(id) = waiting.pop() {
        if !finite.contains(&id) && ir.shapes(id).iter().any(|shape| is_finite(shape, &finite)) {
            finite.insert(id);
            waiting.extend(users.get(&id).into_iter().flatten());
        }
    }
    finite
}

fn is_finite(shape: &Shape, finite: &HashSet<ValueId>) -> bool {
    let long_enough = match shape {
        Shape::Array(array) => array.rest.is_some() || array.min <= array.prefix.len() as u64,
        _ => true,
    };
    long_enough && shape.needs().iter().all(|id| finite.contains(id))
}

/// Leaves out the optional parts of a possible alternative that are not possible themselves.
fn trim(shape: &mut Shape, finite: &HashSet<ValueId>) {
    match shape {
        Shape::Array(array) => {
            if let Some(end) = array.prefix.iter().position(|id| !finite.contains(id)) {
                array.prefix.truncate(end);
                array.rest = None;
            }
            array.rest = array.rest.filter(|id| finite.contains(id));
        }
        Shape::Object(object) => {
            let (kept, absent): (Vec<Field>, Vec<Field>) =
                object.fields.drain(..).partition(|field| finite.contains(&field.value));
            object.fields = kept;
            object.absent.extend(absent.into_iter().map(|field| field.name));
            object.extra = object.extra.take().filter(|extra| finite.contains(&extra.value));
        }
        _ => {}
    }
}

/// Follows what is needed and impossible, down to where it ends or comes round.
fn explain(ir: &Ir, finite: &HashSet<ValueId>) -> Error {
    let mut seen = vec![0];
    let (mut at, mut path) = (0, String::new());
    loop {
        let shapes = ir.shapes(at);
        let needed = shapes
            .iter()
            .find_map(|shape| shape.needs().into_iter().find(|id| !finite.contains(id)).map(|id| (shape, id)));
        let Some((shape, next)) = needed else {
            return error_at(ir.pointer(at), "no value satisfies all keywords here: loosen one of them");
        };
        let field = match shape {
            Shape::Object(object) => object.fields.iter().find(|field| field.required && field.value == next),
            _ => None,
        };
        path = match field {
            Some(field) => child(&child(ir.pointer(at), "properties"), &field.name),
            None => path,
        };
        if seen.contains(&next) {
            let message = "the type contains itself without end: make the inner one optional or an item of a list";
            return error_at(&path, message);
        }
        seen.push(next);
        at = next;
    }
}
