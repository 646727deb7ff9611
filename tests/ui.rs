//! What the compiler says to a mistake, and what it must not object to.
//!
//! The messages are those of one release of the compiler; with another the test says so and does nothing. After a
//! change of the messages look at them, and write them anew with `TRYBUILD=overwrite cargo test --no-default-features
//! --features full --test ui`: features add to the lists of types in them.
//!
//! Not built with the provider of llama.cpp, which would be compiled a second time for it.
#![cfg(not(feature = "llama-cpp"))]
use std::process::Command;

const RELEASE: &str = "rustc 1.95.";

#[test]
fn messages() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(RELEASE) {
        println!("skipped: the messages are those of {RELEASE}x, and this is {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
