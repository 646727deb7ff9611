//! Types, and what holds for each: every sentence of its grammar is a value, and every value is a sentence.
//!
//! A theme a file. [`corpus!`] defines the types of a theme and makes a test of each; [`make`] has values where
//! `Arbitrary` alone would make some that the type's schema does not allow.
#[macro_use]
mod macros;
mod check;
mod make;

use std::collections::BTreeSet;

use check::Property::{self, SentencesAreValues, ValuesAreSentences};

macro_rules! themes {
    ($($theme:ident),* $(,)?) => {
        $(
            #[allow(
                clippy::enum_variant_names,
                clippy::linkedlist,
                clippy::option_option,
                clippy::redundant_allocation,
                clippy::trivially_copy_pass_by_ref,
                clippy::zero_sized_map_values,
                reason = "odd types are the point"
            )]
            mod $theme;
        )*
        const NAMES: &[&[&str]] = &[$($theme::NAMES),*];
    };
}

themes! {
    adjacent, attributes, crates, external, flatten, flatten_enums, floats, integers, internal, json, maps, names,
    nested, options, recursion, sequences, std_types, strings, structs, tuples, untagged,
}

/// What a property does not hold for, because the schema does not say what it would take.
///
/// The same holds for keys that are other strings of a format, integers of less than 32 bits or of a range, enums of numbers,
/// `bool`, options and tuples.
const EXEMPT: &[(&str, Property, &str)] = &[
    ("KeysOfOneCharacter", SentencesAreValues, "schemars lets keys be any string"),
    ("KeysOfDocumentedUnits", SentencesAreValues, "schemars lists units as keys only if none has a doc comment"),
    ("KeysOfUuids", SentencesAreValues, "schemars lets keys be any string, whatever their format"),
    ("KeysOfNonZero", SentencesAreValues, "schemars says that keys are digits, but not which numbers"),
    ("KeysOf64Bits", ValuesAreSentences, "schemars says that keys are digits, but not how many"),
    ("SocketAddress", SentencesAreValues, "schemars says that it is a string"),
    ("InternalTexts", SentencesAreValues, "schemars says that the content beside the tag is an object"),
    ("FlatEnumMiddle", ValuesAreSentences, "schemars does not say between which fields a flattened enum stands"),
];

#[test]
fn lists_are_right() {
    let names: Vec<&str> = NAMES.concat();
    let unique: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), unique.len(), "two types of one name");
    assert!(names.len() >= 120, "{} types", names.len());
    assert!(EXEMPT.len() <= 8);
    for (name, ..) in EXEMPT {
        assert!(unique.contains(name), "there is no type {name}");
    }
}

#[test]
fn values_are_varied() {
    let texts: Vec<String> = (0..300).filter_map(check::value).collect();
    for part in ["\"", "\\", "\0", "\u{1f}", "\u{7f}", "\u{2028}", "😀", "a"] {
        assert!(texts.iter().any(|text| text.contains(part)), "{part:?} is in no text");
    }
    assert!(texts.iter().any(String::is_empty) && texts.iter().any(|text| text.len() > 40));
    let numbers: Vec<i64> = (0..300).filter_map(check::value).collect();
    assert!(numbers.contains(&0) && numbers.contains(&-1) && numbers.iter().any(|n| n.abs() > 1 << 60));
    let small: Vec<i16> = (0..300).filter_map(check::value).collect();
    assert!(small.contains(&i16::MAX) && small.contains(&-1));
}
