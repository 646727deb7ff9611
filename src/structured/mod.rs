//! From a type, or its JSON Schema, to a grammar whose every sentence is a value of the type.
//!
//! [`Grammar::from_type`](crate::Grammar::from_type) takes a type that derives schemars' `JsonSchema`,
//! [`Grammar::from_schema`](crate::Grammar::from_schema) a schema, and [`Options`] a schema and how it is read and written.
//! All promise the same: what is generated under the grammar satisfies every keyword of the schema. What cannot be
//! promised is an error of kind [`Schema`](crate::ErrorKind::Schema) with the JSON pointer of the keyword (`#` where it is
//! the document as a whole), before anything is generated. What says nothing about values is named in a [`Report`].
//!
//! # Two modes
//!
//! [`Options::typed`], which `from_type` and `from_schema` use, is the contract of serde: every sentence is read by
//! `serde_json::from_str` as the type.
//!
//! - Objects are closed: a property that no schema declares is written only where `additionalProperties`,
//!   `unevaluatedProperties` or `patternProperties` gives it a schema of its own, last and under no declared name. Tuples
//!   are closed too: nothing follows `prefixItems` unless `items` or `minItems` says so.
//! - Integers have no fraction, and lie within the range of their `format` (`int8` to `uint128`), or of 64 bits where
//!   there is none. Numbers are what an `f64`, or an `f32` for `format: float`, holds without overflow.
//! - `uniqueItems` is kept by the type: a set may be written with an item twice, which serde reads as once. `from_schema`
//!   refuses it where the grammar cannot keep it.
//! - Unknown keywords are refused, unless their name begins with `x-`.
//!
//! [`Options::spec`] is JSON Schema as the standard has it, drafts 4 to 2020-12: objects and arrays are open, keywords bind
//! only the values they speak of, `1.0` is an integer (but in draft 4), and unknown keywords are annotations. A document
//! that names no version may use the keywords of all.
//!
//! # What is written
//!
//! A grammar fixes one spelling of most values:
//!
//! - no white space, unless [`Whitespace`] says otherwise;
//! - properties in the order of the declaration, those that are not required present or absent, each in its place, and
//!   undeclared ones behind them. In types, the tag beside a `$ref` comes first, and the fields of a flattened enum follow
//!   the other fields unless the enum is flattened first;
//! - a name that is not declared may be written twice in an object, which no grammar can bar; readers take the last;
//! - strings with valid escapes only, surrogates in pairs, lengths counted in characters; strings with a `pattern` or
//!   `format`, and names, with no more escapes than JSON needs;
//! - numbers of a bounded number of digits; within bounds, with an exponent only where it cannot cross one.
//!
//! # Keywords
//!
//! All of draft 2020-12 and its forerunners are kept, with these limits, beyond which they are refused:
//!
//! - `$ref`, `$dynamicRef`, `$id` and anchors reach places of the document, not other documents;
//! - `pattern` and `patternProperties` take the regular expressions of ECMA-262 that an automaton can tell: no
//!   back-references, and at most 5,000 states and 20,000 edges, lengths beside them included;
//! - `uniqueItems` takes items from at most eight listed values;
//! - `multipleOf` takes automata of at most 4,000 states;
//! - `unevaluatedProperties` and `unevaluatedItems` cannot be negated, which `not`, `if`, and `oneOf` between branches that
//!   overlap do;
//! - `format` is kept for dates, times, durations, uuids, addresses of hosts, mail and the web, JSON pointers and base64,
//!   where [`Formats`] lets it bind strings. Each is exact or the part of its standard that all readers accept.
//!
//! # What a schema does not show
//!
//! What serde is seen never to read is an error: a field that an enum flattened into a struct shares with it, or a
//! content with its tag; a flattened enum without a name for its content beside a flattened map that cannot hold its
//! fields, or where unknown fields are denied; lists and numbers as contents beside a tag; integers of 128 bits in
//! untagged and internally tagged enums. Other conditions of `Deserialize` are not in the schema that schemars derives,
//! so a sentence can still fail to parse:
//!
//! - **Keys of maps** that schemars lets be any string: those with a `format` (uuids, dates, addresses), enums of units
//!   of which one has a doc comment or another attribute, `char`, `bool`, options and tuples. Integers are written in 32
//!   bits, with a sign unless their least value is 0, even if their type is narrower, leaves out 0 or lists its numbers.
//!   `String`s, integers of 32 bits and more and enums of plain units are safe.
//! - **Values of some types**: the syntax of `SocketAddr`, `Duration`s and `SystemTime`s beyond their range, `OsString`s
//!   of another system, zero bytes in a `CString`, the days of jiff's `SignedDuration`, its `Timestamp`s in the last
//!   hours of the year 9999, the capacity of an `ArrayString`, and conditions in hand-written implementations and in
//!   functions of `deserialize_with`.
//! - **What is read by way of a buffer**: integer keys in untagged, internally tagged and flattened enums and in a struct
//!   of nothing but a flattened map, strings and `bool`s as contents beside an internal tag, and integers of 128 bits in
//!   flattened structs. An internally tagged enum whose variants have one field each, of the same name, is taken for one
//!   whose content has a name.
//! - **What several read**: a field that is an `Option` either in a struct or in one flattened into it, an `alias` of a
//!   field beside a flattened map, whose entries are also those of types flattened after it, of another map, and of a
//!   flattened struct that flattens something itself.
//! - An `Option` with `deserialize_with` and without `default`, which the schema does not require and serde does.
//! - Nesting beyond the 128 levels that `serde_json` reads.
mod api;
mod bounds;
mod buffered;
mod build;
mod decimal;
mod disjoint;
mod document;
mod draft;
mod expand;
mod find;
mod format;
mod ir;
mod keywords;
mod languages;
mod lower;
mod machine;
mod negate;
mod objects;
mod options;
mod pointer;
mod prune;
mod read;
mod report;
mod resource;
mod sets;
mod tagging;
mod term;

pub use api::{Compiled, schema_for_type};
pub use options::{Formats, Mode, Options, Unknown, Whitespace};
pub use report::{Entry, Report, Standing};
