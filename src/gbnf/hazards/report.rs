//! What is told about a grammar.
use super::{
    engine::Engine,
    expand::Expanded,
    observe::{MANY, Observed, Worst},
    walk,
};
use crate::{
    ErrorKind, Grammar, Result, Span,
    gbnf::{Generator, parser},
};
use std::fmt::{self, Display, Formatter};

/// How many stacks may be looked at, at the beginnings of rules.
const WORK: usize = 1_000_000;

/// So many stacks cost little.
const FINE: usize = 50;

/// What makes a grammar slow in llama.cpp; see [`Grammar::hazards`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hazards {
    /// How many stacks are live; absent if no text can be written because the grammar names tokens.
    pub stacks: Option<Stacks>,
    /// Rules with many stacks at once, those with most first.
    pub places: Vec<Hazard>,
}

/// How many stacks llama.cpp holds after each character.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stacks {
    /// After half of the characters of random texts, at most so many.
    pub median: usize,
    /// After 99 of 100 characters of random texts, at most so many.
    pub p99: usize,
    /// The most, in random texts and in such as were written to have many.
    pub max: usize,
    /// The end of the text before there were most.
    pub after: String,
    /// How many random texts there were.
    pub texts: usize,
    /// How many of their characters were followed.
    pub characters: usize,
}

/// A rule with many stacks at once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hazard {
    /// The rule.
    pub rule: String,
    /// The line of the grammar's text that it begins on, from 1.
    pub line: usize,
    /// The most stacks that read from this rule next.
    pub stacks: usize,
    /// Why they are many.
    pub kind: HazardKind,
    /// The end of the text before; absent where it is the beginning of the rule.
    pub after: Option<String>,
}

/// Why there are many stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HazardKind {
    /// Many alternatives are possible, and each is a stack: what they have in common belongs before them.
    Alternatives,
    /// A repetition with bounds can stand at many of its counts: only what follows would tell at which.
    Counts,
    /// The same places are reached in many ways, as by a repetition of what repeats itself.
    Ways,
}

impl Grammar {
    /// How many stacks llama.cpp's own engine holds while it follows texts of the grammar, and which rules make them many.
    ///
    /// Its time a token goes with that number: with a vocabulary of 32 000 a stack costs about 0.15 milliseconds, so that
    /// 2000 alternatives side by side make a token slower than most models do. Fifty stacks are fine. catena's own
    /// [`Matcher`](crate::gbnf::Matcher) follows alternatives as one and does not have this cost.
    ///
    /// The figures come from random texts, the same ones each time, from texts written to have many stacks, and from the
    /// beginnings of all rules; what none of these meets is missed. Of millions of stacks not all are counted.
    ///
    /// ```
    /// # use catena::Grammar;
    /// let names: Vec<String> = (100..400).map(|number| format!("item {number}")).collect();
    /// let flat = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" | ");
    /// let hazards = Grammar::parse(format!("root ::= {flat}"))?.hazards()?;
    /// assert_eq!((hazards.places[0].rule.as_str(), hazards.places[0].stacks), ("root", 300));
    ///
    /// assert!(Grammar::one_of(&names)?.hazards()?.places.is_empty());
    /// # Ok::<(), catena::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// With [`ErrorKind::Grammar`] if the grammar is too large to be followed.
    pub fn hazards(&self) -> Result<Hazards> {
        let generator = match Generator::new(self) {
            Ok(generator) => Some(generator),
            Err(error) if error.kind() == ErrorKind::Unsupported => None,
            Err(error) => return Err(error),
        };
        let Some(rules) = Expanded::new(self.ast()) else {
            let message = "the grammar is too large to be followed as llama.cpp does: lower its repetitions";
            return Err(crate::Error::new(ErrorKind::Grammar, message));
        };
        let mut observed = Observed::default();
        let mut engine = Engine::new(&rules, WORK);
        for rule in 0..u32::try_from(self.ast().rules.len()).unwrap_or(u32::MAX) {
            let stacks = engine.start(rule);
            observed.look(&engine, &stacks, None);
            if engine.work > WORK {
                break;
            }
        }
        let root = self.ast().rules.iter().zip(0..).find(|(rule, _)| rule.name == self.root()).map_or(0, |(_, at)| at);
        walk::seek(&rules, root, &mut observed);
        let stacks = generator.map(|generator| {
            let (texts, characters) = walk::follow(&generator, &rules, root, &mut observed);
            let (median, p99) = (observed.quantile(1, 2), observed.quantile(99, 100));
            Stacks { median, p99, max: observed.most, after: observed.after.clone(), texts, characters }
        });
        Ok(Hazards { stacks, places: self.places(observed) })
    }

    fn places(&self, observed: Observed) -> Vec<Hazard> {
        let spans = parser::parse(self.text()).map(|parsed| parsed.spans).unwrap_or_default();
        let mut places: Vec<Hazard> = Vec::new();
        for (number, worst) in observed.rules {
            let number = number as usize;
            let (Some(rule), true) = (self.ast().rules.get(number), worst.stacks >= MANY) else { continue };
            let name = spans.get(number).map(|spans| spans.name.clone()).unwrap_or_default();
            let kind = kind(&worst);
            let line = Span::new(self.text(), name).line;
            places.push(Hazard { rule: rule.name.to_string(), line, stacks: worst.stacks, kind, after: worst.after });
        }
        places.sort_by(|one, other| other.stacks.cmp(&one.stacks).then(one.line.cmp(&other.line)));
        places
    }
}

fn kind(worst: &Worst) -> HazardKind {
    if worst.stacks > 2 * worst.places {
        HazardKind::Ways
    } else if worst.copies > worst.stacks / 2 {
        HazardKind::Counts
    } else {
        HazardKind::Alternatives
    }
}

impl Display for HazardKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HazardKind::Alternatives => {
                "many alternatives stand side by side: write what they have in common once, before them"
            }
            HazardKind::Counts => {
                "a repetition can stand at many of its counts: let what follows it begin with other characters, or make \
                 the count exact"
            }
            HazardKind::Ways => {
                "the same text is read in many ways: make the inner of two repetitions exact, or put something between \
                 the rounds"
            }
        })
    }
}

/// A line for the stacks, and one for each place.
impl Display for Hazards {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(Stacks { median, p99, max, after, texts, characters }) = &self.stacks {
            write!(f, "stacks in llama.cpp: median {median}, 99 of 100 at most {p99}, most {max}")?;
            if *max > 1 {
                write!(f, " after {after:?}")?;
            }
            write!(f, " ({texts} texts, {characters} characters)")?;
            f.write_str(if *p99 <= FINE { ": fast enough" } else { ": slow, since each costs time for every token" })?;
        } else {
            f.write_str("stacks in llama.cpp: not known, since the grammar names tokens")?;
        }
        for Hazard { rule, line, stacks, kind, after } in &self.places {
            write!(f, "\nline {line}, rule `{rule}`: {stacks} stacks ")?;
            match after {
                Some(after) => write!(f, "after {after:?}")?,
                None => f.write_str("at its beginning")?,
            }
            write!(f, ": {kind}")?;
        }
        Ok(())
    }
}
