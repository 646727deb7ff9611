//! From TypeScript declarations to JSON Schema.
//!
//! [`schema`] reads the types of a text and writes the JSON Schema of one of them, the root.
//!
//! # What is read
//!
//! - `interface` with `extends`, `type`, `enum` (also `const enum`), with `export` and `declare`;
//! - properties with `?` and `readonly`, names in quotes and numbers; index signatures;
//! - `string`, `number`, `boolean`, `null`, `any`, `unknown`, `never`, `object`; literals of texts, numbers and booleans;
//!   templates, as the list of their texts where there are few, else as a `pattern`;
//! - arrays (`T[]`, `Array<T>`, `ReadonlyArray<T>`) and tuples, with optional elements and a rest at the end;
//! - unions, and intersections of object types, whose properties are joined where both have them;
//! - type parameters, with defaults; types that contain themselves, by `$ref`;
//! - `Record`, `Partial`, `Required`, `Readonly`, `Pick`, `Omit`, `NonNullable`, and `Date` as text in the form `date-time`;
//! - doc comments: descriptions, and the tags `@minimum`, `@maximum`, `@exclusiveMinimum`, `@exclusiveMaximum`,
//!   `@multipleOf`, `@integer`, `@minLength`, `@maxLength`, `@pattern`, `@format`, `@minItems`, `@maxItems`,
//!   `@uniqueItems`, `@minProperties`, `@maxProperties`, `@title`, `@deprecated`. Other tags say nothing.
//!
//! Object types are closed unless they have an index signature; `{}` is the empty object. `undefined` makes a property
//! optional, since JSON has no such value, and says nothing in an index signature, whose names are optional anyway. What
//! else a text holds (functions, classes, imports, conditional and mapped types, `keyof`, ...) is an error with its place.
mod ast;
mod convert;
mod doc;
mod fault;
mod join;
mod lexer;
mod object;
mod parser;
mod schema;
mod table;
mod texts;
mod tuple;
mod types;
mod union;
mod utility;

pub use schema::schema;
