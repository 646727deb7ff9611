//! The operations of sets, against membership one by one.
use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;

use crate::regular::Dfa;

type States = Vec<(bool, Vec<(u32, u32, usize)>)>;

/// Characters at which tables change, and others between them.
const CHARS: [char; 12] =
    ['\0', 'a', 'b', 'c', 'd', 'z', 'é', '\u{D7FF}', '\u{E000}', '\u{FFFF}', '\u{10000}', char::MAX];

fn table() -> impl Strategy<Value = States> {
    let code = || prop::sample::select(vec![0_u32, 0x61, 0x62, 0x63, 0x64, 0xD7FF, 0xDA00, 0xE000, 0x10000, 0x10_FFFF]);
    let edge = (code(), code(), 0..6_usize).prop_map(|(a, b, to)| (a.min(b), a.max(b), to));
    prop::collection::vec((any::<bool>(), prop::collection::vec(edge, 0..4)), 1..6)
}

pub(super) fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::collection::vec(prop::sample::select(CHARS.to_vec()), 0..6), 1..30)
        .prop_map(|texts| texts.into_iter().map(|text| text.into_iter().collect()).collect())
}

fn follow(states: &States, text: &str) -> bool {
    let mut at = 0;
    for c in text.chars() {
        let code = u32::from(c);
        let edge = states[at].1.iter().rfind(|(low, high, _)| (*low..=*high).contains(&code));
        match edge {
            Some((_, _, to)) if *to < states.len() => at = *to,
            _ => return false,
        }
    }
    states[at].0
}

proptest! {
    #[test]
    fn a_table_is_followed(states in table(), texts in texts()) {
        let dfa = Dfa::from_table(states.clone());
        for text in &texts {
            prop_assert_eq!(dfa.contains(text), follow(&states, text), "{:?}", text);
        }
        prop_assert!(dfa.is_none() || dfa.states() <= states.len());
    }

    #[test]
    fn operations_hold_for_each_text(a in table(), b in table(), texts in texts()) {
        let (a, b) = (Dfa::from_table(a), Dfa::from_table(b));
        let (and, or, minus, not) = (a.and(&b).unwrap(), a.or(&b).unwrap(), a.minus(&b).unwrap(), a.not());
        for text in &texts {
            let (in_a, in_b) = (a.contains(text), b.contains(text));
            prop_assert_eq!(and.contains(text), in_a && in_b);
            prop_assert_eq!(or.contains(text), in_a || in_b);
            prop_assert_eq!(minus.contains(text), in_a && !in_b);
            prop_assert_eq!(not.contains(text), !in_a);
        }
    }

    #[test]
    fn equal_sets_are_equal_values(a in table(), b in table()) {
        let (a, b) = (Dfa::from_table(a), Dfa::from_table(b));
        let not = |a: &Dfa| a.not();
        prop_assert_eq!(&not(&not(&a)), &a);
        prop_assert_eq!(not(&a.or(&b).unwrap()), not(&a).and(&not(&b)).unwrap());
        prop_assert_eq!(a.minus(&b).unwrap(), a.and(&not(&b)).unwrap());
        prop_assert_eq!(a.or(&b).unwrap(), b.or(&a).unwrap());
        prop_assert_eq!(a.and(&b).unwrap().or(&a.minus(&b).unwrap()).unwrap(), a.clone());
        prop_assert!(a.and(&not(&a)).unwrap().is_none());
        prop_assert!(a.or(&not(&a)).unwrap().is_all());
        prop_assert_eq!(a == b, a.minus(&b).unwrap().is_none() && b.minus(&a).unwrap().is_none());
        let mut set = HashSet::from([a.clone()]);
        prop_assert!(!set.insert(not(&not(&a))));
    }

    #[test]
    fn words_are_the_words(words in texts(), texts in texts()) {
        let dfa = Dfa::words(words.iter().map(String::as_str));
        for text in texts.iter().chain(&words) {
            prop_assert_eq!(dfa.contains(text), words.contains(text));
        }
        let all: BTreeSet<String> = words.into_iter().collect();
        prop_assert_eq!(dfa.finite(all.len()).unwrap().into_iter().collect::<BTreeSet<_>>(), all.clone());
        prop_assert_eq!(dfa.finite(all.len() - 1), None);
        let fewest = all.iter().map(|word| word.chars().count()).min();
        prop_assert_eq!(dfa.shortest().map(|word| word.chars().count()), fewest);
        prop_assert!(dfa.contains(&dfa.shortest().unwrap()));
    }

    #[test]
    fn shortest_is_the_shortest(states in table()) {
        let dfa = Dfa::from_table(states);
        match dfa.shortest() {
            None => prop_assert!(dfa.is_none()),
            Some(text) => {
                prop_assert!(dfa.contains(&text));
                let shorter = text.chars().count().checked_sub(1).map(|most| Dfa::lengths(0, Some(most as u64)).unwrap());
                prop_assert!(shorter.is_none_or(|shorter| shorter.and(&dfa).unwrap().is_none()));
            }
        }
    }

    #[test]
    fn lengths_count_characters(min in 0..9_u64, more in prop::option::of(0..5_u64), texts in texts()) {
        let max = more.map(|more| min + more);
        let dfa = Dfa::lengths(min, max).unwrap();
        for text in texts {
            let count = text.chars().count() as u64;
            prop_assert_eq!(dfa.contains(&text), count >= min && max.is_none_or(|max| count <= max));
        }
    }
}

#[test]
fn the_ends_of_lengths() {
    assert!(Dfa::lengths(0, None).unwrap().is_all());
    assert!(Dfa::lengths(3, Some(2)).unwrap().is_none());
    assert_eq!(Dfa::lengths(0, Some(0)).unwrap(), Dfa::words([""]));
    assert_eq!(Dfa::lengths(4999, None).unwrap().states(), 5000);
    assert!(Dfa::lengths(5000, None).is_err());
    assert!(Dfa::lengths(0, Some(u64::MAX)).is_err());
}

#[test]
fn what_is_infinite_or_empty_is_told_apart() {
    assert_eq!(Dfa::none().finite(0), Some(vec![]));
    assert_eq!(Dfa::words([""]).finite(1), Some(vec![String::new()]));
    assert_eq!(Dfa::all().finite(1_000_000), None);
    assert_eq!(Dfa::lengths(1, Some(1)).unwrap().finite(1000), None);
    assert!(Dfa::words([]).is_none());
    assert!(Dfa::none().not().is_all() && Dfa::all().not().is_none());
    assert!(!Dfa::words([""]).is_all() && !Dfa::words([""]).is_none());
}

#[test]
fn many_words_are_quick() {
    let words: Vec<String> = (0..2000).map(|n| format!("key-{}-{}", n * 7919 % 2000, n)).collect();
    let dfa = Dfa::words(words.iter().map(String::as_str));
    let other = Dfa::all().minus(&dfa).unwrap();
    assert!(words.iter().all(|word| dfa.contains(word) && !other.contains(word)));
    assert_eq!(other.minus(&Dfa::words(["x"])).unwrap().or(&Dfa::words(["x"])).unwrap(), other);
}
