//! Whether every start has exactly one outcome.
use super::event::{Event, What};
use crate::RunId;
use std::collections::HashMap;

#[derive(Default)]
struct Run<'a> {
    name: &'a str,
    parent: Option<RunId>,
    step: Phase,
    model: Phase,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Phase {
    /// Not told of, as the step around a model whose own handler this is.
    #[default]
    Untold,
    Open,
    Closed,
}

/// What is wrong with these events, a line for each finding.
pub(super) fn wrong(events: &[Event]) -> Vec<String> {
    let mut runs: HashMap<RunId, Run<'_>> = HashMap::new();
    let mut wrong = Vec::new();
    for event in events {
        let around = event.parent.and_then(|parent| runs.get(&parent)).map_or(Phase::Untold, |parent| parent.step);
        let outcome = matches!(event.what, What::End | What::Error(_) | What::Cancel);
        let part_open = outcome && runs.values().any(|run| run.parent == Some(event.run) && run.step == Phase::Open);
        let run = runs.entry(event.run).or_default();
        (run.name, run.parent) = (&event.name, event.parent);
        let finding = match event.what {
            What::Start => match std::mem::replace(&mut run.step, Phase::Open) {
                Phase::Untold if around == Phase::Closed => Some("after the run it is part of had its outcome"),
                Phase::Untold => None,
                Phase::Open | Phase::Closed => Some("but it had begun before"),
            },
            What::Delta(_) => match run.step {
                Phase::Untold => Some("but it never began"),
                Phase::Open => None,
                Phase::Closed => Some("after its outcome"),
            },
            What::End | What::Error(_) | What::Cancel => match std::mem::replace(&mut run.step, Phase::Closed) {
                Phase::Untold => Some("but it never began"),
                Phase::Closed => Some("but it had an outcome before"),
                Phase::Open if run.model == Phase::Open => Some("but its model has no outcome yet"),
                Phase::Open if part_open => Some("but a run in it has no outcome yet"),
                Phase::Open => None,
            },
            What::LlmStart => match std::mem::replace(&mut run.model, Phase::Open) {
                Phase::Open => Some("while its model was at work"),
                _ if run.step == Phase::Closed => Some("after its outcome"),
                Phase::Untold | Phase::Closed => None,
            },
            What::LlmToken(_) if run.model != Phase::Open => Some("but no model is at work"),
            What::LlmToken(_) => None,
            What::LlmEnd | What::LlmError(_) | What::LlmCancel => {
                let was = std::mem::replace(&mut run.model, Phase::Closed);
                (was != Phase::Open).then_some("but no model is at work")
            }
        };
        wrong.extend(finding.map(|finding| format!("`{event}` came {finding} (run {})", event.run)));
    }
    let mut open: Vec<_> = runs.iter().filter(|(_, run)| run.step == Phase::Open || run.model == Phase::Open).collect();
    open.sort_by_key(|(id, _)| **id);
    for (id, run) in open {
        if run.model == Phase::Open {
            wrong.push(format!("the model of `{}` was asked and has no outcome (run {id})", run.name));
        }
        if run.step == Phase::Open {
            wrong.push(format!("`{}` began and has no outcome (run {id})", run.name));
        }
    }
    wrong
}
