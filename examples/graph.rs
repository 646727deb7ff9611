//! A chain describes itself: as a tree, as a Mermaid chart, as JSON; without a model and without a network.
//!
//! ```sh
//! cargo run --no-default-features --example graph             # the tree
//! cargo run --no-default-features --example graph -- mermaid  # the text of a chart
//! cargo run --no-default-features --example graph -- json
//! cargo run --no-default-features --example graph -- svg      # draws graph.svg with mmdc, Mermaid's own program
//! ```
use catena::{
    Chain, Error, ErrorKind, Model, Result, Runnable, Template, Vars, alternatives, branch, fallback, map, passthrough,
    retry, testing::FakeLlm,
};
use std::{
    io::Write,
    process::{Command, Stdio},
};

fn chain() -> Result<Chain<Vars, usize, impl Runnable<Vars, Output = usize>>> {
    let small = Model::new(FakeLlm::always("It is a tree."));
    let large = Model::new(FakeLlm::always("It is a deciduous tree of the genus Quercus."));
    let llm = alternatives("model", "small", retry(small)).or("large", fallback(large.clone()).or(large));
    let shorten = branch()
        .when(|text: &String| text.len() > 40, map(|text: String| text.chars().take(40).collect::<String>()))
        .otherwise(passthrough());
    let measure = map(|text: String| text.len());
    let prompt = Template::new("What is an {thing}?")?;
    let chain = prompt | llm | (shorten, measure) | map(|(text, length): (String, usize)| text.len().max(length));
    Ok(chain.named("define"))
}

fn main() -> Result<()> {
    let graph = chain()?.graph();
    match std::env::args().nth(1).as_deref() {
        None => print!("{}", graph.ascii()),
        Some("mermaid") => print!("{}", graph.mermaid()),
        Some("json") => println!("{:#}", graph.json()),
        Some("svg") => svg(&graph.mermaid())?,
        Some(other) => {
            let message = format!("`{other}` is no form of a graph: choose among `mermaid`, `json` and `svg`");
            return Err(Error::new(ErrorKind::InvalidOption, message));
        }
    }
    Ok(())
}

/// Draws the chart, if Mermaid's program is there.
fn svg(chart: &str) -> Result<()> {
    let drawing = Command::new("mmdc").args(["-i", "-", "-o", "graph.svg"]).stdin(Stdio::piped()).spawn();
    let Ok(mut drawing) = drawing else {
        println!("mmdc is not installed; this is what it would draw:\n{chart}");
        return Ok(());
    };
    if let Some(mut stdin) = drawing.stdin.take() {
        stdin.write_all(chart.as_bytes()).map_err(Error::other)?;
    }
    let status = drawing.wait().map_err(Error::other)?;
    println!("{}", if status.success() { "wrote graph.svg" } else { "mmdc failed" });
    Ok(())
}
