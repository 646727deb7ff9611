//! Which keywords of JSON Schema are kept, which say nothing about values, and which are refused.
use super::draft::Draft;

/// The keywords that the compiler keeps, with the first and the last version of the standard that has them.
const IMPLEMENTED: &[(&str, Draft, Draft)] = &[
    ("$dynamicRef", Draft::Twenty, Draft::Unnamed),
    ("$recursiveRef", Draft::Nineteen, Draft::Nineteen),
    ("$ref", Draft::Four, Draft::Unnamed),
    ("additionalItems", Draft::Four, Draft::Nineteen),
    ("additionalProperties", Draft::Four, Draft::Unnamed),
    ("allOf", Draft::Four, Draft::Unnamed),
    ("anyOf", Draft::Four, Draft::Unnamed),
    ("const", Draft::Six, Draft::Unnamed),
    ("contains", Draft::Six, Draft::Unnamed),
    ("dependencies", Draft::Four, Draft::Seven),
    ("dependentRequired", Draft::Nineteen, Draft::Unnamed),
    ("dependentSchemas", Draft::Nineteen, Draft::Unnamed),
    ("else", Draft::Seven, Draft::Unnamed),
    ("enum", Draft::Four, Draft::Unnamed),
    ("exclusiveMaximum", Draft::Four, Draft::Unnamed),
    ("exclusiveMinimum", Draft::Four, Draft::Unnamed),
    ("format", Draft::Four, Draft::Unnamed),
    ("if", Draft::Seven, Draft::Unnamed),
    ("items", Draft::Four, Draft::Unnamed),
    ("maxContains", Draft::Nineteen, Draft::Unnamed),
    ("maxItems", Draft::Four, Draft::Unnamed),
    ("maxLength", Draft::Four, Draft::Unnamed),
    ("maxProperties", Draft::Four, Draft::Unnamed),
    ("maximum", Draft::Four, Draft::Unnamed),
    ("minContains", Draft::Nineteen, Draft::Unnamed),
    ("minItems", Draft::Four, Draft::Unnamed),
    ("minLength", Draft::Four, Draft::Unnamed),
    ("minProperties", Draft::Four, Draft::Unnamed),
    ("minimum", Draft::Four, Draft::Unnamed),
    ("multipleOf", Draft::Four, Draft::Unnamed),
    ("not", Draft::Four, Draft::Unnamed),
    ("oneOf", Draft::Four, Draft::Unnamed),
    ("pattern", Draft::Four, Draft::Unnamed),
    ("patternProperties", Draft::Four, Draft::Unnamed),
    ("prefixItems", Draft::Twenty, Draft::Unnamed),
    ("properties", Draft::Four, Draft::Unnamed),
    ("propertyNames", Draft::Six, Draft::Unnamed),
    ("required", Draft::Four, Draft::Unnamed),
    ("then", Draft::Seven, Draft::Unnamed),
    ("type", Draft::Four, Draft::Unnamed),
    ("unevaluatedItems", Draft::Nineteen, Draft::Unnamed),
    ("unevaluatedProperties", Draft::Nineteen, Draft::Unnamed),
    ("uniqueItems", Draft::Four, Draft::Unnamed),
];

/// The keywords that do not restrict values. Names that begin with `x-` are of this sort too.
const ANNOTATIONS: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$recursiveAnchor",
    "$schema",
    "$vocabulary",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "example",
    "examples",
    "id",
    "readOnly",
    "title",
    "writeOnly",
];

/// Keywords of other dialects that restrict values, with what to do instead.
const FOREIGN: &[(&str, &str)] = &[
    ("discriminator", "give the tag of each branch as a `const`"),
    ("divisibleBy", "use `multipleOf`"),
    ("extends", "use `allOf`"),
    ("disallow", "use `not`"),
    ("nullable", "add `null` to `type`"),
];

/// What a keyword is to the compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Kept,
    Annotation,
    /// It restricts values in another dialect; what to do instead.
    Foreign(&'static str),
    /// No version of the standard has it, or not the version that the document names.
    Unknown,
}

/// What a keyword is in this version.
pub(crate) fn standing(keyword: &str, draft: Draft) -> Standing {
    if let Ok(at) = IMPLEMENTED.binary_search_by(|(name, ..)| (*name).cmp(keyword)) {
        let known = IMPLEMENTED
            .get(at)
            .is_some_and(|(_, first, last)| draft == Draft::Unnamed || (*first <= draft && draft <= *last));
        return if known { Standing::Kept } else { Standing::Unknown };
    }
    if is_annotation(keyword) {
        return Standing::Annotation;
    }
    match FOREIGN.iter().find(|(name, _)| *name == keyword) {
        Some((_, instead)) => Standing::Foreign(instead),
        None => Standing::Unknown,
    }
}

/// Whether the keyword only holds or names schemas, so that nothing becomes of it by itself.
pub(crate) fn is_place(keyword: &str) -> bool {
    const PLACES: &[&str] = &[
        "$anchor",
        "$defs",
        "$dynamicAnchor",
        "$id",
        "$recursiveAnchor",
        "$schema",
        "$vocabulary",
        "definitions",
        "id",
    ];
    PLACES.contains(&keyword)
}

/// Whether the keyword says nothing about values.
pub(crate) fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-") || ANNOTATIONS.contains(&keyword)
}

/// The keyword of this version that an unknown one is probably a misspelling of.
pub(crate) fn meant(unknown: &str, draft: Draft) -> Option<&'static str> {
    let plain = |text: &str| text.replace(['-', '_', '$', ' ', ':'], "").to_ascii_lowercase();
    let wanted = plain(unknown);
    let names = IMPLEMENTED.iter().filter(|(name, ..)| standing(name, draft) == Standing::Kept);
    names.map(|(name, ..)| *name).find(|name| {
        let name = plain(name);
        name == wanted || (name.len() > 4 && wanted.len() > 4 && is_one_edit(&name, &wanted))
    })
}

/// Whether one letter more, less, changed or exchanged with the next makes the texts equal.
fn is_one_edit(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let behind = |text: &[char], skip: usize| text.get(same + skip..).unwrap_or_default().to_vec();
    let swapped = a.get(same) == b.get(same + 1) && a.get(same + 1) == b.get(same);
    a != b
        && (behind(&a, 1) == behind(&b, 1)
            || behind(&a, 1) == behind(&b, 0)
            || behind(&a, 0) == behind(&b, 1)
            || (swapped && behind(&a, 2) == behind(&b, 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keyword_stands_in_one_table() {
        let mut all: Vec<&str> = IMPLEMENTED.iter().map(|(name, ..)| *name).collect();
        assert!(all.is_sorted());
        all.extend(ANNOTATIONS);
        all.extend(FOREIGN.iter().map(|(keyword, _)| *keyword));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn versions_have_their_keywords() {
        assert_eq!(standing("const", Draft::Four), Standing::Unknown);
        assert_eq!(standing("const", Draft::Unnamed), Standing::Kept);
        assert_eq!(standing("dependencies", Draft::Twenty), Standing::Unknown);
        assert_eq!(standing("title", Draft::Four), Standing::Annotation);
    }

    #[test]
    fn misspellings_are_recognised() {
        assert_eq!(meant("additonalProperties", Draft::Unnamed), Some("additionalProperties"));
        assert_eq!(meant("min_length", Draft::Unnamed), Some("minLength"));
        assert_eq!(meant("requierd", Draft::Unnamed), Some("required"));
        assert_eq!(meant("colour", Draft::Unnamed), None);
    }
}
