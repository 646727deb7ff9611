use super::{Constraint, TokenTrie};
use crate::{
    ErrorKind,
    gbnf::{
        Ast, Expr, Matcher, Program, TABLE_LIMIT,
        testing::{alt, any_ast, ast, class, json, lit, name, not, rep, seq},
    },
};
use proptest::prelude::*;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// All single bytes, and these.
fn vocabulary(more: &[Vec<u8>]) -> Vec<Vec<u8>> {
    (0..=u8::MAX).map(|byte| vec![byte]).chain(more.iter().cloned()).collect()
}

fn trie(texts: &[Vec<u8>]) -> Arc<TokenTrie> {
    Arc::new(TokenTrie::new((0..).zip(texts.iter().map(Vec::as_slice)), texts.len()))
}

/// The tokens that a matcher can read from here, each tried alone.
fn brute_force(matcher: &Matcher, texts: &[Vec<u8>]) -> Vec<u32> {
    let follows = |text: &Vec<u8>| !text.is_empty() && matcher.clone().push(text).is_ok();
    (0..).zip(texts).filter(|(_, text)| follows(text)).map(|(token, _)| token).collect()
}

/// Generates along the grammar, taking the tokens that `choices` point at, and compares every mask on the way.
fn compare(ast: &Ast, texts: &[Vec<u8>], choices: &[prop::sample::Index], limit: usize) -> Result<(), TestCaseError> {
    let Ok(mut matcher) = Matcher::from_ast(ast, &ast.rules[0].name) else { return Ok(()) };
    let program = Arc::new(Program::new(ast, &ast.rules[0].name).unwrap());
    let mut constraint = Constraint::with_limit(program, trie(texts), limit);
    for choice in choices {
        let mask = constraint.mask().unwrap();
        let allowed: Vec<u32> = mask.iter().collect();
        prop_assert_eq!(&allowed, &brute_force(&matcher, texts));
        prop_assert_eq!(constraint.mask().unwrap(), mask);
        for token in 0..u32::try_from(texts.len()).unwrap() {
            prop_assert_eq!(constraint.allows(token).unwrap(), allowed.contains(&token));
        }
        prop_assert_eq!(constraint.is_accepting(), matcher.is_accepting());
        prop_assert_eq!(constraint.is_finished(), matcher.is_finished());
        let forced = constraint.forced().unwrap();
        prop_assert!(matcher.clone().push(&forced).is_ok());
        let ahead = constraint.ahead().unwrap();
        let mut after = matcher.clone();
        after.push(&forced).unwrap();
        // The longest tail that some token holds together with what may follow it.
        let goes_on = |length: &usize| {
            let tail = &forced[forced.len() - length..];
            let mut longer = texts.iter().filter_map(|text| text.strip_prefix(tail)).filter(|rest| !rest.is_empty());
            longer.any(|rest| after.clone().push(rest).is_ok())
        };
        let open = (1..=forced.len()).rev().find(goes_on).unwrap_or(0);
        prop_assert_eq!((&ahead.bytes, ahead.open), (&forced, open));
        prop_assert_eq!(constraint.ahead().unwrap(), ahead);
        if let Some(&first) = forced.first() {
            let single: Vec<u32> = allowed.iter().copied().filter(|&token| token < 256).collect();
            prop_assert_eq!(single, vec![u32::from(first)]);
        }
        if allowed.is_empty() {
            prop_assert!(matcher.is_finished());
            break;
        }
        // Single bytes and longer tokens alike.
        let longer: Vec<u32> = allowed.iter().copied().filter(|&token| token > 255).collect();
        let from = if longer.is_empty() || choice.index(3) == 0 { &allowed } else { &longer };
        let token = from[choice.index(from.len())];
        constraint.accept(token).unwrap();
        matcher.push(&texts[token as usize]).unwrap();
    }
    Ok(())
}

/// Tokens over the alphabet of random trees, cut anywhere.
fn tokens() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let piece = prop::sample::select(vec!["a", "b", "é", "è", "☃", "🙂", "\u{800}", "\u{10000}", "\0"]);
    let token = (prop::collection::vec(piece, 1..5), any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let cut = token.prop_map(|(pieces, start, end)| {
        let bytes = pieces.concat().into_bytes();
        let start = start.index(bytes.len());
        bytes[start..=start + end.index(bytes.len() - start)].to_vec()
    });
    prop::collection::vec(cut, 0..40)
}

