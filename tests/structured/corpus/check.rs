//! The two properties, and the random values of a type.
use arbitrary::{Arbitrary, Unstructured};
use catena::{
    Grammar,
    gbnf::{Generator, Matcher},
};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use super::EXEMPT;

/// Random sentences of each grammar.
const SENTENCES: u64 = 1_000;
/// The bytes of a sentence. `serde_json` reads 128 levels of nesting at most.
const BUDGET: usize = 240;
/// Random values of each type.
const VALUES: u64 = 300;
/// The bytes that a value is made of.
const BYTES: usize = 600;

/// What holds for a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Property {
    /// It has a grammar.
    Compiles,
    /// Every sentence of the grammar is read as a value.
    SentencesAreValues,
    /// Every value is written as a sentence of the grammar.
    ValuesAreSentences,
}

/// A type, as far as the properties ask. Not generic, since the code for each type takes long to compile.
pub(crate) struct Subject {
    name: &'static str,
    grammar: fn() -> catena::Result<Grammar>,
    read: fn(&str) -> serde_json::Result<()>,
    /// The text of the value made of some bytes.
    write: fn(&[u8]) -> Option<serde_json::Result<String>>,
}

impl Subject {
    pub(crate) fn new<T: JsonSchema + Serialize + DeserializeOwned + for<'a> Arbitrary<'a>>(
        name: &'static str,
    ) -> Self {
        Subject {
            name,
            grammar: Grammar::from_type::<T>,
            // What was read must be written and read again: an infinity, for one, cannot.
            read: |text| {
                let written = serde_json::to_string(&serde_json::from_str::<T>(text)?)?;
                serde_json::from_str::<T>(&written).map(drop)
            },
            write: |bytes| Some(serde_json::to_string(&made::<T>(bytes)?)),
        }
    }

    pub(crate) fn check(&self) {
        if let Some((property, message)) = self.first_failure() {
            panic!("{}: {property:?} does not hold: {message}", self.name);
        }
    }

    fn first_failure(&self) -> Option<(Property, String)> {
        let grammar = match (self.grammar)() {
            Ok(grammar) => grammar,
            Err(error) => return Some((Property::Compiles, error.to_string())),
        };
        let checks = [
            (Property::SentencesAreValues, self.sentences_are_values(&grammar)),
            (Property::ValuesAreSentences, self.values_are_sentences(&grammar)),
        ];
        for (property, held) in checks {
            let exempt = EXEMPT.iter().any(|entry| (entry.0, entry.1) == (self.name, property));
            match (held, exempt) {
                (Err(message), false) => return Some((property, format!("{message}\n{grammar}"))),
                (Ok(()), true) => return Some((property, "it does hold: take it off the list EXEMPT".to_owned())),
                (Ok(()), false) | (Err(_), true) => {}
            }
        }
        None
    }

    fn sentences_are_values(&self, grammar: &Grammar) -> Result<(), String> {
        let generator = Generator::new(grammar).unwrap();
        (0..SENTENCES)
            .map(|seed| generator.generate(seed, BUDGET))
            .try_for_each(|sentence| (self.read)(&sentence).map_err(|error| format!("{sentence} is not read: {error}")))
    }

    fn values_are_sentences(&self, grammar: &Grammar) -> Result<(), String> {
        let matcher = Matcher::new(grammar).unwrap();
        let mut made = 0;
        for seed in 0..VALUES {
            // A recursive value may not find its end in the bytes there are.
            let Some(text) = (self.write)(&bytes(seed)) else { continue };
            made += 1;
            let text = text.unwrap();
            if !matcher.matches(&text).unwrap() {
                return Err(format!("the value {text} is no sentence"));
            }
        }
        assert!(made >= VALUES / 2, "only {made} values could be made");
        Ok(())
    }
}

/// The value of this seed.
pub(crate) fn value<T: for<'a> Arbitrary<'a>>(seed: u64) -> Option<T> {
    made(&bytes(seed))
}

fn made<T: for<'a> Arbitrary<'a>>(bytes: &[u8]) -> Option<T> {
    T::arbitrary(&mut Unstructured::new(bytes)).ok()
}

/// Bytes that make extreme numbers and odd characters likely.
fn bytes(seed: u64) -> Vec<u8> {
    let special = ['"', '\\', '/', '\0', '\u{8}', '\n', '\u{1f}', '\u{7f}', 'é', '\u{2028}', '\u{ffff}', '😀'];
    let mut random = Random(seed);
    let mut bytes = Vec::new();
    while bytes.len() < BYTES {
        let byte = |number: u64| number.to_le_bytes()[0];
        match random.below(8) {
            0 => bytes.extend([0; 16]),
            1 => bytes.extend([0xFF; 16]),
            // The greatest and the least number of some width.
            2 => bytes.extend([0xFF, 0x7F]),
            3 => bytes.extend([0, 0, 0, 0x80]),
            4 => bytes.push(byte(random.below(10))),
            5 => bytes.extend(random.next().to_le_bytes()),
            6 => bytes.extend((0..4).map(|_| byte(32 + random.below(95)))),
            _ => bytes.extend(special[usize::from(byte(random.below(12)))].to_string().bytes()),
        }
    }
    bytes
}

/// A generator of random numbers (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
