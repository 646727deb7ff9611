//! What the documents name is there.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
use std::path::Path;

/// `tests/x.rs: name` between backticks.
fn named(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('`').skip(1).step_by(2).filter_map(|code| code.split_once(".rs: "))
}

#[test]
fn every_row_of_the_langchain_table_is_proved_by_a_test_there_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("docs/langchain.md")).unwrap();
    for row in
        text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| #") && !line.starts_with("| in "))
    {
        let mut tests = named(row).peekable();
        assert!(tests.peek().is_some(), "no test proves {row}");
        for (file, test) in tests {
            let code = std::fs::read_to_string(root.join(format!("{file}.rs")))
                .unwrap_or_else(|error| panic!("{file}.rs: {error}"));
            assert!(code.contains(&format!("fn {test}(")), "{file}.rs has no test {test}");
        }
    }
    assert_eq!(text.lines().filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit()).count(), 31);
}
