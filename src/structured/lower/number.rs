//! Numbers: integers in exact ranges, and decimals that no floating-point type overflows on.
use smol_str::ToSmolStr;

use super::{
    digits::{End, between, fraction_between, fraction_from, fraction_to, some},
    expr::{class, digit, optional, seq, text},
    factor::alt,
    rules::{Rules, size},
};
use crate::{
    Result,
    gbnf::Expr,
    structured::{
        bounds::{Bound, Bounds},
        decimal::Decimal,
        document::schema_error,
        format::integer_range,
        sets::{Kind, NumberSet, Width},
    },
};

/// The most digits before the point, enough for an unsigned integer of 64 bits.
const WHOLE: usize = 20;
/// The most digits behind the point; 17 significant ones tell every double apart.
const FRACTION: usize = 17;
/// The most digits behind the point of a number below 1: 17 behind the zeros that are written without an exponent.
const SMALL_FRACTION: usize = 22;

/// The most digits of an integer without bounds.
const LONGEST: usize = 38;

/// The largest exponent beside bounds: neither do numbers overflow with it, nor become zero with its negative.
fn largest_exponent(width: Width) -> u128 {
    match width {
        Width::Single => 37,
        Width::Double | Width::Loose => 300,
    }
}

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

pub(super) fn integer_ranges(ranges: &[(Decimal, Decimal)]) -> Expr {
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

/// A number of a set. With `plain`, integers are written without a fraction of zeros; with `typed`, what is written fits
/// the width of the set.
pub(super) fn number(rules: &mut Rules, set: &NumberSet, plain: bool, typed: bool) -> Result<Expr> {
    if let Some(point) = set.as_point() {
        return Ok(spelled(point, plain && set.kind == Kind::Integer));
    }
    match set.kind {
        Kind::Integer if !plain && set.bounds == Bounds::default() => Ok(rules.shared("integer", |_| {
            let digits = alt([text("0"), seq([class(&[('1', '9')]), some(digit(), 0, LONGEST - 1)])]);
            seq([optional(text("-")), digits, zeros()])
        })),
        Kind::Integer => {
            let digits = integer(rules, &integer_range_of(&set.bounds))?;
            Ok(if plain { digits } else { rules.once("integer", seq([digits, zeros()]))? })
        }
        _ => any_kind(rules, set, if typed { set.width } else { Width::Loose }),
    }
}

/// Numbers of any kind within bounds.
fn any_kind(rules: &mut Rules, set: &NumberSet, width: Width) -> Result<Expr> {
    let from_zero = Bounds { min: Some(Bound { at: Decimal::ZERO, strict: false }), max: None };
    if set.bounds == Bounds::default() {
        Ok(any_number(rules, width))
    } else if set.bounds == from_zero {
        Ok(magnitude(rules, width))
    } else {
        bounded(&set.bounds, width)
    }
}

/// One number, with any zeros behind the point.
fn spelled(point: &Decimal, plain: bool) -> Expr {
    let sign = if point.is_negative() { "-" } else { "" };
    let mut digits = format!("{sign}{}", point.whole());
    if !point.is_integer() {
        digits.push('.');
        digits.extend(point.fraction().iter().map(|digit| char::from(b'0' + digit)));
        return seq([text(digits), some(text("0"), 0, FRACTION)]);
    }
    if plain { text(digits) } else { seq([text(digits), zeros()]) }
}

/// A fraction of zeros, or nothing.
pub(super) fn zeros() -> Expr {
    optional(seq([text("."), some(text("0"), 1, FRACTION)]))
}

/// The integers within bounds; up to 38 digits where there is none.
pub(super) fn integer_range_of(bounds: &Bounds) -> Vec<(Decimal, Decimal)> {
    let far = |negative| Decimal::integer(negative, 10_u128.pow(38) - 1);
    let min = bounds.min.as_ref().map_or_else(|| far(true), |bound| bound.at.integer_from(bound.strict));
    let max = bounds.max.as_ref().map_or_else(|| far(false), |bound| bound.at.integer_to(bound.strict));
    vec![(min, max)]
}

/// Any finite number.
pub(super) fn any_number(rules: &mut Rules, width: Width) -> Expr {
    let name = match width {
        Width::Single => "float",
        Width::Double | Width::Loose => "number",
    };
    rules.shared(name, |rules| seq([optional(text("-")), magnitude(rules, width)]))
}

/// Any finite number that is not negative.
fn magnitude(rules: &mut Rules, width: Width) -> Expr {
    // The highest exponent that any digits may precede, and the digits of the largest number with the one above it.
    let (name, exponent, first, rest, smallest) = match width {
        Width::Single => ("float-magnitude", 37, '3', "4028235", 45),
        Width::Double | Width::Loose => ("number-magnitude", 307, '1', "7976931348623157", 324),
    };
    rules.shared(name, |_| {
        if width == Width::Loose {
            return loose();
        }
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
        parts.extend(largest.map(|digits| seq([text(first.to_smolstr()), point(digits), tail()])));
        if first > '1' {
            let lower = class(&[('1', char::from_u32(u32::from(first) - 1).unwrap_or('1'))]);
            parts.push(seq([lower, point(some(digit(), 1, FRACTION)), tail()]));
        }
        alt(parts)
    })
}

/// Any number that is not negative and that most readers hold without overflow: with the exponents from 300 on, there is
/// one digit before the point.
fn loose() -> Expr {
    let fraction = || optional(seq([text("."), some(digit(), 1, SMALL_FRACTION)]));
    let e = || seq([class(&[('e', 'e'), ('E', 'E')]), optional(class(&[('+', '+'), ('-', '-')]))]);
    let small = alt([some(digit(), 1, 2), seq([class(&[('1', '2')]), some(digit(), 2, 2)])]);
    let large = seq([text("30"), class(&[('0', '7')])]);
    let long = seq([some(digit(), 1, WHOLE), fraction(), optional(seq([e(), some(digit(), 1, 2)]))]);
    let short = seq([fraction(), optional(seq([e(), alt([small, large])]))]);
    alt([
        seq([text("0"), fraction(), optional(seq([e(), some(digit(), 1, 3)]))]),
        seq([class(&[('1', '9')]), alt([long, short])]),
    ])
}

/// Decimals within bounds, without an exponent.
pub(super) fn bounded(bounds: &Bounds, width: Width) -> Result<Expr> {
    for (keyword, bound) in [("exclusiveMinimum", &bounds.min), ("exclusiveMaximum", &bounds.max)] {
        let digits = bound.as_ref().filter(|bound| bound.strict).map_or(0, |bound| bound.at.whole().to_string().len());
        if digits > certain_digits(width) {
            let message =
                format!("`{keyword}` has more digits than the numbers next to it are told apart by: lower it");
            return Err(schema_error(message));
        }
    }
    let zero = Bound { at: Decimal::ZERO, strict: false };
    let magnitude = |bound: &Bound| Bound { at: bound.at.magnitude(), strict: bound.strict };
    let is_negative = |bound: &Option<Bound>| bound.as_ref().is_some_and(|bound| bound.at.is_negative());
    let mut parts = Vec::new();
    if bounds.min.is_none() || is_negative(&bounds.min) {
        let above = bounds.max.as_ref().filter(|max| max.at <= Decimal::ZERO).map_or_else(|| zero.clone(), magnitude);
        let below = bounds.min.as_ref().map(magnitude);
        parts.extend(magnitudes(&above, below.as_ref(), width).map(|digits| seq([text("-"), digits])));
    }
    if !is_negative(&bounds.max) {
        let least = bounds.min.as_ref().filter(|min| !min.at.is_negative()).unwrap_or(&zero);
        parts.extend(magnitudes(least, bounds.max.as_ref(), width));
    }
    if parts.is_empty() {
        return Err(schema_error(
            "no number with few enough digits lies between `minimum` and `maximum`: widen the range",
        ));
    }
    Ok(alt(parts))
}

/// Decimals from one to another that are not negative; without an end, of as many digits as others have.
fn magnitudes(min: &Bound, max: Option<&Bound>, width: Width) -> Option<Expr> {
    let low = End { digits: min.at.fraction(), strict: min.strict };
    let first = min.at.whole();
    let spelled = |whole: u128, digits: Expr| seq([text(whole.to_string()), text("."), digits]);
    // Reading keeps the order of numbers, so digits are limited next to a bound only that is left out itself.
    let room = |whole: u128, strict: bool| match (strict, whole) {
        (true, _) => near_digits(whole, width),
        (false, 0) => SMALL_FRACTION,
        (false, _) => FRACTION,
    };
    let any_fraction = |most: usize| optional(seq([text("."), some(digit(), 1, most)]));
    let mut parts = Vec::new();
    let mut from = first;
    let begin = |parts: &mut Vec<Expr>, from: &mut u128| {
        if !min.at.is_integer() || min.strict {
            parts.extend(fraction_from(low, 1, room(first, min.strict)).map(|digits| spelled(first, digits)));
            *from += 1;
        }
    };
    let Some(max) = max else {
        let near = 10_u128.pow(16) - 1;
        begin(&mut parts, &mut from);
        let far = if first < near { near } else { 10_u128.pow(38) - 1 };
        if from <= far {
            parts.push(seq([between(from, far), any_fraction(room(from, false))]));
        }
        if first < near {
            parts.push(scientific(text(""), 16, largest_exponent(width)));
        }
        if min.at == Decimal::ZERO {
            parts.push(scientific(text("-"), 5, if min.strict { largest_exponent(width) } else { 324 }));
        }
        return (!parts.is_empty()).then(|| alt(parts));
    };
    let high = End { digits: max.at.fraction(), strict: max.strict };
    let last = max.at.whole();
    if first == last {
        if min.at.is_integer() && !min.strict && !(max.at.is_integer() && max.strict) {
            parts.push(text(first.to_string()));
        }
        parts.extend(
            fraction_between(low, high, 1, room(first, min.strict || max.strict)).map(|digits| spelled(first, digits)),
        );
        tiny(&mut parts, min, max, width);
        return (!parts.is_empty()).then(|| alt(parts));
    }
    tiny(&mut parts, min, max, width);
    let mut to = last;
    begin(&mut parts, &mut from);
    if max.at.is_integer() && max.strict {
        // The fractions next to the bound are kept short, so that none is rounded up to it.
        to -= 1;
        if from <= to {
            parts.push(seq([text(to.to_string()), any_fraction(room(to, true))]));
        }
    } else {
        parts.push(text(last.to_string()));
        parts.extend(fraction_to(high, 1, room(last, max.strict)).map(|digits| spelled(last, digits)));
    }
    if from < to {
        let digits = if from == 0 { SMALL_FRACTION } else { FRACTION };
        parts.push(seq([between(from, to - 1), any_fraction(digits)]));
    }
    (!parts.is_empty()).then(|| alt(parts))
}

/// Numbers too small to be written without an exponent, if they are in range.
fn tiny(parts: &mut Vec<Expr>, min: &Bound, max: &Bound, width: Width) {
    let least = Decimal::parse("0.0001").unwrap_or(Decimal::ZERO);
    if min.at == Decimal::ZERO && max.at >= least {
        parts.push(scientific(text("-"), 5, if min.strict { largest_exponent(width) } else { 324 }));
    }
}

/// A number with one digit before the point and an exponent in range.
fn scientific(sign: Expr, from: u128, to: u128) -> Expr {
    let fraction = optional(seq([text("."), some(digit(), 1, FRACTION)]));
    let sign = if sign == text("") { optional(text("+")) } else { sign };
    seq([class(&[('1', '9')]), fraction, class(&[('e', 'e'), ('E', 'E')]), sign, between(from, to)])
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
        Width::Double | Width::Loose => 15,
    }
}
