//! Each `tests/schemas/*.json` against the grammar in the `.gbnf` file beside it, or the error; each
//! `tests/schemas/bad/*.json` against the error in the `.err` file beside it.
//!
//! `SNAPSHOTS=overwrite` writes the files anew.
use std::{
    fs,
    path::{Path, PathBuf},
};

use catena::{ErrorKind, Grammar, Result};

/// The schemas of a folder, and what becomes of each.
fn compiled(folder: &str, at_least: usize) -> Vec<(PathBuf, Result<Grammar>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    assert!(paths.len() >= at_least);
    let compile = |path: &PathBuf| {
        let schema = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        Grammar::from_schema(&schema)
    };
    paths.into_iter().map(|path| (path.clone(), compile(&path))).collect()
}

fn compare(found: impl IntoIterator<Item = (PathBuf, String)>) {
    let overwrite = std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite");
    let mut changed = Vec::new();
    for (path, text) in found {
        if overwrite {
            fs::write(&path, &text).unwrap();
        } else if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            changed.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(changed.is_empty(), "changed, see SNAPSHOTS=overwrite:\n{}", changed.join("\n"));
}

#[test]
fn schemas_become_the_grammars_beside_them() {
    compare(compiled("tests/schemas", 10).into_iter().map(|(path, result)| {
        let text = match result {
            Ok(grammar) => grammar.text().to_owned(),
            Err(error) => format!("# error: {error}\n"),
        };
        (path.with_extension("gbnf"), text)
    }));
}

#[test]
fn bad_schemas_are_refused_as_beside_them() {
    compare(compiled("tests/schemas/bad", 20).into_iter().map(|(path, result)| {
        let error = result.expect_err(&path.display().to_string());
        assert_eq!(error.kind(), ErrorKind::Schema, "{}", path.display());
        assert!(error.path().is_some(), "{}: no place in {error}", path.display());
        (path.with_extension("err"), format!("{error:#}\n"))
    }));
}
