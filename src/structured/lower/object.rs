//! Objects: properties in a fixed order, each optional one in its place.
use std::cmp::Ordering;

use foldhash::HashMap;

use super::{
    Lowering,
    expr::{empty, many, optional, seq, text},
    factor::alt,
    key::key,
    machine::Machine,
    repeat::{MAX_COUNT, counted},
    string::json,
};
use crate::{
    Result,
    gbnf::Expr,
    regular::Dfa,
    structured::{
        bounds::Count,
        document::schema_error,
        ir::{Extra, Field, ObjectShape},
    },
};

/// The most optional properties that are written where they stand. Each is a path that the engine follows at once, so
/// more of them are written as a tree over the names that may follow.
const INLINE: usize = 3;

/// An object of one of these forms.
pub(super) fn objects<'a>(lowering: &mut Lowering<'_, 'a>, near: &str, shapes: &[ObjectShape<'a>]) -> Result<Expr> {
    if let [shape] = shapes {
        let optional = shape.fields.iter().filter(|field| !field.required).count();
        let ordered = !(lowering.any_order || shape.is_map)
            || shape.fields.len() > super::machine::ANY_ORDER
            || shape.fields.len() < 2;
        let plain = shape.needs.is_empty() && shape.count == Count::default() && shape.most_undeclared.is_none();
        // What stands inside of the brackets must not be written twice where there is nothing between.
        let tight = lowering.style.close("}", true) == lowering.style.close("}", false);
        if plain && ordered && optional <= INLINE && (tight || optional < shape.fields.len()) {
            return inline(lowering, near, shape);
        }
    }
    let mut groups: Vec<(Vec<&'a str>, Vec<ObjectShape<'a>>)> = Vec::new();
    for shape in shapes {
        let names: Vec<&'a str> = shape.fields.iter().map(|field| field.name).collect();
        let found = groups.iter_mut().find_map(|group| merged(&group.0, &names).map(|order| (group, order)));
        match found {
            Some((group, order)) => {
                group.0 = order;
                group.1.push(shape.clone());
            }
            None => groups.push((names, vec![shape.clone()])),
        }
    }
    let mut forms = Vec::with_capacity(groups.len());
    for (order, shapes) in &groups {
        forms.push(Machine::new(lowering, near, order, shapes)?.object()?);
    }
    Ok(alt(forms))
}

/// An order of all names that keeps both orders, if they agree.
fn merged<'a>(order: &[&'a str], names: &[&'a str]) -> Option<Vec<&'a str>> {
    if order == names {
        return Some(order.to_vec());
    }
    let places: HashMap<&str, usize> = order.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let mut all = Vec::with_capacity(order.len() + names.len());
    let mut from = 0;
    for name in names {
        match places.get(name) {
            Some(at) => {
                all.extend(order.get(from..=*at).filter(|part| !part.is_empty())?);
                from = at + 1;
            }
            None => all.push(*name),
        }
    }
    all.extend(order.get(from..)?);
    Some(all)
}

/// `"name":value`
pub(super) fn member(lowering: &mut Lowering<'_, '_>, field: &Field<'_>) -> Result<Expr> {
    let value = lowering.value(field.value)?;
    Ok(seq([text(json(field.name)), lowering.style.colon(), value]))
}

/// The names of undeclared properties: the address of the set that they are of, and the declared ones in it, sorted.
pub(super) type Names<'a> = (Option<usize>, Vec<&'a str>);

fn names<'a>(extra: &Extra, shape: &ObjectShape<'a>) -> Names<'a> {
    let declared = shape.fields.iter().map(|field| field.name).chain(shape.absent.iter().copied());
    let mut declared: Vec<&str> = match &extra.names {
        Some(names) => declared.filter(|name| names.contains(name)).collect(),
        None => declared.collect(),
    };
    declared.sort_unstable();
    declared.dedup();
    (extra.names.as_ref().map(Dfa::address), declared)
}

/// `"name":value` with a name that is not declared
fn undeclared<'a>(
    lowering: &mut Lowering<'_, 'a>,
    near: &str,
    extra: &Extra,
    names: Names<'a>,
    is_alone: bool,
) -> Result<Option<Expr>> {
    let key = if is_alone {
        key(&mut lowering.rules, near, extra.names.as_ref(), &names.1, lowering.typed)?
    } else if let Some(known) = lowering.keys.get(&names) {
        known.clone()
    } else {
        let mut key = key(&mut lowering.rules, near, extra.names.as_ref(), &names.1, lowering.typed)?;
        if let Some(body @ Expr::Seq(_)) = key {
            key = Some(lowering.rules.once(&format!("{near}-key"), body)?);
        }
        lowering.keys.insert(names, key.clone());
        key
    };
    let Some(key) = key else { return Ok(None) };
    let value = lowering.value(extra.value)?;
    Ok(Some(seq([key, lowering.style.colon(), value])))
}

/// The undeclared properties of a form.
#[derive(Debug, Clone)]
pub(super) struct Undeclared {
    /// Those of which one must be there each.
    pub(super) needs: Vec<Expr>,
    /// Any other, if there may be one.
    pub(super) free: Option<Expr>,
    /// The most of all of these, where the schema sets none.
    most: Option<u64>,
}

