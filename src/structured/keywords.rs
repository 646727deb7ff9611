//! Which keywords of JSON Schema are kept, which say nothing about values, and which are refused.

/// The keywords that the compiler keeps.
pub(crate) const IMPLEMENTED: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "not",
    "oneOf",
    "patternProperties",
    "prefixItems",
    "properties",
    "required",
    "type",
    "unevaluatedProperties",
    "uniqueItems",
];

/// The keywords that do not restrict values. Names that begin with `x-` are of this sort too.
pub(crate) const ANNOTATIONS: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$schema",
    "$vocabulary",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
];

/// Keywords of JSON Schema that are refused, with what to do instead.
pub(crate) const REFUSED: &[(&str, &str)] = &[
    ("$dynamicAnchor", "use `$ref`"),
    ("$dynamicRef", "use `$ref`"),
    ("$id", "give an address to the root of the document only"),
    ("$recursiveRef", "use `$ref`"),
    ("additionalItems", "use `prefixItems` and `items`"),
    ("contains", "describe the items with `items` or `prefixItems`"),
    ("dependencies", "write the cases out with `anyOf`"),
    ("dependentRequired", "write the cases out with `anyOf`"),
    ("dependentSchemas", "write the cases out with `anyOf`"),
    ("discriminator", "give the tag of each branch as a `const`"),
    ("else", "write the cases out with `anyOf`"),
    ("if", "write the cases out with `anyOf`"),
    ("maxContains", "describe the items with `items` or `prefixItems`"),
    ("minContains", "describe the items with `items` or `prefixItems`"),
    ("multipleOf", "list the values with `enum`, or check the value afterwards"),
    ("nullable", "add `null` to `type`"),
    ("pattern", "list the values with `enum`, use a known `format`, or check the value afterwards"),
    ("propertyNames", "declare the names under `properties`"),
    ("then", "write the cases out with `anyOf`"),
    ("unevaluatedItems", "use `items`"),
];

/// Whether the keyword says nothing about values.
pub(crate) fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-") || ANNOTATIONS.contains(&keyword)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keyword_stands_in_one_table() {
        let mut all: Vec<&str> = IMPLEMENTED.iter().chain(ANNOTATIONS).copied().collect();
        all.extend(REFUSED.iter().map(|(keyword, _)| *keyword));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
