//! Numbers that are multiples of one another, or are not: automata over the digits of their spelling.
use super::{
    expr::{class, digit, many, optional, seq, text},
    factor::alt,
    number::{bounded, integer_range_of, zeros},
    rules::MAX_EDGES,
};
use crate::{
    gbnf::Expr,
    regular::{Dfa, TableState, TooLarge},
    structured::{
        bounds::Bounds,
        decimal::Decimal,
        sets::{Kind, NumberSet},
    },
};

/// The most states that tell multiples of one number.
const MAX_STATES: u128 = 4_000;
/// The most characters, the point among them, of numbers that are told apart by what is behind the point.
const CERTAIN: u64 = 16;
/// The most characters of integers without an end that are multiples of a number which takes many states.
const FEW: u64 = 9;
const ZERO: u32 = '0' as u32;
const POINT: u32 = '.' as u32;

/// The spellings of the numbers of a set; where they take too long to find, why.
pub(crate) fn numerals(set: &NumberSet, plain: bool) -> std::result::Result<Dfa, String> {
    let mut numerals = up_to(set, plain, None);
    if set.kind == Kind::Integer && is_endless(set) {
        // Readers take some hundred digits at most. The fewer there are, the larger divisors can be told by.
        for most in [CERTAIN, FEW] {
            if numerals.as_ref().is_ok_and(|numerals| numerals.edges() <= MAX_EDGES) {
                break;
            }
            numerals = up_to(set, plain, Some(most));
        }
    }
    numerals
}

/// The spellings of the numbers of a set of at most so many characters.
fn up_to(set: &NumberSet, plain: bool, most: Option<u64>) -> std::result::Result<Dfa, String> {
    let large = |cause: TooLarge| cause.to_string();
    let mut numerals = Dfa::from_expr(&range(set)?).map_err(large)?;
    // With an exponent, neither the point nor the digits behind it tell whether a number is whole or a multiple.
    let plain_decimal = seq([sign(), many(digit()), optional(seq([text("."), many(digit())]))]);
    numerals = numerals.and(&Dfa::from_expr(&plain_decimal).map_err(large)?).map_err(large)?;
    let has_places = set.multiples.iter().any(|multiple| !multiple.is_integer());
    let is_open = is_endless(set) && set.kind != Kind::Integer;
    // Readers round to 15 digits at worst: with more, a fraction could be read as none.
    let is_rounded = set.kind == Kind::Fraction || !set.others.is_empty() || has_places || is_open;
    if let Some(most) = most.or(is_rounded.then_some(CERTAIN)) {
        numerals = numerals.and(&Dfa::lengths(0, Some(most)).map_err(large)?).map_err(large)?;
    }
    if set.kind != Kind::Any {
        let whole = seq([sign(), many(digit()), if plain { text("") } else { zeros() }]);
        let whole = Dfa::from_expr(&whole).map_err(large)?;
        let point_zero = Dfa::from_expr(&seq([sign(), many(digit()), zeros()])).map_err(large)?;
        let kept = if set.kind == Kind::Integer { numerals.and(&whole) } else { numerals.minus(&point_zero) };
        numerals = kept.map_err(large)?;
    }
    for multiple in &set.multiples {
        numerals = numerals.and(&multiples(multiple)?).map_err(large)?;
    }
    for multiple in &set.others {
        numerals = numerals.minus(&multiples(multiple)?).map_err(large)?;
    }
    Ok(numerals)
}

/// Spellings of the numbers in range; without a range, integers of up to 38 digits and other numbers of any number of them.
fn range(set: &NumberSet) -> std::result::Result<Expr, String> {
    if set.kind == Kind::Integer {
        let digits = super::number::integer_ranges(&integer_range_of(&set.bounds));
        return Ok(seq([digits, zeros()]));
    }
    if is_endless(set) {
        let whole = alt([text("0"), seq([class(&[('1', '9')]), many(digit())])]);
        let fraction = optional(seq([text("."), digit(), many(digit())]));
        let minus = if set.bounds == Bounds::default() { sign() } else { text("") };
        return Ok(seq([minus, whole, fraction]));
    }
    bounded(&set.bounds, set.width).map_err(|error| error.message().to_owned())
}

/// Whether there are multiples that no floating-point number holds.
fn is_endless(set: &NumberSet) -> bool {
    set.bounds == Bounds::default() || is_sign_only(&set.bounds)
}

