//! From a type, or its JSON Schema, to a grammar whose every sentence is a value of the type.
//!
//! [`Grammar::from_type`](crate::Grammar::from_type) takes a type that derives schemars' `JsonSchema`,
//! [`Grammar::from_schema`](crate::Grammar::from_schema) a schema of draft 2020-12. Both promise the same: what is
//! generated under the grammar satisfies every keyword of the schema, and `serde_json::from_str` reads it as the type.
//! What cannot be promised is an error of kind [`Schema`](crate::ErrorKind::Schema) with the JSON pointer of the
//! keyword (`#` where it is the document as a whole), before anything is generated. No keyword is passed over.
//!
//! # What is written
//!
//! A grammar fixes one spelling of each value, which is how `serde_json` writes it:
//!
//! - no whitespace;
//! - properties in the order of the declaration, those that are not required present or absent, each in its place.
//!   The fields of a flattened enum follow the other fields, unless the enum is flattened first;
//! - objects closed: a property that no schema declares is written only where `additionalProperties`,
//!   `unevaluatedProperties` or `patternProperties` gives it a schema of its own, last and under no declared name;
//! - tuples closed: nothing follows `prefixItems` unless `items` or `minItems` says so;
//! - strings with valid escapes only, surrogates in pairs, and lengths counted in characters;
//! - integers without leading zeros, fractions or `-0`, within the range of their `format` (`int8` to `uint128`) and of
//!   64 bits where there is none;
//! - numbers of a bounded number of digits that an `f64`, or an `f32` for `format: float`, holds without overflow.
//!   Within bounds they are written without an exponent, up to 16 digits before the point, and with at most 15 digits
//!   in all next to a bound, so that none is rounded across it;
//! - listed values (`enum`, `const`) as they stand in the schema.
//!
//! # Keywords
//!
//! Kept: `type`, `enum`, `const`, `not` (with values or types), `$ref` to a place of the document, `allOf`, `anyOf`,
//! `oneOf` where the branches exclude one another, `properties`, `required`, `additionalProperties`,
//! `unevaluatedProperties`, `patternProperties` with the two patterns that schemars writes for integer keys,
//! `minProperties` and `maxProperties` of maps, `items`, `prefixItems`, `minItems`, `maxItems`, `minLength`, `maxLength`,
//! `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, and `format`: `date`, `time`, `date-time`,
//! `partial-time`, `partial-date-time`, `uuid`, `ipv4`, `ipv6`, `ip`, and the usual part of `hostname`, `email` and
//! `uri` (web addresses). Other formats of the standard are refused; names outside of it say nothing, as the standard
//! has it.
//!
//! `uniqueItems` is kept by the type and not by the grammar: a set may be written with an item twice, which serde reads
//! as once. A bare schema with `uniqueItems` is refused.
//!
//! Annotations (`title`, `description`, `default`, `examples`, `readOnly`, ...) and names that begin with `x-` say
//! nothing about values. All other keywords are refused by name.
//!
//! # What a schema does not show
//!
//! Some conditions of `Deserialize` are not in the schema that schemars derives, so a sentence can still fail to parse:
//! keys of maps that are `bool`, `char` or integers of 8 and 16 bits (integer keys are written in 32 bits), the syntax
//! of `SocketAddr`, `Duration`s beyond their range, conditions in hand-written implementations, integer keys and
//! 128-bit integers inside of untagged, internally tagged and flattened enums, which serde cannot read there, and
//! nesting beyond the 128 levels that `serde_json` reads.
mod api;
mod atom;
mod bounds;
mod build;
mod decimal;
mod disjoint;
mod format;
mod ir;
mod keywords;
mod lower;
mod normal;
mod pointer;
mod prune;
mod schema;

pub use api::{grammar_for_schema, grammar_for_type, schema_for_type};
