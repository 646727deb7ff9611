//! From sets of objects to their forms: names brought into line, and the places found where a property must be so.
use super::{
    build::Builder,
    expand::Expander,
    ir::{Extra, Field, ObjectShape},
    sets::{ObjectSet, Property, Spoken, Witness},
    term::Term,
};
use crate::{Result, regular::Dfa};

/// The most forms that the objects of one place may have.
const MAX_FORMS: usize = 500;
/// The most names, over all forms of one place, that are brought into line.
const MAX_ALIGNED: usize = 20_000;
/// The most properties that are asked for by what they must be instead of by name.
const MAX_WITNESSES: usize = 4;

/// A set of objects, and undeclared properties that it must have.
struct Form<'a> {
    set: ObjectSet<'a>,
    needs: Vec<(Option<Dfa>, Term)>,
}

impl<'a> Builder<'a> {
    /// The forms of the objects in a union.
    pub(super) fn objects(&mut self, sets: &[ObjectSet<'a>], term: Term) -> Result<Vec<ObjectShape<'a>>> {
        let mut sets = sets.to_vec();
        if self.expander.settings.is_typed() {
            sets.iter_mut().for_each(close);
        }
        if sets.len() > 1 && !self.expander.settings.is_typed() {
            align(&mut sets);
        }
        let mut shapes: Vec<ObjectShape<'a>> = Vec::new();
        for set in sets {
            for form in self.witnessed(set, term)? {
                if let Some(shape) = self.shape(form)? {
                    if !shapes.contains(&shape) {
                        shapes.push(shape);
                    }
                }
            }
            if shapes.len() > MAX_FORMS {
                let message = format!("an object here may have more than {MAX_FORMS} forms: use fewer branches");
                return Err(self.error(term, "", message));
            }
        }
        Ok(shapes)
    }

    /// The forms without witnesses: each is a declared property, or an undeclared one that must be there.
    fn witnessed(&mut self, mut set: ObjectSet<'a>, term: Term) -> Result<Vec<Form<'a>>> {
        let witnesses = std::mem::take(&mut set.witnesses);
        if witnesses.len() > MAX_WITNESSES {
            let message = format!(
                "more than {MAX_WITNESSES} conditions on some property, whatever its name, cannot be kept together: \
                 use fewer branches"
            );
            return Err(self.error(term, "", message));
        }
        let mut forms = vec![Form { set, needs: Vec::new() }];
        for witness in &witnesses {
            let mut next = Vec::new();
            for form in &forms {
                self.witness(form, witness, &mut next, term)?;
            }
            if next.len() > MAX_FORMS {
                let message = format!("an object here may have more than {MAX_FORMS} forms: use fewer branches");
                return Err(self.error(term, "", message));
            }
            forms = next;
        }
        Ok(forms)
    }

    fn witness(&mut self, form: &Form<'a>, witness: &Witness<'a>, forms: &mut Vec<Form<'a>>, term: Term) -> Result<()> {
        let expander = &mut self.expander;
        for (at, property) in form.set.properties.iter().enumerate() {
            let value = expander.terms.and(property.item.value, witness.value);
            if !witness.may_be(property.name) || expander.is_empty_term(value, 2)? {
                continue;
            }
            let mut set = form.set.clone();
            if let Some(property) = set.properties.get_mut(at) {
                property.item.value = value;
                property.required = true;
            }
            forms.push(Form { set, needs: form.needs.clone() });
        }
        for (at, (names, value)) in form.needs.iter().enumerate() {
            if let Some(need) = both(expander, names.as_ref(), *value, witness, term)? {
                let mut needs = form.needs.clone();
                needs.iter_mut().skip(at).take(1).for_each(|slot| *slot = need.clone());
                forms.push(Form { set: form.set.clone(), needs });
            }
        }
        for cell in &form.set.rest {
            if let Some(need) = both(expander, cell.names.as_ref(), cell.item.value, witness, term)? {
                let mut needs = form.needs.clone();
                needs.push(need);
                forms.push(Form { set: form.set.clone(), needs });
            }
        }
        Ok(())
    }

    fn shape(&mut self, Form { set, needs }: Form<'a>) -> Result<Option<ObjectShape<'a>>> {
        let mut count = set.count;
        let (mut fields, mut absent) = (Vec::with_capacity(set.properties.len()), Vec::new());
        for Property { name, item, required, .. } in set.properties {
            if item.value != Term::NEVER {
                fields.push(Field { name, value: self.below(item.value)?, required });
            } else if required {
                return Ok(None);
            } else {
                absent.push(name);
            }
        }
        let mut extras: Vec<Extra> = Vec::new();
        for cell in set.rest {
            if cell.item.value != Term::NEVER {
                extras.push(Extra { names: cell.names, value: self.below(cell.item.value)? });
            }
        }
        let needs = needs
            .into_iter()
            .map(|(names, value)| Ok(Extra { names, value: self.below(value)? }))
            .collect::<Result<Vec<_>>>()?;
        let is_endless = count.max.is_none() && !extras.is_empty();
        let most_undeclared = self.expander.settings.options.max_items.filter(|_| is_endless);
        let least = fields.iter().filter(|field| field.required).count() + needs.len();
        let most = fields.len() + needs.len();
        // Bounds that hold anyway are not counted.
        if count.min <= least as u64 {
            count.min = 0;
        }
        if extras.is_empty() {
            if count.min > most as u64 {
                return Ok(None);
            }
            count.max = count.max.filter(|max| *max < most as u64);
        }
        let impossible = count.is_empty() || count.max.is_some_and(|max| max < least as u64);
        let is_map = set.is_map;
        Ok((!impossible).then_some(ObjectShape { fields, absent, needs, extras, count, most_undeclared, is_map }))
    }
}

/// What satisfies a witness among the properties of some names.
fn both<'a>(
    expander: &mut Expander<'a>,
    names: Option<&Dfa>,
    value: Term,
    witness: &Witness<'a>,
    term: Term,
) -> Result<Option<(Option<Dfa>, Term)>> {
    let value = expander.terms.and(value, witness.value);
    if value == Term::NEVER || expander.is_empty_term(value, 2)? {
        return Ok(None);
    }
    let joined = match (names, &witness.names) {
        (Some(a), Some(b)) => expander.terms.languages.and(a, b).map(Some),
        (a, b) => Ok(a.or(b.as_ref()).cloned()),
    };
    let names = joined.map_err(|cause| expander.too_large(expander.node_of(term), cause))?;
    Ok((!names.as_ref().is_some_and(Dfa::is_none)).then_some((names, value)))
}

/// Forbids the properties that no schema speaks of.
fn close(set: &mut ObjectSet<'_>) {
    for property in &mut set.properties {
        if property.item.spoken == Spoken::No {
            property.item.value = Term::NEVER;
        }
    }
    for cell in &mut set.rest {
        if cell.item.spoken == Spoken::No {
            cell.item.value = Term::NEVER;
        }
    }
}

/// Names in each set what any of them names, in one order, so that what is common to them is written once.
///
/// In types each set keeps its own order, and what it does not name may not be there.
fn align<'a>(sets: &mut [ObjectSet<'a>]) {
    let mut order: Vec<&'a str> = Vec::new();
    let mut known = foldhash::HashSet::default();
    for set in sets.iter() {
        order.extend(set.properties.iter().map(|property| property.name).filter(|name| known.insert(*name)));
    }
    if order.len() * sets.len() > MAX_ALIGNED {
        return;
    }
    for set in sets {
        let aligned = order.iter().map(|name| match set.property(name) {
            Some(property) => *property,
            None => Property { name, item: set.unnamed(name), required: false, is_tag: false },
        });
        set.properties = aligned.collect();
    }
}
