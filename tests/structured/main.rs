//! From types and schemas to grammars.
mod errors;
mod random;
mod schemas;
mod types;
mod validator;
mod values;
