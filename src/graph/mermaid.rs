//! The graph as a Mermaid flow chart.
use super::{Graph, GraphBranch as Branch, Parts};
use std::fmt::Write as _;

impl Graph {
    /// The graph as the text of a [Mermaid](https://mermaid.js.org) flow chart, from the input at the top to the output
    /// at the bottom. Steps that are made of others are boxes around them.
    pub fn mermaid(&self) -> String {
        let mut chart = Chart { text: "flowchart TD\n".to_owned(), nodes: 0, depth: 1 };
        let input = chart.node("([\"", &self.input, "\"])");
        let ends = chart.step(self, vec![Edge { from: input, label: None }]);
        let output = chart.node("([\"", &self.output, "\"])");
        chart.join(ends, output);
        chart.text
    }
}

/// A chart that is being written.
struct Chart {
    text: String,
    nodes: usize,
    depth: usize,
}

/// An arrow whose end is not known yet.
struct Edge {
    from: usize,
    label: Option<String>,
}

impl Chart {
    /// Adds a step that these arrows lead to, and gives the arrows that lead out of it.
    fn step(&mut self, step: &Graph, from: Vec<Edge>) -> Vec<Edge> {
        match &step.parts {
            Parts::None => {
                let note = step.note.as_ref().map(|note| format!("<br/><i>{}</i>", escaped(note))).unwrap_or_default();
                let id = self.node("[\"", &step.name, &format!("{note}\"]"));
                self.join(from, id);
                vec![Edge { from: id, label: Some(step.output.clone()) }]
            }
            Parts::Sequence(steps) => {
                self.boxed(step, |chart| steps.iter().fold(from, |from, step| chart.step(step, from)))
            }
            Parts::Inner(inner) => self.boxed(step, |chart| chart.step(inner, from)),
            Parts::Parallel(branches) => self.boxed(step, |chart| {
                let fork = chart.node("{{\"", "all of", "\"}}");
                chart.fork(from, fork, branches)
            }),
            Parts::Choice(branches) => self.boxed(step, |chart| {
                let fork = chart.node("{\"", "one of", "\"}");
                chart.fork(from, fork, branches)
            }),
        }
    }

    fn fork(&mut self, from: Vec<Edge>, fork: usize, branches: &[Branch]) -> Vec<Edge> {
        self.join(from, fork);
        if branches.is_empty() {
            return vec![Edge { from: fork, label: None }];
        }
        let labelled = |label: &str| vec![Edge { from: fork, label: Some(label.to_owned()) }];
        branches.iter().flat_map(|branch| self.step(&branch.step, labelled(&branch.label))).collect()
    }

    /// A box around what `inside` adds.
    fn boxed(&mut self, step: &Graph, inside: impl FnOnce(&mut Self) -> Vec<Edge>) -> Vec<Edge> {
        let id = self.nodes;
        self.nodes += 1;
        let note = step.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        self.line(&format!("subgraph s{id}[\"{}{}\"]", escaped(&step.name), escaped(&note)));
        self.depth += 1;
        let ends = inside(self);
        self.depth -= 1;
        self.line("end");
        ends
    }

    fn node(&mut self, open: &str, text: &str, close: &str) -> usize {
        let id = self.nodes;
        self.nodes += 1;
        self.line(&format!("n{id}{open}{}{close}", escaped(text)));
        id
    }

    fn join(&mut self, from: Vec<Edge>, to: usize) {
        for Edge { from, label } in from {
            let label = label.map(|label| format!("|\"{}\"|", escaped(&label))).unwrap_or_default();
            self.line(&format!("n{from} -->{label} n{to}"));
        }
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{:indent$}{text}", "", indent = 4 * self.depth);
    }
}

/// Text that Mermaid takes as it is.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '"' => escaped.push_str("#quot;"),
            '#' => escaped.push_str("#35;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '`' => escaped.push_str("#96;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
        escaped
    })
}
