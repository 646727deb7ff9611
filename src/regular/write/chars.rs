//! How the characters of a set are spelled.
use smol_str::ToSmolStr;

use super::Encoding;
use crate::{
    gbnf::{CharClass, Expr},
    regular::{
        Dfa,
        ranges::{LAST, Ranges},
    },
};

/// Whether there are characters in the automaton that only U+0000 stands for.
pub(super) fn needs_nul(dfa: &Dfa) -> bool {
    let nul = Ranges::single('\0');
    let table = dfa.table();
    let class = table.alphabet.class('\0');
    table.classes().get(class as usize) == Some(&nul)
        && (0_u32..).take(table.len()).any(|state| table.step(state, class).is_some())
}

/// The texts with U+0000.
pub(super) fn with_nul() -> Dfa {
    let nul = vec![(0, 0, 1), (1, LAST, 0)];
    Dfa::from_table(vec![(false, nul), (true, vec![(0, LAST, 1)])])
}

/// An expression for a character of a set that is not empty.
pub(super) fn spelled(set: &Ranges, encoding: Encoding) -> Expr {
    match encoding {
        Encoding::Raw => match set.not() {
            others if others.is_empty() => Expr::Any,
            others => plain(set, &others),
        },
        Encoding::Json => {
            let raw = set.and(&escaped().not());
            // What most tokens begin with stands last: llama.cpp's own engine is faster so.
            let mut parts: Vec<Expr> = escapes(set).into_iter().collect();
            if !raw.is_empty() {
                parts.push(plain(&raw, &raw.not()));
            }
            Expr::alt(parts)
        }
    }
}

/// A set that is not empty, or everything but the other one, whichever is shorter.
fn plain(set: &Ranges, others: &Ranges) -> Expr {
    if let Some(c) = set.only() {
        return Expr::literal(c.to_smolstr());
    }
    let (ranges, others) = (joined(set), joined(others));
    if set.has(LAST) && width(&others) < width(&ranges) {
        return Expr::Class(CharClass { negated: true, ranges: others });
    }
    Expr::Class(CharClass { negated: false, ranges })
}

/// About how many characters it takes to write ranges.
fn width(ranges: &[(u32, u32)]) -> usize {
    let one = |code| match code {
        0x20..0x7F => 1,
        0..0x100 => 4,
        0x100..0x1_0000 => 6,
        _ => 10,
    };
    ranges.iter().map(|(low, high)| if low == high { one(*low) } else { one(*low) + 1 + one(*high) }).sum()
}

/// The ranges, those on both sides of the surrogates put together.
fn joined(set: &Ranges) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::with_capacity(set.as_slice().len());
    for (low, high) in set.iter() {
        match out.last_mut() {
            Some(last) if (last.1, low) == (0xD7FF, 0xE000) => last.1 = high,
            _ => out.push((low, high)),
        }
    }
    out
}

/// What JSON strings hold as escapes only.
fn escaped() -> Ranges {
    Ranges::new([(0, 0x1F), (0x22, 0x22), (0x5C, 0x5C)])
}

/// The characters with escapes of two characters, and the second of these, in the order of the latter.
const SHORT: [(char, char); 7] =
    [('"', '"'), ('\\', '\\'), ('\u{8}', 'b'), ('\u{C}', 'f'), ('\n', 'n'), ('\r', 'r'), ('\t', 't')];

/// The characters of a set that are escaped.
fn escapes(set: &Ranges) -> Option<Expr> {
    let short = SHORT.iter().filter(|(c, _)| set.has((*c).into())).map(|(_, letter)| *letter);
    let short = Ranges::new(short.map(|letter| (letter.into(), letter.into())));
    let long = |tens: u32| {
        let codes = (0..16).filter(|units| {
            let code = tens * 16 + units;
            set.has(code) && !SHORT.iter().any(|(c, _)| u32::from(*c) == code)
        });
        let digits = Ranges::new(codes.map(|units| {
            let digit = char::from_digit(units, 16).unwrap_or('0').into();
            (digit, digit)
        }));
        (!digits.is_empty())
            .then(|| Expr::seq([Expr::literal(if tens == 0 { "0" } else { "1" }), plain(&digits, &digits.not())]))
    };
    let mut parts = Vec::new();
    if !short.is_empty() {
        parts.push(plain(&short, &short.not()));
    }
    let codes: Vec<Expr> = [long(0), long(1)].into_iter().flatten().collect();
    if !codes.is_empty() {
        parts.push(Expr::seq([Expr::literal("u00"), Expr::alt(codes)]));
    }
    (!parts.is_empty()).then(|| Expr::seq([Expr::literal("\\"), Expr::alt(parts)]))
}
