//! Numbers: integers in exact ranges, and decimals that no floating-point type overflows on.
use super::{
    digits::{End, between, fraction_between, fraction_from, fraction_to, some},
    expr::{class, digit, optional, repeat, seq, text},
    factor::alt,
    rules::{Rules, size},
};
use crate::{
    Result,
    gbnf::Expr,
    structured::{
        bounds::{Bound, Bounds},
        decimal::Decimal,
        format::integer_range,
        ir::{NumberShape, Width},
        schema::schema_error,
    },
};

/// The most digits before the point, enough for an unsigned integer of 64 bits.
const WHOLE: usize = 20;
/// The most digits behind the point; 17 significant ones tell every double apart.
const FRACTION: usize = 17;
/// The most digits behind the point of a number below 1: 17 behind the zeros that are written without an exponent.
const SMALL_FRACTION: usize = 22;

/// The integer types that have a rule of their own.
const NAMED: &[&str] = &["int8", "int16", "int32", "int64", "int128", "uint8", "uint16", "uint32", "uint64", "uint128"];

/// The longest expression that is written wherever an integer of its range is used.
const SHORT: usize = 40;

/// An integer of these ranges, without leading zeros and without a sign before zero.
pub(super) fn integer(rules: &mut Rules, ranges: &[(Decimal, Decimal)]) -> Result<Expr> {
    let named = NAMED.iter().find(|name| {
        integer_range(name).is_some_and(|named| match (named.min, named.max, ranges) {
            (Some(min), Some(max), [(from, to)]) => min.at == *from && max.at == *to,
            _ => false,
        })
    });
    if let Some(name) = named {
        return Ok(rules.shared(name, |_| integer_ranges(ranges)));
    }
    let body = integer_ranges(ranges);
    if size(&body) > SHORT { rules.once("integer", body) } else { Ok(body) }
}

fn integer_ranges(ranges: &[(Decimal, Decimal)]) -> Expr {
    let mut parts = Vec::new();
    for (min, max) in ranges {
        if min.is_negative() {
            let least = if max.is_negative() { max.whole() } else { 1 };
            parts.push(seq([text("-"), between(least, min.whole())]));
        }
        if !max.is_negative() {
            parts.push(between(if min.is_negative() { 0 } else { min.whole() }, max.whole()));
        }
    }
    alt(parts)
}

/// A number of this shape.
pub(super) fn number(rules: &mut Rules, shape: &NumberShape) -> Result<Expr> {
    let from_zero = Bounds { min: Some(Bound { at: Decimal::ZERO, strict: false }), max: None };
    if shape.bounds == Bounds::default() {
        return Ok(any_number(rules, shape.width));
    }
    if shape.bounds == from_zero {
        return Ok(magnitude(rules, shape.width));
    }
    bounded(&shape.bounds, shape.width)
}

/// Any finite number.
pub(super) fn any_number(rules: &mut Rules, width: Width) -> Expr {
    let name = match width {
        Width::Single => "float",
        Width::Double => "number",
    };
    rules.shared(name, |rules| seq([optional(text("-")), magnitude(rules, width)]))
}

/// Any finite number that is not negative.
fn magnitude(rules: &mut Rules, width: Width) -> Expr {
    // The highest exponent that any digits may precede, and the digits of the largest number with the one above it.
    let (name, exponent, first, rest, smallest) = match width {
        Width::Single => ("float-magnitude", 37, '3', "4028235", 45),
        Width::Double => ("number-magnitude", 307, '1', "7976931348623157", 324),
    };
    rules.shared(name, |_| {
        let point = |digits: Expr| optional(seq([text("."), digits]));
        let e = || class(&[('e', 'e'), ('E', 'E')]);
        let small = seq([text("0"), point(some(digit(), 1, SMALL_FRACTION))]);
        let plain = seq([some(digit(), 1, WHOLE - 1), point(some(digit(), 1, FRACTION))]);
        let negative = seq([text("-"), between(1, smallest)]);
        let positive = seq([optional(text("+")), between(0, exponent)]);
        let scientific = seq([point(some(digit(), 1, FRACTION)), optional(seq([e(), alt([negative, positive])]))]);
        let first_digit = class(&[('1', '9')]);
        let largest: Vec<u8> = rest.bytes().map(|byte| byte - b'0').collect();
        let largest = fraction_to(End { digits: &largest, strict: false }, 1, FRACTION);
        let tail = || seq([e(), optional(text("+")), text((exponent + 1).to_string())]);
        let mut parts = vec![small, seq([first_digit, alt([plain, scientific])])];
        parts.extend(largest.map(|digits| seq([text(first), point(digits), tail()])));
        if first > '1' {
            let lower = class(&[('1', char::from_u32(u32::from(first) - 1).unwrap_or('1'))]);
            parts.push(seq([lower, point(some(digit(), 1, FRACTION)), tail()]));
        }
        alt(parts)
    })
}

