//! The graph as a tree of lines.
use super::{Graph, Parts};
use std::fmt::Write as _;

impl Graph {
    /// The graph as a tree of lines: the name of each step, and the types it takes and gives.
    ///
    /// Steps one below the other run one after the other; those with a label before a colon run side by side, those with
    /// a label before a question mark are chosen among.
    pub fn ascii(&self) -> String {
        let mut lines = Vec::new();
        self.lines("", "", "", &mut lines);
        let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        lines.iter().fold(String::new(), |mut text, (name, step)| {
            let _ = writeln!(text, "{name:width$}  {} -> {}", step.input, step.output);
            text
        })
    }

    fn lines<'a>(&'a self, first: &str, rest: &str, label: &str, lines: &mut Vec<(String, &'a Graph)>) {
        let note = self.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
        lines.push((format!("{first}{label}{}{note}", self.name), self));
        let parts: Vec<(String, &Graph)> = match &self.parts {
            Parts::None => Vec::new(),
            Parts::Sequence(steps) => steps.iter().map(|step| (String::new(), step)).collect(),
            Parts::Parallel(steps) => steps.iter().map(|part| (format!("{}: ", part.label), &part.step)).collect(),
            Parts::Choice(steps) => steps.iter().map(|part| (format!("{}? ", part.label), &part.step)).collect(),
            Parts::Inner(step) => vec![(String::new(), &**step)],
        };
        let last = parts.len().saturating_sub(1);
        for (at, (label, step)) in parts.into_iter().enumerate() {
            let (branch, below) = if at == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            step.lines(&format!("{rest}{branch}"), &format!("{rest}{below}"), &label, lines);
        }
    }
}
