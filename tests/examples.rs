//! The examples that need no model file run, and print what they are there to show.
//!
//! Their programs are built with the tests by `cargo test`, and not by `cargo test --test examples` alone: those that are
//! not there are named and passed over.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]
use std::{
    path::PathBuf,
    process::{Command, Output},
};

/// What an example is to print, a line each, in this order.
const PRINTED: &[(&str, &[&str])] = &[
    (
        "routes",
        &[
            "routed: Calculate: 7 * 8?",
            "no route: there is no route `cooking`: choose among `history`, `maths`",
            "shortened: [\"Oaks\", \"Deciduou…\"]",
            "side by side: Against: tea / For: tea",
            "a tuple: (\"tea\", 3)",
            "assigned: oaks: 1 facts",
        ],
    ),
    (
        "configurable",
        &[
            "may be configured: loud, model",
            "as it is: An oak.",
            "chosen: A PEDUNCULATE OAK.",
            "asked with: max_tokens Some(16), seed Some(7)",
            "refused: nothing reads the configurable key `modle`: choose among `loud`, `model`",
            "refused: there is no alternative of `model` named `huge`: choose among `small`, `large`",
            "of a batch: An oak.",
            "of a batch: A pedunculate oak.",
        ],
    ),
    (
        "layers",
        &[
            "first: Paris.",
            "again: Paris., from the cache: true",
            "kept: Paris.",
            "in the next process: Paris.",
            "the third call waited: true",
            "replayed: Paris.",
            "another request: Err(",
        ],
    ),
    (
        "stored_history",
        &[
            "Hello, I am Ada. — Good day, Ada.",
            "  the model saw 2 messages, the database holds 2",
            "What do you know of me? — Your name.",
            "  the model saw 4 messages, the database holds 4",
            "And what did I say first? — I see the last turn only.",
            "  the model saw 4 messages, the database holds 6",
        ],
    ),
    (
        "observe",
        &[
            "why begins, tagged [\"demo\"]",
            "gen_ai",
            "why ends: Some(\"Because they may.\")",
            "models asked: [\"fake\"]",
            "replayed: 2 runs of Some(\"why\")",
        ],
    ),
    ("retrieval", &["Acorns.", "asked with:", "- ", "- ", "What grows on oaks?"]),
    ("resilient", &["void, again:", "in all: Oaks live for a thousand years."]),
    ("agent", &["It rains in Bergen, at 48 degrees Fahrenheit.", "what the model was asked last:"]),
    ("few_shot", &["Count what is there, as JSON.", "a chair and three tables", "=>"]),
    ("graph", &["define", "model"]),
];

fn run(name: &str) -> Option<Output> {
    // The test is …/deps/examples-….
    let program: PathBuf = std::env::current_exe().unwrap().parent()?.parent()?.join("examples").join(name);
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    program.exists().then(|| Command::new(program).output().unwrap())
}

#[test]
fn they_print_what_they_show() {
    for (name, lines) in PRINTED {
        let Some(output) = run(name) else {
            println!("skipped: {name} is not built");
            continue;
        };
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let mut rest = text.as_str();
        for line in *lines {
            let at = rest.find(line).unwrap_or_else(|| panic!("{name} does not print {line:?} in its place:\n{text}"));
            rest = &rest[at + line.len()..];
        }
    }
}

/// Each example that is there is told of in the README.
#[test]
fn the_readme_lists_them() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let table = readme.split("\n## Examples\n").nth(1).unwrap().split("\n## ").next().unwrap();
    for entry in std::fs::read_dir(root.join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let listed = table.split('`').any(|code| code.split(' ').next() == Some(name));
            assert!(listed, "README.md does not list the example `{name}`");
        }
    }
}