/// Decimals within bounds, without an exponent.
fn bounded(bounds: &Bounds, width: Width) -> Result<Expr> {
    let far = |min: &Decimal| {
        let near = Decimal::integer(false, 10_u128.pow(16) - 1);
        if *min < near { near } else { Decimal::integer(false, 10_u128.pow(38) - 1) }
    };
    let min = bounds.min.clone();
    let max = bounds.max.clone();
    let (min, max) = match (min, max) {
        (Some(min), Some(max)) => (min, max),
        (Some(min), None) => {
            let at = far(&min.at);
            (min, Bound { at, strict: false })
        }
        (None, Some(max)) => {
            let at = far(&max.at.negated()).negated();
            (Bound { at, strict: false }, max)
        }
        (None, None) => (
            Bound { at: far(&Decimal::ZERO).negated(), strict: false },
            Bound { at: far(&Decimal::ZERO), strict: false },
        ),
    };
    for (keyword, bound) in [("exclusiveMinimum", &min), ("exclusiveMaximum", &max)] {
        if bound.strict && bound.at.whole().to_string().len() > certain_digits(width) {
            let message =
                format!("`{keyword}` has more digits than the numbers next to it are told apart by: lower it");
            return Err(schema_error(message));
        }
    }
    let zero = Bound { at: Decimal::ZERO, strict: false };
    let mut parts = Vec::new();
    if min.at.is_negative() {
        let least = if max.at > Decimal::ZERO { zero.clone() } else { Bound { at: max.at.magnitude(), ..max.clone() } };
        let most = Bound { at: min.at.magnitude(), ..min.clone() };
        parts.extend(magnitudes(&least, &most, width).map(|digits| seq([text("-"), digits])));
    }
    if !max.at.is_negative() {
        let least = if min.at.is_negative() { &zero } else { &min };
        parts.extend(magnitudes(least, &max, width));
    }
    if parts.is_empty() {
        return Err(schema_error(
            "no number with few enough digits lies between `minimum` and `maximum`: widen the range",
        ));
    }
    Ok(alt(parts))
}

/// Decimals from one to another that are not negative.
fn magnitudes(min: &Bound, max: &Bound, width: Width) -> Option<Expr> {
    let end = |bound: &Bound, digits| End { digits, strict: bound.strict };
    let (low, high) = (end(min, min.at.fraction()), end(max, max.at.fraction()));
    let (first, last) = (min.at.whole(), max.at.whole());
    let spelled = |whole: u128, digits: Expr| seq([text(whole.to_string()), text("."), digits]);
    let room = |whole: u128| near_digits(whole, width);
    let mut parts = Vec::new();
    if first == last {
        if min.at.is_integer() && !min.strict && !(max.at.is_integer() && max.strict) {
            parts.push(text(first.to_string()));
        }
        parts.extend(fraction_between(low, high, 1, room(first)).map(|digits| spelled(first, digits)));
        return (!parts.is_empty()).then(|| alt(parts));
    }
    let any_fraction = |most: usize| optional(seq([text("."), some(digit(), 1, most)]));
    let (mut from, mut to) = (first, last);
    if !min.at.is_integer() || min.strict {
        parts.extend(fraction_from(low, 1, room(first)).map(|digits| spelled(first, digits)));
        from += 1;
    }
    if max.at.is_integer() && max.strict {
        // The fractions next to the bound are kept short, so that none is rounded up to it.
        to -= 1;
        if from <= to {
            parts.push(seq([text(to.to_string()), any_fraction(room(to))]));
        }
    } else {
        parts.push(text(last.to_string()));
        parts.extend(fraction_to(high, 1, room(last)).map(|digits| spelled(last, digits)));
    }
    if from < to {
        parts.push(seq([between(from, to - 1), any_fraction(FRACTION)]));
    }
    (!parts.is_empty()).then(|| alt(parts))
}

/// How many digits may follow the point near a bound for different decimals to be different numbers.
fn near_digits(whole: u128, width: Width) -> usize {
    let digits = if whole == 0 { 0 } else { whole.to_string().len() };
    certain_digits(width).saturating_sub(digits).max(1)
}

/// How many significant digits any two decimals may have and still be different numbers when they are read.
fn certain_digits(width: Width) -> usize {
    match width {
        Width::Single => 6,
        Width::Double => 15,
    }
}

/// So many digits, exactly.
pub(super) fn digits(count: u32) -> Expr {
    repeat(digit(), count, Some(count))
}
