//! Addresses and names of hosts.
use super::{either, whole};
use crate::regular::Dfa;

const OCTET: &str = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)";

/// The most characters of a name. DNS allows 63 for a label and 253 for all; with 63 for all neither need be counted.
const MAX_NAME: u32 = 63;

/// Letters of scripts written from left to right that IDNA takes as they are, for which no rule of context holds.
pub(super) const LETTERS: &str = "a-z0-9\u{DF}-\u{F6}\u{F8}-\u{FF}\u{3AC}-\u{3CE}\u{430}-\u{45F}\u{3041}-\u{3096}\u{30A1}-\u{30FA}\u{4E00}-\u{9FA5}\u{AC00}-\u{D7A3}";

/// Four numbers up to 255 without leading zeros, as a pattern.
pub(super) fn ipv4_pattern() -> String {
    format!(r"{OCTET}(?:\.{OCTET}){{3}}")
}

/// Eight groups of hexadecimal digits, of which a run may be left out once and the last two may be an IPv4 address, as a
/// pattern.
pub(super) fn ipv6_pattern() -> String {
    let group = "[0-9A-Fa-f]{1,4}";
    let last = format!("(?:{group}:{group}|{})", ipv4_pattern());
    let mut cases = vec![format!("(?:{group}:){{6}}{last}")];
    for behind in 0..8 {
        let before = match 7 - behind {
            0 => String::new(),
            most => format!("(?:(?:{group}:){{0,{}}}{group})?", most - 1),
        };
        let behind = match behind {
            0 => String::new(),
            1 => group.to_owned(),
            _ => format!("(?:{group}:){{{}}}{last}", behind - 2),
        };
        cases.push(format!("{before}::{behind}"));
    }
    format!("(?:{})", cases.join("|"))
}

/// `dotted-quad` of RFC 2673.
pub(super) fn ipv4() -> Dfa {
    whole(&ipv4_pattern())
}

/// The text form of RFC 4291, without a zone.
pub(super) fn ipv6() -> Dfa {
    whole(&ipv6_pattern())
}

pub(super) fn ip() -> Dfa {
    either(&ipv4(), &ipv6())
}

/// A name of RFC 1123 of at most 63 characters, without two dashes in a row, and so without labels in Punycode, not all
/// of which stand for a name.
pub(super) fn hostname() -> Dfa {
    whole(&format!("(?=[^]{{0,{MAX_NAME}}}$)[0-9A-Za-z](?:[.-]?[0-9A-Za-z])*"))
}

/// A name as [`hostname`] has it, or one of up to 12 letters of large scripts, without dashes: RFC 5890 allows more, by
/// rules that take more than an automaton.
pub(super) fn idn_hostname() -> Dfa {
    either(&hostname(), &whole(&idn_pattern()))
}

/// A name of letters of large scripts, as a pattern.
pub(super) fn idn_pattern() -> String {
    // A character takes at most four or five of Punycode, so a label stays within the 63 that it may have.
    format!(r"[{LETTERS}](?:\.?[{LETTERS}]){{0,11}}")
}
