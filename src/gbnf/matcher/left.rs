//! The order in which rules can call each other before anything is read.
use super::{pos::Pos, program::Program};
use crate::{Error, ErrorKind, Result};

/// Gives every rule a rank above those of the rules that can call it first thing.
///
/// Fails with [`ErrorKind::Grammar`] if a rule can call itself that way: matching it byte by byte would not end.
pub(super) fn ranks(program: &mut Program) -> Result<()> {
    let edges = program.rules.iter().map(|rule| first_calls(program, rule.start)).collect::<Result<Vec<_>>>()?;
    let mut marks = vec![Mark::New; edges.len()];
    let mut order = Vec::new();
    for rule in 0..edges.len() {
        let mut path = vec![(rule, 0)];
        while let Some((at, next)) = path.pop() {
            let Some(mark) = marks.get_mut(at) else { continue };
            if *mark == Mark::Done || (*mark == Mark::Open && next == 0) {
                continue;
            }
            *mark = Mark::Open;
            let Some(&callee) = edges.get(at).and_then(|callees| callees.get(next)) else {
                *mark = Mark::Done;
                order.push(at);
                continue;
            };
            path.push((at, next + 1));
            let callee = callee as usize;
            match marks.get(callee) {
                Some(Mark::New) => path.push((callee, 0)),
                Some(Mark::Open) => return Err(left_recursive(program, &path, callee)),
                Some(Mark::Done) | None => {}
            }
        }
    }
    for (rank, rule) in order.into_iter().rev().enumerate() {
        if let Some(rule) = program.rules.get_mut(rule) {
            rule.rank = super::nfa::number(rank);
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

fn first_calls(program: &Program, start: Option<Pos>) -> Result<Vec<u32>> {
    let mut callees = Vec::new();
    if let Some(start) = start {
        program.each_call(start, |call| {
            callees.push(call.rule);
            Ok(())
        })?;
    }
    Ok(callees)
}

fn left_recursive(program: &Program, path: &[(usize, usize)], to: usize) -> Error {
    let cycle = path.iter().map(|step| step.0).skip_while(|&rule| rule != to).chain([to]);
    let mut names: Vec<String> =
        cycle.filter_map(|rule| program.rules.get(rule)).map(|rule| format!("`{}`", rule.name)).collect();
    names.dedup();
    let first = names.first().cloned().unwrap_or_default();
    if names.len() < 2 {
        names.push(first.clone());
    }
    Error::new(
        ErrorKind::Grammar,
        format!(
            "rule {first} is left-recursive ({}); let it read something before it comes back to itself",
            names.join(" calls ")
        ),
    )
}
