//! What chains tell of themselves.
use crate::support::{never, writes};
use catena::{
    DynRunnable, Graph, Model, Parallel, RunConfig, Template, Vars, alternatives, assign, branch, delegate, fallback,
    input, map, map_each, passthrough, retry, router, testing::FakeLlm, with_config,
};
use std::{fs, path::PathBuf};

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[expect(dead_code, reason = "only its schema is looked at")]
struct Person {
    name: String,
}

fn story() -> Graph {
    let prompt = Template::new("Tell of {topic}.").unwrap();
    let answer = retry(writes(&["x"])).attempts(2);
    let inner = (input::<String>() | map(|text: String| text.len())).named("measure");
    (prompt | answer | (passthrough(), inner) | map(|(text, length): (String, usize)| text.len() + length))
        .named("story")
        .graph()
}

fn choices() -> Graph {
    let sized = branch().when(|text: &String| text.len() > 5, passthrough()).otherwise(writes(&["x"]));
    let routed = router(|text: &String| text.clone()).route("a", passthrough()).otherwise(never);
    let models = alternatives("model", "small", writes(&["x"])).or("large \"XL\"", writes(&["x"]));
    let named = with_config(never, RunConfig::new().name("a <b> & `c`"));
    let again = delegate(|_: &String| Ok(DynRunnable::new(passthrough())));
    (input::<String>() | sized | routed | models | fallback(named).or(never) | again).named("choices").graph()
}

fn lists() -> Graph {
    let facts = map(|_: Vars| vec!["fact".to_owned()]);
    let words = map(|vars: Vars| vars.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>());
    let person = Model::new(FakeLlm::always("{}")).structured::<Person>();
    let both = Parallel::new().with("person", (input::<String>() | person).erase());
    (input::<Vars>() | assign("facts", facts) | words | map_each(both, 4)).named("lists").graph()
}

/// Compares with a file, or writes it: `SNAPSHOTS=overwrite`.
fn same_as_file(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/compose/graphs").join(name);
    if std::env::var_os("SNAPSHOTS").is_some_and(|wanted| wanted == "overwrite") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let wanted = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, wanted, "{} differs: look at it, and write it anew with SNAPSHOTS=overwrite", path.display());
}

#[test]
fn drawings_are_as_they_were() {
    for (name, graph) in [("story", story()), ("choices", choices()), ("lists", lists())] {
        same_as_file(&format!("{name}.txt"), &graph.ascii());
        same_as_file(&format!("{name}.mmd"), &graph.mermaid());
        same_as_file(&format!("{name}.json"), &(serde_json::to_string_pretty(&graph.json()).unwrap() + "\n"));
    }
}

/// What Mermaid would stumble over: arrows between nodes that are not there, boxes that are not closed.
#[test]
fn charts_are_whole() {
    for graph in [story(), choices(), lists(), input::<u8>().graph()] {
        let chart = graph.mermaid();
        let lines: Vec<_> = chart.lines().map(str::trim).collect();
        let opened = lines.iter().filter(|line| line.starts_with("subgraph ")).count();
        assert_eq!(opened, lines.iter().filter(|line| **line == "end").count());
        let nodes: Vec<_> =
            lines.iter().filter_map(|line| line.split_once(['[', '(', '{'])).map(|(id, _)| id).collect();
        for line in lines.iter().filter(|line| line.contains("-->")) {
            let (from, to) = (line.split(' ').next().unwrap(), line.rsplit(' ').next().unwrap());
            assert!(nodes.contains(&from) && nodes.contains(&to), "{line}");
        }
    }
}

#[test]
fn an_erased_chain_tells_the_same() {
    let chain = || (input::<String>() | writes(&["x"]) | (passthrough(), never)).named("c");
    assert_eq!(chain().graph(), chain().erase().graph());
    assert_eq!(chain().graph(), DynRunnable::new(chain()).graph());
}
