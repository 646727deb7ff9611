//! Texts in the formats of JSON Schema.
//!
//! Each is exactly what the standard that JSON Schema names has, or a part of it that every parser takes; the functions say
//! which. So a text of a format is always valid, but where a format is only a part, not every valid text is in it.
mod data;
mod decimal;
mod mail;
mod net;
#[cfg(test)]
mod tests;
mod time;
mod uri;
mod version;

use std::sync::LazyLock;

use super::{Dfa, TooLarge, pattern};
pub(crate) use decimal::is_decimal;

/// The texts of a pattern that the type reads which schemars gives it to, where these are not all. Absent for other patterns.
pub(crate) fn narrowed(pattern: &str, texts: &Dfa) -> Option<Result<Dfa, TooLarge>> {
    version::narrowed(pattern, texts).or_else(|| decimal::narrowed(pattern, texts))
}

/// The formats by name, each made when it is first asked for.
static FORMATS: [(&str, LazyLock<Dfa>); 23] = [
    ("date", LazyLock::new(time::date)),
    ("time", LazyLock::new(time::time)),
    ("date-time", LazyLock::new(time::date_time)),
    ("partial-time", LazyLock::new(time::partial_time)),
    ("partial-date-time", LazyLock::new(time::partial_date_time)),
    ("duration", LazyLock::new(time::duration)),
    ("email", LazyLock::new(mail::email)),
    ("idn-email", LazyLock::new(mail::idn_email)),
    ("hostname", LazyLock::new(net::hostname)),
    ("idn-hostname", LazyLock::new(net::idn_hostname)),
    ("ipv4", LazyLock::new(net::ipv4)),
    ("ipv6", LazyLock::new(net::ipv6)),
    ("ip", LazyLock::new(net::ip)),
    ("uri", LazyLock::new(uri::uri)),
    ("uri-reference", LazyLock::new(uri::uri_reference)),
    ("iri", LazyLock::new(uri::iri)),
    ("iri-reference", LazyLock::new(uri::iri_reference)),
    ("uri-template", LazyLock::new(uri::uri_template)),
    ("uuid", LazyLock::new(data::uuid)),
    ("json-pointer", LazyLock::new(data::json_pointer)),
    ("relative-json-pointer", LazyLock::new(data::relative_json_pointer)),
    ("byte", LazyLock::new(data::base64)),
    ("base64", LazyLock::new(data::base64)),
];

/// The texts in a format. None for names that are not known, and for `regex`, which is not regular.
///
/// Besides the formats of the standard these are `partial-time` and `partial-date-time` (without an offset), `ip`
/// (of either version), `byte` and `base64` (with padding).
pub(crate) fn format(name: &str) -> Option<Dfa> {
    FORMATS.iter().find(|(known, _)| *known == name).map(|(_, dfa)| Dfa::clone(dfa))
}

/// Whether draft 2020-12 of JSON Schema defines a format of this name.
pub(crate) fn is_standard_format(name: &str) -> bool {
    let own = ["partial-time", "partial-date-time", "ip", "byte", "base64"];
    name == "regex" || !own.contains(&name) && FORMATS.iter().any(|(known, _)| *known == name)
}

/// Whether the texts of a format are all that its standard has, and not only a part.
pub(crate) fn is_exact_format(name: &str) -> bool {
    ["base64", "byte", "date", "ip", "ipv4", "ipv6", "iri", "iri-reference", "json-pointer", "uri-reference", "uuid"]
        .contains(&name)
}

/// The texts that a pattern matches from beginning to end; none if it is wrong, which a test excludes.
fn whole(body: &str) -> Dfa {
    pattern(&format!("^(?:{body})$")).unwrap_or_else(|_| Dfa::none())
}

/// The texts in either; none if they are too large, which a test excludes.
fn either(a: &Dfa, b: &Dfa) -> Dfa {
    a.or(b).unwrap_or_else(|_| Dfa::none())
}