fn is_sign_only(bounds: &Bounds) -> bool {
    bounds.max.is_none() && bounds.min.as_ref().is_some_and(|min| min.at == Decimal::ZERO && !min.strict)
}

fn sign() -> Expr {
    optional(text("-"))
}

/// The spellings, with zeros anywhere at the ends, of all multiples of a number.
///
/// The number is `p / 10^q`. With the digits read so far as an integer `n`, what counts is `n` modulo `p` and how many
/// digits there were behind the point; behind `q` of them only zeros may follow. Of the powers of ten in `p`, it is
/// enough to know how many zeros the digits end with.
fn multiples(of: &Decimal) -> std::result::Result<Dfa, String> {
    let places = of.fraction().len();
    let large = || format!("{} has too many digits", show(of));
    let mut modulus = of.scaled(places).ok_or_else(large)?;
    let mut zeros: usize = 0;
    if modulus % 10 == 0 {
        let mut rest = modulus;
        let mut tens = 0;
        while rest % 10 == 0 {
            (rest, tens) = (rest / 10, tens + 1);
        }
        if rest % 2 != 0 && rest % 5 != 0 {
            (modulus, zeros) = (rest, tens);
        }
    }
    let count = modulus.saturating_mul((places as u128 + 2).max(3)).saturating_mul(zeros as u128 + 1);
    if count > MAX_STATES {
        return Err(format!("telling multiples of {} takes {count} states", show(of)));
    }
    let layout = Layout { modulus: usize::try_from(modulus).map_err(|_| large())?, zeros, places };
    Ok(Dfa::from_table(layout.table()))
}

fn show(number: &Decimal) -> String {
    let fraction: String = number.fraction().iter().map(|digit| char::from(b'0' + digit)).collect();
    if fraction.is_empty() { number.whole().to_string() } else { format!("{}.{fraction}", number.whole()) }
}

/// The numbering of states: the start, then by place, remainder and zeros.
struct Layout {
    modulus: usize,
    zeros: usize,
    places: usize,
}

impl Layout {
    /// The state behind the point by so many digits (0: before the point), with this remainder and so many zeros.
    fn state(&self, place: usize, rest: usize, zeros: usize) -> usize {
        1 + (place * self.modulus + rest) * (self.zeros + 1) + zeros
    }

    /// Whether the digits read, padded to all places behind the point, are a multiple.
    fn accepts(&self, place: usize, rest: usize, zeros: usize) -> bool {
        let padding = self.places - place.saturating_sub(1).min(self.places);
        let padded = (0..padding).fold(rest, |rest, _| rest * 10 % self.modulus);
        padded == 0 && zeros + padding >= self.zeros
    }

    fn table(&self) -> Vec<TableState> {
        // Places: 0 is before the point, 1 is just behind it, and so on up to all places.
        let mut table = vec![(false, Vec::new())];
        for place in 0..(self.places + 2).max(3) {
            for rest in 0..self.modulus {
                for zeros in 0..=self.zeros {
                    let accepts = place != 1 && self.accepts(place, rest, zeros);
                    table.push((accepts, self.edges(place, rest, zeros)));
                }
            }
        }
        let start = self.edges(0, 0, self.zeros);
        if let Some(first) = table.first_mut() {
            first.1 = start.into_iter().filter(|(from, ..)| *from != POINT).collect();
            let from_zero = first.1.clone();
            first.1.push(('-' as u32, '-' as u32, 0));
            first.1.sort_unstable();
            debug_assert!(!from_zero.is_empty(), "digits begin every number");
        }
        table
    }

    fn edges(&self, place: usize, rest: usize, zeros: usize) -> Vec<(u32, u32, usize)> {
        let mut edges = Vec::with_capacity(11);
        if place == 0 {
            edges.push((POINT, POINT, self.state(1, rest, zeros)));
        }
        for digit in 0..10_u32 {
            let behind = place > self.places;
            let to = if behind {
                // Only zeros may follow the last place that counts.
                if digit != 0 {
                    continue;
                }
                self.state(place.max(2), rest, zeros)
            } else {
                let rest = (rest * 10 + digit as usize) % self.modulus;
                let zeros = if digit == 0 { (zeros + 1).min(self.zeros) } else { 0 };
                self.state(if place == 0 { 0 } else { place + 1 }, rest, zeros)
            };
            edges.push((ZERO + digit, ZERO + digit, to));
        }
        edges
    }
}
