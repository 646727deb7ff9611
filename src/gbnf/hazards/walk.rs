//! The texts that are followed.
use super::{
    engine::{Engine, Stack},
    expand::{Element, Expanded},
    observe::Observed,
};
use crate::gbnf::{Generator, generate::Random};

/// How many random texts there are, and how long they may be, in bytes.
const TEXTS: usize = 60;
const BUDGETS: [usize; 3] = [40, 200, 1_000];
/// How many texts are written to have many stacks, how long they are, and how many ways to go on are compared.
const WALKS: u64 = 12;
const LENGTH: usize = 300;
const TRIED: usize = 12;
/// How many stacks may be looked at, in either sort of texts; the last of the texts may take as many again.
const WORK: usize = 2_000_000;

/// Follows random texts: how many, and how many of their characters.
pub(super) fn follow(generator: &Generator, rules: &Expanded, root: u32, observed: &mut Observed) -> (usize, usize) {
    let (mut texts, mut characters, mut work) = (0, 0, 0);
    for (seed, budget) in (0..).zip(BUDGETS.iter().cycle().take(TEXTS)) {
        if work > WORK {
            break;
        }
        let text = generator.generate(seed, *budget);
        let mut engine = Engine::new(rules, WORK);
        let mut stacks = engine.start(root);
        texts += 1;
        for (at, c) in text.char_indices() {
            if work + engine.work > WORK {
                return (texts, characters);
            }
            stacks = engine.read(&stacks, c);
            characters += 1;
            *observed.counts.entry(stacks.len()).or_default() += 1;
            observed.look(&engine, &stacks, text.get(..at + c.len_utf8()));
        }
        if text.is_empty() {
            *observed.counts.entry(stacks.len()).or_default() += 1;
        }
        work += engine.work;
    }
    (texts, characters)
}

/// Writes texts that have many stacks: every other one goes on where there are most, of a few ways to go on.
pub(super) fn seek(rules: &Expanded, root: u32, observed: &mut Observed) {
    let mut work = 0;
    for seed in 0..WALKS {
        if work > WORK {
            break;
        }
        let mut random = Random(seed);
        let mut engine = Engine::new(rules, WORK);
        let mut stacks = engine.start(root);
        let mut text = String::new();
        observed.look(&engine, &stacks, Some(&text));
        let tried = if seed % 2 == 0 { TRIED } else { 1 };
        while text.chars().count() < LENGTH && work + engine.work < WORK {
            let Some((c, next)) = step(&mut engine, &stacks, &mut random, tried) else { break };
            text.push(c);
            stacks = next;
            observed.look(&engine, &stacks, Some(&text));
        }
        work += engine.work;
    }
}

/// A character that can follow and the stacks after it: of those tried, the one that most stacks read.
fn step(engine: &mut Engine<'_>, stacks: &[Stack], random: &mut Random, tried: usize) -> Option<(char, Vec<Stack>)> {
    let mut best: Option<(char, usize)> = None;
    for _ in 0..tried {
        let stack = *stacks.get(random.below(stacks.len()))?;
        let c = match engine.rules.element(engine.top(stack)) {
            Element::Char(c) => Some(c),
            Element::Class(class) => random.character(engine.rules.class(class), u64::MAX),
            Element::Token | Element::Rule(_) | Element::End => None,
        };
        let Some(c) = c.filter(|c| best.is_none_or(|(other, _)| other != *c)) else { continue };
        let readers = stacks.iter().filter(|stack| engine.reads(**stack, c)).count();
        if best.is_none_or(|(_, most)| most < readers) {
            best = Some((c, readers));
        }
    }
    let (c, _) = best?;
    Some((c, engine.read(stacks, c)))
}
