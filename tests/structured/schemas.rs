//! Each `tests/schemas/*.json` against the grammar, or the error, in the `.gbnf` file beside it.
//!
//! `SNAPSHOTS=overwrite` writes the files anew.
use std::{fs, path::PathBuf};

use catena::Grammar;

#[test]
fn schemas_become_the_grammars_beside_them() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    let overwrite = std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    assert!(paths.len() >= 10);
    let mut changed = Vec::new();
    for path in paths {
        let schema = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let found = match Grammar::from_schema(&schema) {
            Ok(grammar) => grammar.text().to_owned(),
            Err(error) => format!("# error: {error}\n"),
        };
        let beside = path.with_extension("gbnf");
        if overwrite {
            fs::write(&beside, &found).unwrap();
        } else if fs::read_to_string(&beside).ok().as_deref() != Some(&found) {
            changed.push(format!("{}:\n{found}", beside.display()));
        }
    }
    assert!(changed.is_empty(), "changed, see SNAPSHOTS=overwrite:\n{}", changed.join("\n"));
}