impl Undeclared {
    /// Absent if a property that must be there has no possible name.
    ///
    /// The form is alone if the object has no other: what several have in common are rules.
    pub(super) fn new<'a>(
        lowering: &mut Lowering<'_, 'a>,
        near: &str,
        shape: &ObjectShape<'a>,
        is_alone: bool,
    ) -> Result<Option<Self>> {
        let mut needs = Vec::new();
        for need in &shape.needs {
            match undeclared(lowering, near, need, names(need, shape), is_alone)? {
                Some(pair) => needs.push(pair),
                None => return Ok(None),
            }
        }
        let free = match shape.extras.as_slice() {
            [extra] => {
                let at = (names(extra, shape), extra.value);
                match lowering.members.get(&at) {
                    Some(member) => member.clone(),
                    None => {
                        let pair = undeclared(lowering, near, extra, at.0.clone(), is_alone)?;
                        let member =
                            pair.map(|pair| lowering.rules.add(&format!("{near}-member"), pair)).transpose()?;
                        lowering.members.insert(at, member.clone());
                        member
                    }
                }
            }
            extras => {
                let mut pairs = Vec::with_capacity(extras.len());
                for extra in extras {
                    pairs.extend(undeclared(lowering, near, extra, names(extra, shape), is_alone)?);
                }
                match pairs.len() {
                    0 => None,
                    _ => Some(lowering.rules.once(&format!("{near}-member"), alt(pairs))?),
                }
            }
        };
        Ok(Some(Undeclared { needs, free, most: shape.most_undeclared }))
    }

    /// Those that may follow `before` other properties, and the end of the object. Absent if none can.
    pub(super) fn tail(
        &self,
        lowering: &mut Lowering<'_, '_>,
        near: &str,
        count: Count,
        before: u64,
        first: bool,
    ) -> Result<Option<Expr>> {
        let highest = count.max.or(self.most).unwrap_or(0);
        for (keyword, count) in [("minProperties", count.min), ("maxProperties", highest)] {
            if count > MAX_COUNT {
                return Err(schema_error(format!("`{keyword}` is above {MAX_COUNT}: lower it or leave it out")));
            }
        }
        let needed = before + self.needs.len() as u64;
        if count.max.is_some_and(|max| needed > max) {
            return Ok(None);
        }
        let least = count.min.saturating_sub(needed);
        let most = match (&self.free, count.max) {
            (None, _) => Some(0),
            (_, Some(max)) => Some(max - needed),
            // The schema may ask for more.
            (_, None) => self.most.map(|most| most.saturating_sub(self.needs.len() as u64).max(least)),
        };
        if most.is_some_and(|most| most < least) {
            return Ok(None);
        }
        let close = |empty: bool| lowering.style.close("}", empty);
        let (after, alone) = (close(false), close(true));
        let comma = lowering.style.comma();
        let mut parts = Vec::new();
        for (at, need) in self.needs.iter().enumerate() {
            parts.push(if first && at == 0 { need.clone() } else { seq([comma.clone(), need.clone()]) });
        }
        let begins = first && parts.is_empty();
        let Some(pair) = self.free.clone().filter(|_| most != Some(0)) else {
            parts.push(if begins { alone } else { after });
            return Ok(Some(seq(parts)));
        };
        let next = seq([comma, pair.clone()]);
        let (least_more, most_more) =
            if begins { (least.saturating_sub(1), most.map(|most| most.saturating_sub(1))) } else { (least, most) };
        let more = match most_more {
            None if least_more == 0 => many(next),
            Some(0) => empty(),
            most => {
                let next = lowering.rules.once(&format!("{near}-next"), next)?;
                counted(&mut lowering.rules, near, &next, least_more, most)?
            }
        };
        if !begins {
            parts.extend([more, after]);
            return Ok(Some(seq(parts)));
        }
        let some = seq([pair, more]);
        Ok(Some(match least {
            0 if after == alone => seq([optional(some), after]),
            0 => alt([alone, seq([some, after])]),
            _ => seq([some, after]),
        }))
    }
}

/// Each optional member written where it stands.
fn inline<'a>(lowering: &mut Lowering<'_, 'a>, near: &str, shape: &ObjectShape<'a>) -> Result<Expr> {
    let mut members = Vec::with_capacity(shape.fields.len());
    for field in &shape.fields {
        members.push((member(lowering, field)?, field.required));
    }
    let free = Undeclared::new(lowering, near, shape, true)?.and_then(|undeclared| undeclared.free);
    let comma = lowering.style.comma();
    let required = members.iter().position(|(_, required)| *required);
    let is_empty = members.is_empty() && free.is_none();
    let content = if let Some(first) = required {
        let mut parts = Vec::with_capacity(members.len() + 1);
        for (at, (member, required)) in members.into_iter().enumerate() {
            match at.cmp(&first) {
                Ordering::Less => parts.push(optional(seq([member, comma.clone()]))),
                Ordering::Equal => parts.push(member),
                Ordering::Greater if required => parts.extend([comma.clone(), member]),
                Ordering::Greater => parts.push(optional(seq([comma.clone(), member]))),
            }
        }
        parts.extend(free.map(|pair| many(seq([comma, pair]))));
        seq(parts)
    } else {
        let next = |member: &Expr| seq([comma.clone(), member.clone()]);
        let rest = |from: usize| -> Vec<Expr> {
            let fields = members.iter().skip(from);
            let fields = fields.map(|(member, required)| if *required { next(member) } else { optional(next(member)) });
            fields.chain(free.iter().map(|pair| many(next(pair)))).collect()
        };
        let mut starts: Vec<Expr> = vec![empty()];
        for (at, (member, _)) in members.iter().enumerate() {
            starts.push(seq(std::iter::once(member.clone()).chain(rest(at + 1)).collect::<Vec<_>>()));
        }
        starts.extend(free.iter().map(|pair| seq([pair.clone(), many(next(pair))])));
        alt(starts)
    };
    Ok(seq([lowering.style.open("{"), content, lowering.style.close("}", is_empty)]))
}