fn choices(most: usize) -> impl Strategy<Value = Vec<prop::sample::Index>> {
    prop::collection::vec(any::<prop::sample::Index>(), 1..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn masks_equal_trying_every_token(ast in any_ast(), tokens in tokens(), choices in choices(8)) {
        compare(&ast, &vocabulary(&tokens), &choices, usize::MAX)?;
    }

    #[test]
    fn forgetting_changes_no_mask(ast in any_ast(), tokens in tokens(), choices in choices(8), limit in 0usize..6000) {
        compare(&ast, &vocabulary(&tokens), &choices, limit)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn json_masks_equal_trying_every_token(
        length in prop_oneof![Just(None), (0u32..12).prop_map(Some), Just(Some(300))],
        limit in prop_oneof![Just(usize::MAX), 1000usize..50_000],
        choices in choices(40),
    ) {
        compare(&json(length), &vocabulary(&json_tokens()), &choices, limit)?;
    }

    #[test]
    fn counted_masks_equal_trying_every_token(
        min in 0u32..90, more in 0u32..90, choices in choices(60), nullable: bool,
    ) {
        let texts: Vec<Vec<u8>> = (2..8).map(|length| vec![b'a'; length]).collect();
        let texts = vocabulary(&[texts, vec![b"aab".to_vec(), b"ab".to_vec(), b"aaaab".to_vec()]].concat());
        let item = alt([lit("a"), lit("aab"), if nullable { lit("") } else { lit("é") }]);
        let tree = ast([
            ("root", seq([rep(name("item"), min, min + more), rep(name("item"), 0, 100), lit("b"), rep(name("item"), 70, 70)])),
            ("item", item),
        ]);
        compare(&tree, &texts, &choices, usize::MAX)?;
    }
}

#[test]
fn masks_near_the_end_of_a_repetition_equal_trying_every_token() {
    let mut more = Vec::new();
    for length in 1..=10 {
        let run = "a".repeat(length);
        more.extend([run.clone(), run.clone() + "é", "é".repeat(length), run.clone() + "\"", run.clone() + "\"b"]);
        more.extend([run + "\"bbbbb", "\"".to_owned() + &"b".repeat(length)]);
    }
    let more: Vec<Vec<u8>> = more.into_iter().map(String::into_bytes).collect();
    let (texts, longest) = (vocabulary(&more), 20);
    let trie = trie(&texts);
    assert_eq!(trie.longest(), longest);
    for (min, max) in [(0, 6), (0, 9), (0, 45), (3, 9), (7, 7), (8, 30), (20, 24), (40, 70)] {
        for item in [name("item"), alt([name("item"), lit("")])] {
            let rules = ast([
                ("root", seq([lit("\""), rep(item, min, max), lit("\""), rep(lit("b"), 0, 8)])),
                ("item", not(&[('"', '"'), ('b', 'b')])),
            ]);
            let mut matcher = Matcher::from_ast(&rules, "root").unwrap();
            let mut constraint = Constraint::from_ast(&rules, "root", Arc::clone(&trie)).unwrap();
            let sentence = "\"".to_owned() + &"a".repeat(max as usize) + "\"" + &"b".repeat(8);
            for byte in sentence.bytes() {
                let allowed: Vec<u32> = constraint.mask().unwrap().iter().collect();
                assert_eq!(allowed, brute_force(&matcher, &texts), "at {} of {min} to {max}", matcher.offset());
                matcher.push([byte]).unwrap();
                constraint.accept_bytes(&[byte]).unwrap();
            }
            assert!(constraint.is_finished());
        }
    }
}

fn json_tokens() -> Vec<Vec<u8>> {
    let texts = [
        "{\"",
        "\":",
        "\",\"",
        "\"}",
        "[[",
        "]]",
        "]}",
        "},{\"",
        "true",
        "tr",
        "ue,",
        "null]",
        "fal",
        "se",
        "12",
        "0.5",
        "-1",
        "00",
        "\\u00",
        "\\n",
        "\\\"",
        "e9",
        "abc",
        "abcdefgh",
        "a\":\"",
        "é",
        "🙂",
        "\"\"",
        "\":{\"a\":",
        "1,2",
        "1]",
        "x\"]",
        "\"]",
    ];
    texts
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .chain([vec![0xC3], vec![0xA9, b'"'], vec![0xF0, 0x9F], vec![0xFF, b'a']])
        .collect()
}

#[test]
fn refuses_without_change() {
    let texts: Vec<Vec<u8>> = [&b"a"[..], b"ab", b"b", b"", b"abc"].map(<[u8]>::to_vec).into();
    let mut constraint = Constraint::from_ast(&ast([("a", lit("aab"))]), "a", trie(&texts)).unwrap();
    for token in [1, 2, 3, 4, 5, u32::MAX] {
        assert!(!constraint.allows(token).unwrap());
        assert_eq!(constraint.accept(token).unwrap_err().kind(), ErrorKind::DeadEnd);
    }
    constraint.accept(0).unwrap();
    assert_eq!(constraint.accept_bytes(b"abc").unwrap_err().message(), "the grammar refuses `abc` at byte 2 of it");
    constraint.accept(1).unwrap();
    assert!(constraint.is_finished() && constraint.mask().unwrap().is_empty());
    constraint.reset();
    assert_eq!(constraint.forced().unwrap(), b"aab");
    assert_eq!(constraint.completion(2).unwrap(), None);
    assert_eq!(constraint.completion(3).unwrap().unwrap(), b"aab");
}

#[test]
fn tokens_that_hold_a_nul_never_follow() {
    let texts = vocabulary(&[b"a\0".to_vec(), b"\0a".to_vec(), b"ab".to_vec()]);
    for item in [Expr::Any, not(&[('"', '"')])] {
        let mut constraint = Constraint::from_ast(&ast([("a", rep(item, 0, None))]), "a", trie(&texts)).unwrap();
        let allowed: Vec<u32> = constraint.mask().unwrap().iter().collect();
        assert!([0, 256, 257].iter().all(|token| !allowed.contains(token)), "{allowed:?}");
        assert!([1, 97, 258].iter().all(|token| allowed.contains(token)), "{allowed:?}");
        assert!(!constraint.allows(0).unwrap());
    }
}

#[test]
fn clones_share_what_they_find_out() {
    let mut first = Constraint::from_ast(&json(None), "value", trie(&vocabulary(&json_tokens()))).unwrap();
    let mut second = first.clone();
    first.accept_bytes(b"[\"").unwrap();
    second.accept_bytes(b"[\"abc").unwrap();
    assert!(Arc::ptr_eq(&first.mask().unwrap(), &second.mask().unwrap()));
    second.reset();
    assert!(!Arc::ptr_eq(&first.mask().unwrap(), &second.mask().unwrap()));
}

#[test]
fn threads_may_share_a_constraint() {
    let constraint = Constraint::from_ast(&json(Some(50)), "value", trie(&vocabulary(&json_tokens()))).unwrap();
    let text = br#"{"key":["text",1.5,{"a":null}]}"#;
    let counts = |mut constraint: Constraint| {
        constraint.reset();
        text.iter()
            .map(|&byte| {
                constraint.accept_bytes(&[byte]).unwrap();
                constraint.mask().unwrap().count()
            })
            .collect::<Vec<_>>()
    };
    let alone = counts(constraint.clone());
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..4).map(|_| scope.spawn(|| counts(constraint.clone()))).collect();
        assert!(running.into_iter().all(|thread| thread.join().unwrap() == alone));
    });
}

