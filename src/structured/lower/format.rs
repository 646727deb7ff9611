//! Strings in known formats. Each is exact or a part of what its standard allows, so that every parser accepts it.
use super::{
    digits::between,
    expr::{class, digit, empty, many, optional, repeat, seq, text},
    factor::alt,
    number::digits,
    rules::Rules,
    string::{hex, quoted},
};
use crate::gbnf::Expr;

/// A string in this format, quotes included.
pub(super) fn format(rules: &mut Rules, name: &'static str) -> Expr {
    quoted(content(rules, name))
}

fn content(rules: &mut Rules, name: &'static str) -> Expr {
    match name {
        "date" => rules.shared("date", date),
        "time" => rules.shared("time", |rules| seq([content(rules, "partial-time"), offset(rules)])),
        "partial-time" => rules.shared("partial-time", |_| clock()),
        "date-time" => {
            rules.shared("date-time", |rules| seq([content(rules, "date"), text("T"), content(rules, "time")]))
        }
        "partial-date-time" => rules.shared("partial-date-time", |rules| {
            seq([content(rules, "date"), text("T"), content(rules, "partial-time")])
        }),
        "uuid" => rules.shared("uuid", uuid),
        "ipv4" => rules.shared("ipv4", ipv4),
        "ipv6" => rules.shared("ipv6", ipv6),
        "ip" => rules.shared("ip", |rules| alt([content(rules, "ipv4"), content(rules, "ipv6")])),
        "hostname" => rules.shared("hostname", hostname),
        "email" => rules.shared("email", email),
        "uri" | "url" => rules.shared("uri", uri),
        _ => empty(),
    }
}

/// A date of the Gregorian calendar, leap years told apart.
fn date(rules: &mut Rules) -> Expr {
    let year = digits(4);
    let month_day = rules.shared("month-day", |_| {
        let of = |months: &[&str], days: Expr| seq([alt(months.iter().map(|month| text(*month))), text("-"), days]);
        alt([
            of(&["01", "03", "05", "07", "08", "10", "12"], days_to(31)),
            of(&["04", "06", "09", "11"], days_to(30)),
            of(&["02"], days_to(28)),
        ])
    });
    let even = || class(&[('0', '0'), ('2', '2'), ('4', '4'), ('6', '6'), ('8', '8')]);
    let odd = || class(&[('1', '1'), ('3', '3'), ('5', '5'), ('7', '7'), ('9', '9')]);
    let fourth = |first: Expr, zero: bool| {
        let last = if zero { class(&[('0', '0'), ('4', '4'), ('8', '8')]) } else { class(&[('4', '4'), ('8', '8')]) };
        seq([first, last])
    };
    let two_six = || class(&[('2', '2'), ('6', '6')]);
    let by_four = || alt([fourth(even(), true), seq([odd(), two_six()])]);
    let by_four_but_zero = alt([
        fourth(text("0"), false),
        fourth(class(&[('2', '2'), ('4', '4'), ('6', '6'), ('8', '8')]), true),
        seq([odd(), two_six()]),
    ]);
    let leap = alt([seq([by_four(), text("00")]), seq([digits(2), by_four_but_zero])]);
    alt([seq([year, text("-"), month_day]), seq([leap, text("-02-29")])])
}

/// Days from 01 to `last`.
fn days_to(last: u8) -> Expr {
    let tens = last / 10;
    let mut parts = vec![seq([text("0"), class(&[('1', '9')])])];
    for ten in 1..=tens {
        let units = if ten == tens { last % 10 } else { 9 };
        let (ten, units) = (char::from(b'0' + ten), char::from(b'0' + units));
        parts.push(seq([text(ten), if units == '0' { text("0") } else { class(&[('0', units)]) }]));
    }
    alt(parts)
}

/// Hours, minutes, seconds, and up to nanoseconds.
fn clock() -> Expr {
    let fraction = seq([text("."), repeat(digit(), 1, Some(9))]);
    seq([hours(), text(":"), sixty(), text(":"), sixty(), optional(fraction)])
}

