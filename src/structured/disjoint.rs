//! What has nothing in common, so that a `oneOf` may be read as an `anyOf` there, and what is empty.
use std::rc::Rc;

use super::{
    expand::{Expander, MAX_RECORDS, MAX_TERMS},
    sets::{ArraySet, ObjectSet, Values},
    term::{Literal, NodeId, Term},
};
use crate::Result;

/// How deep properties and items are looked into.
const MAX_DEPTH: usize = 4;

/// How often finding out what is empty may lead to finding it out of something else.
const MAX_LOOKING: usize = 8;

impl<'a> Expander<'a> {
    /// What exactly one of the branches admits.
    pub(super) fn one(&mut self, branches: &[Literal], track: bool, node: NodeId) -> Result<Values<'a>> {
        let mut all = Vec::with_capacity(branches.len());
        for branch in branches {
            all.push(self.literal(*branch, track)?);
        }
        // Each is compared with each.
        let records: usize = all.iter().map(|values| values.len()).sum();
        if records > MAX_RECORDS || self.terms.len() > MAX_TERMS {
            let message = format!("the branches are more than {MAX_RECORDS} kinds of values: use fewer");
            return Err(self.document.error(node, "oneOf", message));
        }
        let mut overlaps = vec![Vec::new(); branches.len()];
        for (at, left) in all.iter().enumerate() {
            for (other, right) in all.iter().enumerate().skip(at + 1) {
                if !self.are_apart(left, right)? {
                    overlaps.iter_mut().skip(at).take(1).for_each(|list| list.push(other));
                    overlaps.iter_mut().skip(other).take(1).for_each(|list| list.push(at));
                }
            }
        }
        let mut values = Values::none();
        for ((at, branch), others) in all.iter().enumerate().zip(&overlaps) {
            let mut own: Rc<Values<'a>> = Rc::clone(branch);
            for other in others {
                let Some(other_branch) = branches.get(*other) else { continue };
                let rest = self.literal(other_branch.not(), false).map_err(|error| {
                    let place = error.path().unwrap_or("#").to_owned();
                    let message = format!(
                        "branches {at} and {other} of `oneOf` may both hold, and telling them apart fails at \
                         `{place}`: {}. Use `anyOf`, or give each branch a `const` tag",
                        error.message()
                    );
                    self.document.error(node, "oneOf", message)
                })?;
                own = Rc::new(self.and(&own, &rest, node)?);
            }
            values.add(&own);
            self.check_size(&values, node)?;
        }
        Ok(values)
    }

    /// Whether the two are known to have no value in common.
    fn are_apart(&mut self, a: &Values<'a>, b: &Values<'a>) -> Result<bool> {
        let booleans = (a.booleans.yes && b.booleans.yes) || (a.booleans.no && b.booleans.no);
        if (a.null && b.null) || booleans {
            return Ok(false);
        }
        if a.numbers.iter().any(|x| b.numbers.iter().any(|y| x.and(y).is_some())) {
            return Ok(false);
        }
        for x in &a.texts {
            for y in &b.texts {
                if x.and(y, &mut self.terms.languages).is_ok_and(|both| both.is_none()) {
                    continue;
                }
                return Ok(false);
            }
        }
        for x in &a.arrays {
            for y in &b.arrays {
                let both = x.and(y, &mut self.terms);
                if !self.is_empty_array(&both, MAX_DEPTH)? {
                    return Ok(false);
                }
            }
        }
        for x in &a.objects {
            for y in &b.objects {
                if !self.are_apart_objects(x, y)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn are_apart_objects(&mut self, a: &ObjectSet<'a>, b: &ObjectSet<'a>) -> Result<bool> {
        for (x, y) in [(a, b), (b, a)] {
            for property in x.properties.iter().filter(|property| property.required) {
                let other = y.item(property.name);
                if self.are_words_apart(property.item.value, other.value) {
                    return Ok(true);
                }
                let value = self.terms.and(property.item.value, other.value);
                if self.is_empty_term(value, MAX_DEPTH - 1)? {
                    return Ok(true);
                }
            }
        }
        Ok(a.count.and(b.count).is_empty())
    }

    /// Whether both are listed strings with none in common, as tags are: told without a term for each pair of branches.
    fn are_words_apart(&mut self, a: Term, b: Term) -> bool {
        if [a, b].iter().any(|term| matches!(*term, Term::ANY | Term::NEVER)) || self.looking >= MAX_LOOKING {
            return false;
        }
        self.looking += 1;
        let both = (self.term(a), self.term(b));
        self.looking -= 1;
        let (Ok(a), Ok(b)) = both else { return false };
        let (Some(a), Some(b)) = (listed(&a), listed(&b)) else { return false };
        a.iter().all(|word| !b.contains(word))
    }

    /// Whether it is known, looking this deep, that no value satisfies the term.
    pub(crate) fn is_empty_term(&mut self, term: Term, depth: usize) -> Result<bool> {
        if term == Term::NEVER || term == Term::ANY || depth == 0 || self.looking >= MAX_LOOKING {
            return Ok(term == Term::NEVER);
        }
        self.looking += 1;
        let values = self.term(term);
        self.looking -= 1;
        // What cannot be found out now, in the midst of finding out something else, is not known to be empty.
        let Ok(values) = values else { return Ok(false) };
        if values.null
            || values.booleans.yes
            || values.booleans.no
            || !values.numbers.is_empty()
            || !values.texts.is_empty()
        {
            return Ok(false);
        }
        for array in &values.arrays {
            if !self.is_empty_array(array, depth - 1)? {
                return Ok(false);
            }
        }
        for object in &values.objects {
            if !self.is_empty_object(object, depth - 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn is_empty_object(&mut self, object: &ObjectSet<'a>, depth: usize) -> Result<bool> {
        if object.count.is_empty() {
            return Ok(true);
        }
        let mut required = 0;
        for property in object.properties.iter().filter(|property| property.required) {
            required += 1;
            if self.is_empty_term(property.item.value, depth)? {
                return Ok(true);
            }
        }
        Ok(object.count.max.is_some_and(|max| max < required))
    }

    fn is_empty_array(&mut self, array: &ArraySet, depth: usize) -> Result<bool> {
        if array.count.is_empty() {
            return Ok(true);
        }
        let least = usize::try_from(array.count.min).unwrap_or(usize::MAX);
        for item in array.prefix.iter().take(least) {
            if self.is_empty_term(item.value, depth)? {
                return Ok(true);
            }
        }
        Ok(least > array.prefix.len() && self.is_empty_term(array.rest.value, depth)?)
    }
}

/// The strings that a set of values lists, if it has no others.
fn listed<'a>(values: &Values<'a>) -> Option<Vec<&'a str>> {
    let has_others = values.null || values.booleans.yes || values.booleans.no || values.len() != values.texts.len();
    let words = values.texts.iter().map(|text| text.words.as_deref()).collect::<Option<Vec<_>>>()?;
    (!has_others).then(|| words.into_iter().flatten().copied().collect())
}