#[test]
#[ignore = "prints times; run it in release mode"]
fn times() {
    for size in [32_000, 128_000] {
        let texts = synthetic(size);
        let begin = Instant::now();
        let trie = trie(&texts);
        println!("{size} tokens: {trie:?} in {:?}", begin.elapsed());
        let enumeration: Vec<Expr> =
            (0..2000).map(|n: u32| lit(&format!("\"value-{:x}\"", n.wrapping_mul(2_654_435_761)))).collect();
        let flat = ast([("root", Expr::Alt(enumeration))]);
        let words = ast([
            ("root", seq([name("word"), rep(seq([lit(" "), name("word")]), 0, None), lit(".")])),
            ("word", rep(class(&[('a', 'z')]), 1, None)),
        ]);
        let fields = Expr::Seq(
            (0..20).map(|n| seq([lit(&format!("\"field{n}\":\"")), rep(name("char"), 0, 100), lit("\",")])).collect(),
        );
        let object =
            ast([("root", fields), ("char", alt([not(&[('"', '"'), ('\\', '\\'), ('\0', '\x1f')]), lit("\\n")]))]);
        let object_text =
            (0..20).map(|n| format!("\"field{n}\":\"Some text, and more\",")).collect::<Vec<_>>().concat();
        let json_text =
            r#"{"name":"A text of some length","list":[1,2.5,[true,null]],"more":{"x":"y \n z","u":"été"}}"#;
        for (what, tree, text) in [
            ("json", json(None), json_text.to_owned()),
            ("json, bounded", json(Some(100)), json_text.to_owned()),
            ("json, tight", json(Some(40)), json_text.to_owned()),
            ("object", object, object_text),
            ("enum", flat, "\"value-9e3779b1\"".to_owned()),
            ("words", words, "some words and more.".to_owned()),
        ] {
            // Each the best of a few rounds, as other programs may run.
            let (mut compile, mut read) = (Duration::MAX, Duration::MAX);
            let mut masks = [vec![Duration::MAX; text.len()], vec![Duration::MAX; text.len()]];
            let mut size = 0;
            for _ in 0..7 {
                let begin = Instant::now();
                let program = Arc::new(Program::new(&tree, &tree.rules[0].name).unwrap());
                compile = compile.min(begin.elapsed());
                let mut constraint = Constraint::with_limit(program, Arc::clone(&trie), TABLE_LIMIT);
                for times in &mut masks {
                    constraint.reset();
                    for (&byte, time) in text.as_bytes().iter().zip(times) {
                        let begin = Instant::now();
                        constraint.mask().unwrap();
                        *time = begin.elapsed().min(*time);
                        constraint.accept_bytes(&[byte]).unwrap();
                    }
                }
                let mut again = constraint.clone();
                let begin = Instant::now();
                again.reset();
                again.accept_bytes(text.as_bytes()).unwrap();
                read = read.min(begin.elapsed());
                size = constraint.session_size();
            }
            println!("  {what}: compiled in {compile:?}, {} bytes read in {read:?}, tables {size}", text.len());
            for (round, mut times) in ["first", "again"].into_iter().zip(masks) {
                times.sort_unstable();
                let at = |percent: usize| times[(times.len() - 1) * percent / 100];
                println!("    {round}: mask p50 {:?} p90 {:?} p99 {:?} max {:?}", at(50), at(90), at(99), at(100));
            }
        }
    }
}

