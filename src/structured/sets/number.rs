//! Sets of numbers.
use super::super::{
    bounds::{Bound, Bounds},
    decimal::Decimal,
};

/// Whether the numbers have fractions. `1.0` is an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Any,
    Integer,
    Fraction,
}

/// The floating-point type that must hold a number without overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Width {
    Single,
    Double,
    /// None in particular.
    Loose,
}

/// The numbers that satisfy all of this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NumberSet {
    pub(crate) kind: Kind,
    pub(crate) bounds: Bounds,
    /// What the numbers are multiples of.
    pub(crate) multiples: Vec<Decimal>,
    /// What they are not multiples of.
    pub(crate) others: Vec<Decimal>,
    pub(crate) width: Width,
    /// Whether a type of fixed width gave the bounds.
    pub(crate) sized: bool,
}

impl NumberSet {
    pub(crate) const ANY: NumberSet = NumberSet {
        kind: Kind::Any,
        bounds: Bounds { min: None, max: None },
        multiples: Vec::new(),
        others: Vec::new(),
        width: Width::Double,
        sized: false,
    };

    /// This number alone.
    pub(crate) fn point(at: &Decimal) -> Self {
        let bound = || Some(Bound { at: at.clone(), strict: false });
        NumberSet { bounds: Bounds { min: bound(), max: bound() }, ..NumberSet::ANY }
    }

    /// The number, if there is only one.
    pub(crate) fn as_point(&self) -> Option<&Decimal> {
        let (min, max) = (self.bounds.min.as_ref()?, self.bounds.max.as_ref()?);
        (min.at == max.at && !min.strict && !max.strict).then_some(&min.at)
    }

    /// Both at once, unless nothing is left.
    pub(crate) fn and(&self, other: &Self) -> Option<Self> {
        let kind = match (self.kind, other.kind) {
            (Kind::Any, kind) | (kind, Kind::Any) => kind,
            (a, b) if a == b => a,
            _ => return None,
        };
        let union = |a: &[Decimal], b: &[Decimal]| {
            let mut all = a.to_vec();
            all.extend(b.iter().filter(|m| !a.contains(m)).cloned());
            all
        };
        let both = NumberSet {
            kind,
            bounds: self.bounds.clone().and(&other.bounds),
            multiples: union(&self.multiples, &other.multiples),
            others: union(&self.others, &other.others),
            width: if self.width == Width::Single { self.width } else { other.width },
            sized: self.sized || other.sized,
        };
        (!both.is_empty()).then_some(both)
    }

    /// Whether it is known that there is no such number.
    pub(crate) fn is_empty(&self) -> bool {
        if self.bounds.is_empty() || self.multiples.iter().any(|m| self.others.contains(m)) {
            return true;
        }
        if let Some(point) = self.as_point() {
            let fits = match self.kind {
                Kind::Any => true,
                Kind::Integer => point.is_integer(),
                Kind::Fraction => !point.is_integer(),
            };
            let divides = |m: &Decimal| point.is_multiple_of(m);
            return !fits
                || self.multiples.iter().any(|m| divides(m) == Some(false))
                || self.others.iter().any(|m| divides(m) == Some(true));
        }
        if self.kind == Kind::Integer {
            if let (Some(min), Some(max)) = (&self.bounds.min, &self.bounds.max) {
                return min.at.integer_from(min.strict) > max.at.integer_to(max.strict);
            }
        }
        false
    }

    /// All other numbers.
    pub(crate) fn not(&self) -> Vec<Self> {
        let mut parts = Vec::new();
        match self.kind {
            Kind::Any => {}
            Kind::Integer => parts.push(NumberSet { kind: Kind::Fraction, ..NumberSet::ANY }),
            Kind::Fraction => parts.push(NumberSet { kind: Kind::Integer, ..NumberSet::ANY }),
        }
        if let Some(min) = &self.bounds.min {
            let max = Some(Bound { at: min.at.clone(), strict: !min.strict });
            parts.push(NumberSet { bounds: Bounds { min: None, max }, ..NumberSet::ANY });
        }
        if let Some(max) = &self.bounds.max {
            let min = Some(Bound { at: max.at.clone(), strict: !max.strict });
            parts.push(NumberSet { bounds: Bounds { min, max: None }, ..NumberSet::ANY });
        }
        parts.extend(self.multiples.iter().map(|m| NumberSet { others: vec![m.clone()], ..NumberSet::ANY }));
        parts.extend(self.others.iter().map(|m| NumberSet { multiples: vec![m.clone()], ..NumberSet::ANY }));
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(text: &str) -> NumberSet {
        NumberSet::point(&Decimal::parse(text).unwrap())
    }

    #[test]
    fn a_number_and_its_complement_have_nothing_in_common() {
        let integer = NumberSet { kind: Kind::Integer, ..NumberSet::ANY };
        for set in [point("3"), integer] {
            assert!(set.not().iter().all(|other| other.and(&set).is_none()), "{set:?}");
            assert!(set.and(&set).is_some());
        }
    }

    #[test]
    fn multiples_are_exact() {
        let cents = NumberSet { multiples: vec![Decimal::parse("0.01").unwrap()], ..NumberSet::ANY };
        assert!(cents.and(&point("19.99")).is_some());
        assert!(cents.and(&point("19.999")).is_none());
        assert!(cents.not().iter().all(|other| other.and(&point("19.99")).is_none()));
    }
}
