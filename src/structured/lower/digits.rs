//! Ranges of digit strings, as trees that decide by one digit at a time.
use smol_str::ToSmolStr;

use super::{
    expr::{class, digit, empty, repeat, seq, text},
    factor::alt,
};
use crate::gbnf::Expr;

/// The decimal numerals from `min` to `max`, without leading zeros.
pub(super) fn between(min: u128, max: u128) -> Expr {
    let (low, high) = (digits(min), digits(max));
    if low.len() == high.len() {
        return same_length(&low, &high);
    }
    let lowest = |length: usize| -> Vec<u8> { (0..length).map(|at| u8::from(at == 0)).collect() };
    let mut parts = Vec::new();
    let mut low = low;
    if min == 0 {
        parts.push(text("0"));
        low = lowest(1);
    }
    let (mut first_free, mut last_free) = (low.len(), high.len());
    if low != lowest(low.len()) {
        parts.push(same_length(&low, &vec![9; low.len()]));
        first_free += 1;
    }
    let nines = vec![9; high.len()];
    let partial = high != nines;
    if partial {
        last_free -= 1;
    }
    if first_free <= last_free {
        let rest = repeat(digit(), narrow(first_free - 1), Some(narrow(last_free - 1)));
        parts.push(seq([class(&[('1', '9')]), rest]));
    }
    if partial {
        parts.push(same_length(&lowest(high.len()), &high));
    }
    alt(parts)
}

/// The digit strings of one length from `low` to `high`.
fn same_length(low: &[u8], high: &[u8]) -> Expr {
    let (Some((a, low_rest)), Some((b, high_rest))) = (low.split_first(), high.split_first()) else {
        return empty();
    };
    if a == b {
        return seq([one(*a, *b), same_length(low_rest, high_rest)]);
    }
    let any = |count: usize| repeat(digit(), narrow(count), Some(narrow(count)));
    let (mut from, mut to) = (*a, *b);
    let mut parts = Vec::new();
    if low_rest.iter().any(|digit| *digit != 0) {
        parts.push(seq([one(*a, *a), same_length(low_rest, &vec![9; low_rest.len()])]));
        from += 1;
    }
    let partial = high_rest.iter().any(|digit| *digit != 9);
    if partial {
        to -= 1;
    }
    if from <= to {
        parts.push(seq([one(from, to), any(low_rest.len())]));
    }
    if partial {
        parts.push(seq([one(*b, *b), same_length(&vec![0; high_rest.len()], high_rest)]));
    }
    alt(parts)
}

/// One end of a range of fractions.
#[derive(Debug, Clone, Copy)]
pub(super) struct End<'a> {
    /// The digits of the bound, without trailing zeros.
    pub(super) digits: &'a [u8],
    /// Whether the bound itself is left out.
    pub(super) strict: bool,
}

impl End<'_> {
    fn split(self) -> Option<(u8, Self)> {
        self.digits.split_first().map(|(first, rest)| (*first, End { digits: rest, ..self }))
    }

    /// Whether the bound is met here and may not be.
    fn bars(self) -> bool {
        self.strict && self.digits.is_empty()
    }
}

/// From `least` to `room` digits that make a fraction up to that of `high`. Absent if none can.
pub(super) fn fraction_to(high: End, least: usize, room: usize) -> Option<Expr> {
    let Some((first, rest)) = high.split() else {
        return (!high.strict).then(|| some(text("0"), least, room));
    };
    let mut parts = Vec::new();
    if least == 0 {
        parts.push(empty());
    }
    if let Some(room) = room.checked_sub(1) {
        if first > 0 {
            parts.push(seq([one(0, first - 1), some(digit(), 0, room)]));
        }
        if !rest.bars() {
            parts.extend(fraction_to(rest, 0, room).map(|more| seq([one(first, first), more])));
        }
    }
    (!parts.is_empty()).then(|| alt(parts))
}

/// From `least` to `room` digits that make a fraction from that of `low` on. Absent if none can.
pub(super) fn fraction_from(low: End, least: usize, room: usize) -> Option<Expr> {
    let Some((first, rest)) = low.split() else {
        if !low.strict {
            return Some(some(digit(), least, room));
        }
        let room = room.checked_sub(1)?;
        return Some(seq([some(text("0"), 0, room), class(&[('1', '9')]), some(digit(), 0, room)]));
    };
    let room = room.checked_sub(1)?;
    if rest.digits.is_empty() && !rest.strict {
        return Some(seq([one(first, 9), some(digit(), 0, room)]));
    }
    let mut parts = Vec::new();
    if first < 9 {
        parts.push(seq([one(first + 1, 9), some(digit(), 0, room)]));
    }
    parts.extend(fraction_from(rest, 0, room).map(|more| seq([one(first, first), more])));
    (!parts.is_empty()).then(|| alt(parts))
}

/// From `least` to `room` digits that make a fraction from that of `low` to that of `high`. Absent if none can.
pub(super) fn fraction_between(low: End, high: End, least: usize, room: usize) -> Option<Expr> {
    let Some((b, high_rest)) = high.split() else {
        let zero = low.digits.is_empty() && !low.strict && !high.strict;
        return zero.then(|| some(text("0"), least, room));
    };
    let (a, low_rest) = low.split().unwrap_or((0, low));
    let mut parts = Vec::new();
    if least == 0 && low.digits.is_empty() && !low.strict {
        parts.push(empty());
    }
    if let Some(room) = room.checked_sub(1) {
        if a == b {
            parts.extend(fraction_between(low_rest, high_rest, 0, room).map(|more| seq([one(a, a), more])));
        } else {
            parts.extend(fraction_from(low_rest, 0, room).map(|more| seq([one(a, a), more])));
            if a + 1 < b {
                parts.push(seq([one(a + 1, b - 1), some(digit(), 0, room)]));
            }
            if !high_rest.bars() {
                parts.extend(fraction_to(high_rest, 0, room).map(|more| seq([one(b, b), more])));
            }
        }
    }
    (!parts.is_empty()).then(|| alt(parts))
}

/// From `least` to `most` of these.
pub(super) fn some(expr: Expr, least: usize, most: usize) -> Expr {
    repeat(expr, narrow(least), Some(narrow(most)))
}

fn one(from: u8, to: u8) -> Expr {
    let (from, to) = (char::from(b'0' + from), char::from(b'0' + to));
    if from == to { text(from.to_smolstr()) } else { class(&[(from, to)]) }
}

fn digits(number: u128) -> Vec<u8> {
    number.to_string().bytes().map(|byte| byte - b'0').collect()
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