/// A vocabulary like that of a model: bytes, words with and without a space before, parts of words, digits, signs.
fn synthetic(size: usize) -> Vec<Vec<u8>> {
    let mut state = 1u64;
    let mut below = |end: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % end
    };
    let syllables =
        ["ba", "ter", "in", "o", "st", "re", "con", "al", "ing", "e", "un", "th", "qu", "ly", "man", "or", "is", "ed"];
    let foreign = ["ä", "é", "я", "ка", "中", "文", "日", "🙂", "ро", "的"];
    let signs = [
        "\"", "\",", "\":", "{", "}", "[", "]", ".", ",", "\\n", "\n", "  ", "(", ")", "=", "_", "-", "1", "20", "007",
    ];
    let mut texts: std::collections::BTreeSet<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
    texts.extend((1..=64).map(|count| vec![b' '; count]));
    while texts.len() < size {
        let mut text = String::new();
        if below(2) == 0 {
            text.push(' ');
        }
        let parts = if below(4) == 0 { &foreign[..] } else { &syllables[..] };
        for _ in 0..=below(5) {
            text.push_str(parts[below(parts.len())]);
        }
        if below(12) == 0 {
            text.push_str(signs[below(signs.len())]);
        }
        if below(20) == 0 {
            text = text.to_uppercase();
        }
        if below(15) == 0 {
            text.insert_str(0, signs[below(signs.len())]);
        }
        texts.insert(text.into_bytes());
    }
    texts.into_iter().collect()
}