fn hours() -> Expr {
    alt([seq([class(&[('0', '1')]), digit()]), seq([text("2"), class(&[('0', '3')])])])
}

fn sixty() -> Expr {
    seq([class(&[('0', '5')]), digit()])
}

fn offset(rules: &mut Rules) -> Expr {
    rules.shared("offset", |_| alt([text("Z"), seq([class(&[('+', '+'), ('-', '-')]), hours(), text(":"), sixty()])]))
}

fn uuid(rules: &mut Rules) -> Expr {
    let hex = hex(rules);
    let group = |count: u32| repeat(hex.clone(), count, Some(count));
    let dash = || text("-");
    seq([group(8), dash(), group(4), dash(), group(4), dash(), group(4), dash(), group(12)])
}

fn ipv4(rules: &mut Rules) -> Expr {
    let octet = rules.shared("octet", |_| between(0, 255));
    let dot = || text(".");
    seq([octet.clone(), dot(), octet.clone(), dot(), octet.clone(), dot(), octet])
}

/// Eight groups, of which a run may be left out once.
fn ipv6(rules: &mut Rules) -> Expr {
    let group = rules.shared("hextet", |rules| repeat(hex(rules), 1, Some(4)));
    let more = seq([text(":"), group.clone()]);
    let behind_gap = |most: u32| match most {
        0 => empty(),
        _ => optional(seq([group.clone(), repeat(more.clone(), 0, Some(most - 1))])),
    };
    let mut rest = empty();
    for read in (1..8_u32).rev() {
        let gap = seq([text(":"), behind_gap(7 - read)]);
        rest = seq([text(":"), alt([seq([group.clone(), rest]), gap])]);
    }
    alt([seq([group.clone(), rest]), seq([text("::"), behind_gap(7)])])
}

/// Letters and digits, with single dashes between.
fn label(rules: &mut Rules) -> Expr {
    rules.shared("label", |_| {
        let letter = || class(&[('0', '9'), ('A', 'Z'), ('a', 'z')]);
        seq([letter(), repeat(seq([optional(text("-")), letter()]), 0, Some(30))])
    })
}

fn hostname(rules: &mut Rules) -> Expr {
    let label = label(rules);
    seq([label.clone(), repeat(seq([text("."), label]), 0, Some(3))])
}

/// A name with a top level of letters, as public addresses have.
fn domain(rules: &mut Rules) -> Expr {
    let label = label(rules);
    let top = repeat(class(&[('a', 'z')]), 2, Some(12));
    seq([repeat(seq([label, text(".")]), 1, Some(3)), top])
}

fn email(rules: &mut Rules) -> Expr {
    let atom = || {
        let letter = class(&[('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_'), ('+', '+'), ('-', '-')]);
        repeat(letter, 1, Some(20))
    };
    let local = seq([atom(), repeat(seq([text("."), atom()]), 0, Some(2))]);
    seq([local, text("@"), domain(rules)])
}

/// An address of the web: a host, and perhaps a port, a path, a query and a fragment.
fn uri(rules: &mut Rules) -> Expr {
    let hex = hex(rules);
    let escape = || seq([text("%"), hex.clone(), hex.clone()]);
    let plain = [('A', 'Z'), ('a', 'z'), ('0', '9'), ('-', '.'), ('_', '_'), ('~', '~'), ('!', '!'), ('$', '$')];
    let marks = [('&', '&'), ('(', ','), (';', ';'), ('=', '='), (':', ':'), ('@', '@')];
    let segment: Vec<(char, char)> = plain.into_iter().chain(marks).collect();
    let mut wide = segment.clone();
    wide.extend([('/', '/'), ('?', '?')]);
    let segment = many(alt([class(&segment), escape()]));
    let tail = |sign: &str| optional(seq([text(sign), many(alt([class(&wide), escape()]))]));
    let port = optional(seq([text(":"), between(1, 65_535)]));
    let path = many(seq([text("/"), segment]));
    seq([text("http"), optional(text("s")), text("://"), domain(rules), port, path, tail("?"), tail("#")])
}
