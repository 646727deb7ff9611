//! What must hold for any bytes: for random ones, and for those that a fuzzer found worth keeping.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[cfg_attr(feature = "llama-cpp", allow(dead_code, reason = "what asks llama.cpp is called by tests/oracle.rs"))]
mod checks;
mod run;

use run::run;

#[test]
fn parse_print() {
    run("parse_print", 3_000, 0.3, checks::parse_print::check);
}

#[test]
fn complete() {
    run("complete", 600, 0.3, checks::complete::check);
}

#[test]
fn schema() {
    run("schema", 3_000, 0.2, checks::schema::check);
}

#[test]
fn lists() {
    run("lists", 200, 0.2, checks::answers::lists);
}

#[test]
fn code() {
    run("code", 200, 0.01, checks::answers::code);
}

#[test]
fn json() {
    run("json", 200, 0.0, checks::answers::json);
}

#[test]
fn texts() {
    run("texts", 200, 0.0, checks::answers::texts);
}

#[cfg(feature = "xml")]
#[test]
fn xml() {
    run("xml", 200, 0.0, checks::answers::xml);
}

#[cfg(feature = "regex")]
#[test]
fn regex() {
    run("regex", 200, 0.0, checks::answers::regex);
}
