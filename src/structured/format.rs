//! The names in `format`: integer widths, and strings.
use super::{
    bounds::{Bound, Bounds},
    decimal::Decimal,
};

/// The formats of strings that the grammar keeps.
const SUPPORTED: &[&str] = &[
    "date",
    "date-time",
    "email",
    "hostname",
    "ip",
    "ipv4",
    "ipv6",
    "partial-date-time",
    "partial-time",
    "time",
    "uri",
    "url",
    "uuid",
];

/// The formats of strings that JSON Schema defines and the grammar does not keep.
const REFUSED: &[&str] = &[
    "duration",
    "idn-email",
    "idn-hostname",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "uri-reference",
    "uri-template",
];

/// Whether the name means a format of strings. Others say nothing, as JSON Schema has it.
pub(crate) fn is_known(name: &str) -> bool {
    supported(name).is_some() || REFUSED.contains(&name)
}

/// The format of strings with this name, if it can be kept.
pub(crate) fn supported(name: &str) -> Option<&'static str> {
    SUPPORTED.iter().find(|known| **known == name).copied()
}

/// The range of the integer type that schemars gives this name.
pub(crate) fn integer_range(name: &str) -> Option<Bounds> {
    macro_rules! of {
        ($type:ty) => {
            range(&<$type>::MIN.to_string(), &<$type>::MAX.to_string())
        };
    }
    Some(match name {
        "int8" => of!(i8),
        "int16" => of!(i16),
        "int32" => of!(i32),
        "int64" => of!(i64),
        "int128" => of!(i128),
        "int" => of!(isize),
        "uint8" => of!(u8),
        "uint16" => of!(u16),
        "uint32" => of!(u32),
        "uint64" => of!(u64),
        "uint128" => of!(u128),
        "uint" => of!(usize),
        _ => return None,
    })
}

/// The numbers from one to another, both included.
pub(crate) fn range(min: &str, max: &str) -> Bounds {
    let bound = |text| Decimal::parse(text).map(|at| Bound { at, strict: false });
    Bounds { min: bound(min), max: bound(max) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_integers_have_exact_ends() {
        let range = integer_range("uint128").unwrap();
        assert_eq!(range.max.unwrap().at, Decimal::integer(false, u128::MAX));
        let range = integer_range("int128").unwrap();
        assert_eq!(range.min.unwrap().at, Decimal::integer(true, 1 << 127));
    }

    #[test]
    fn unknown_formats_say_nothing() {
        assert!(!is_known("colour") && is_known("regex") && supported("regex").is_none());
    }
}
