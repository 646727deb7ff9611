//! Patterns against tables, the `regex` crate, and the definition of a match.
use proptest::prelude::*;

use super::{parser::parse, pattern};
use crate::regular::{node::Node, ranges::Ranges};
use std::sync::LazyLock;

/// The characters of the Unicode that the tables are of; the standard library may know those of a later one.
static KNOWN: LazyLock<regex::Regex> = LazyLock::new(|| regex::Regex::new(r"\P{Cn}").unwrap());

/// Asserts which texts a pattern is found in.
#[track_caller]
fn found(ecma: &str, yes: &[&str], no: &[&str]) {
    let dfa = pattern(ecma).unwrap_or_else(|error| panic!("{ecma}: {error}"));
    for text in yes {
        assert!(dfa.contains(text), "{ecma} is not found in {text:?}");
    }
    for text in no {
        assert!(!dfa.contains(text), "{ecma} is found in {text:?}");
    }
}

#[test]
fn a_pattern_is_found_anywhere() {
    found("a", &["a", "bab", "\na\n"], &["", "b", "A"]);
    found("", &["", "x"], &[]);
    found("a|", &["", "x"], &[]);
    found("^ab?$", &["a", "ab"], &["", "b", "abb", "xa", "a\n"]);
    found("^a|b$", &["ax", "a", "xb", "b"], &["", "xa", "bx"]);
    found("^$|^(?:ab)+$", &["", "ab", "abab"], &["a", "aba"]);
    found("a^b", &[], &["ab", "a^b", "a\nb"]);
    found("a$b", &[], &["ab"]);
    found("(?:^|,)a(?:$|,)", &["a", "a,b", "b,a", "b,a,b"], &["ab", "ba", "ab,"]);
    found("$^", &[""], &["a"]);
    assert!(pattern("$|a").unwrap().is_all());
    found("^^a$$", &["a"], &["aa"]);
    found("^(a|b|c)$", &["a", "b", "c"], &["", "ab", "d"]);
}

#[test]
fn quantifiers() {
    found("^a{2}$", &["aa"], &["a", "aaa"]);
    found("^a{2,}$", &["aa", "aaaaa"], &["a"]);
    found("^a{2,3}b$", &["aab", "aaab"], &["ab", "aaaab"]);
    found("^(?:a??b+?c*?){0,1}?$", &["", "b", "abbcc"], &["a", "c", "bcb"]);
    found("^(?:a*)*$", &["", "aa"], &["b"]);
    found("^(?:a?){3}$", &["", "a", "aaa"], &["aaaa"]);
    found("^a{0}$", &[""], &["a"]);
    found("^(?:a|b*){2}c$", &["c", "ac", "bbac", "aac"], &["aaac"]);
    found("^(?=a)*b(?=c)?$", &["b"], &["ab"]);
}

#[test]
fn braces_and_brackets_may_be_themselves() {
    found("^{a}$", &["{a}"], &["a"]);
    found("^a{$", &["a{"], &[]);
    found("^a{,}$", &["a{,}"], &["aa"]);
    found("^a{b}$", &["a{b}"], &[]);
    found("^]$", &["]"], &[]);
    found("^}$", &["}"], &[]);
    found("^{{(.*)}}$", &["{{x}}"], &["{x}"]);
}

#[test]
fn classes() {
    found("^[a-c]$", &["a", "b", "c"], &["d", "-"]);
    found("^[^a-c]$", &["d", "\n", "\u{1F600}"], &["a", ""]);
    found("[]", &[], &["", "a", "]"]);
    found("^[^]$", &["a", "\n"], &["", "ab"]);
    found("^[a-]+$", &["a-"], &["b"]);
    found("^[-a]+$", &["a-"], &["b"]);
    found("^[a\\-z]+$", &["a-z"], &["b"]);
    found("^[\\w.-]+$", &["a_9.-"], &["+", "é"]);
    found("^[\\w-.]+$", &["a_9.-"], &["+"]);
    found("^[a-\\d]+$", &["a-5"], &["b"]);
    found("^[\\]\\[^]+$", &["][^"], &["a"]);
    found("^[\\b]$", &["\u{8}"], &["b"]);
    found("^[.*+?(){}|$^]+$", &[".*+?(){}|$^"], &["a"]);
    found("^[\\x41\\u0042\\u{43}\\cJ]+$", &["ABC\n"], &["D"]);
    found("^[\\D]+$", &["ab"], &["1"]);
    found("^[^\\W\\d]+$", &["a_b"], &["1", "-"]);
    found("^[😀-😂]$", &["😁"], &["😃"]);
    found("^[\\ud83d\\ude00-\\ud83d\\ude02]$", &["😁"], &["😃"]);
    found("^[\\u0000-\\uffff]$", &["a", "\u{FFFF}"], &["😁"]);
    found("^[^\\ud800-\\udfff]$", &["a", "😁"], &[]);
    found("^[[]$", &["["], &["]"]);
    found("^[a&&b]+$", &["a&b"], &["c"]);
}

#[test]
fn escapes() {
    found("^\\d\\D\\w\\W\\s\\S$", &["1a_- x"], &["11_- x", "٣a_- x"]);
    found("^\\w$", &["_"], &["é", "ſ"]);
    let spaces = "\t\n\u{B}\u{C}\r \u{A0}\u{1680}\u{2000}\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";
    found("^\\s+$", &[spaces], &["\u{85}", "\u{180E}", "\u{200B}", "\u{1C}"]);
    found("^.$", &["a", "\u{B}", "\u{C}", "\u{85}", "😀"], &["\n", "\r", "\u{2028}", "\u{2029}", ""]);
    found("^\\t\\n\\v\\f\\r\\0$", &["\t\n\u{B}\u{C}\r\0"], &[]);
    found("^\\cA\\cz$", &["\u{1}\u{1a}"], &[]);
    found("^\\x41\\u0042\\u{43}\\u{1F600}$", &["ABC😀"], &[]);
    found("^\\ud83d\\ude00$", &["😀"], &[]);
    found("^\\/\\-\\.\\$\\^\\(\\)\\[\\]\\{\\}\\|\\\\\\*\\+\\?$", &["/-.$^()[]{}|\\*+?"], &[]);
    found("^\\@\\#\\ \\\"\\'\\_$", &["@# \"'_"], &[]);
}

#[test]
fn words_begin_and_end() {
    found("\\bcat\\b", &["cat", "a cat", "cat.", "-cat-", "caté"], &["cats", "bobcat", "_cat", "1cat1"]);
    found("\\Bcat", &["bobcat"], &["cat", " cat"]);
    found("^\\b", &["a"], &["", "-"]);
    found("^\\B$", &[""], &["a", "-"]);
    found("\\b$", &["a", "-a"], &["", "a-"]);
    found("^(?:\\b\\w+\\b\\s?)+$", &["a bc d", "abc"], &["", " a", "a  b"]);
    found("é\\b", &["éa"], &["é", "é-"]);
}

#[test]
fn looks_ahead() {
    found("^(?=.*\\d)(?=.*[a-z]).{4,}$", &["abc1", "1xyz"], &["abcd", "1234", "a1"]);
    found("^(?!foo).*$", &["", "fo", "bar", "afoo"], &["foo", "foobar"]);
    found("^(?!.*foo)", &["", "fo"], &["foo", "afoo", "afoob"]);
    found("^((?!foo).)*$", &["", "fo", "fofo"], &["foo", "afoo", "a\n"]);
    found("^(?!foo$|bar$)[a-z]+$", &["foob", "ba", "foobar"], &["foo", "bar"]);
    found("a(?=b)b?c", &["abc"], &["ac"]);
    found("a(?!b)", &["a", "ac", "aba"], &["ab", "b"]);
    found("^(?:a(?=b)|b(?=a|$))*$", &["", "ab", "abab", "bab"], &["a", "aa", "abb"]);
    found("^(?!(?!a))", &["a", "ab"], &["", "b"]);
    found("^(?=[^=]+$)(?!\\s+$)(.|\\n)+$", &["a", " a\n"], &["", " ", "a=b"]);
    found("x(?=^)", &[], &["x", ""]);
    found("(?!^)a", &["ba"], &["a", "ab"]);
    found("^\\w+(?=\\b)-", &["ab-"], &["ab", "-"]);
    found("^.(?=\\Bb)", &["ab"], &["-b", "aa"]);
    found("^(?!^lucene\\.|builtin\\.).*", &["x", "lucene"], &["lucene.", "builtin.x"]);
    found("(?=a)(?=b)", &[], &["a", "ab"]);
}

#[test]
fn looks_behind() {
    found("(?<=a)b", &["ab", "cab"], &["b", "cb"]);
    found("(?<!a)b", &["b", "cb", "abb"], &["ab", ""]);
    found("^.*(?<!\\.json)$", &["", "a.jso", "json"], &["a.json", ".json"]);
    found("^[a-z-]+(?<!-)$", &["a", "a-b"], &["a-", "-"]);
    found("(?<=^a*)b", &["b", "aab"], &["cb"]);
    found("(?<=a|bc)(?<!ac)d", &["ad", "bcd"], &["acd", "d"]);
}

#[test]
fn other_dialects_where_none_reads_them_otherwise() {
    found("(?i)^ab$", &["AB", "aB", "ab"], &["abc"]);
    found("(?i)^k$", &["K", "k", "\u{212A}"], &[]);
    found("(?i)^[^k]$", &["a"], &["K", "\u{212A}"]);
    found("(?s)^.$", &["\n"], &[]);
    found("(?is)^A.$", &["a\n"], &[]);
    found("^a(?i:b)c$", &["abc", "aBc"], &["ABc", "abC"]);
    found("(?i)^a(?-i:b)c$", &["AbC"], &["aBc"]);
    found("^(?P<year>\\d{4})(?<rest>x)$", &["2024x"], &[]);
    found("^\\pL\\p{Lu}\\p{Script=Greek}\\P{L}$", &["éÉα1"], &["éÉα", "1Éα1"]);
    found("^\\p{General_Category=Decimal_Number}\\p{Alphabetic}$", &["٣a"], &["aa"]);
    found("^[\\p{L}\\-']+$", &["d'Été-x"], &["1"]);
}

/// Asserts that a pattern is refused at this byte for such a reason.
#[track_caller]
fn refused(ecma: &str, offset: usize, reason: &str) {
    let error = pattern(ecma).expect_err(ecma);
    assert_eq!(error.offset, offset, "{ecma}: {error}");
    assert!(error.message.contains(reason), "{ecma}: {error}");
}

#[test]
fn what_is_not_understood_is_refused() {
    for (ecma, offset, reason) in [
        ("a(b", 1, "not closed"),
        ("ab)", 2, "closes no group"),
        ("a[b", 1, "not closed"),
        ("a[b\\", 3, "nothing follows"),
        ("a\\", 1, "nothing follows"),
        ("*a", 0, "nothing is before"),
        ("a|+", 2, "nothing is before"),
        ("a**", 2, "nothing is there to repeat"),
        ("a{2}{3}", 4, "nothing is there to repeat"),
        ("a++", 2, "possessive"),
        ("a+?+", 3, "possessive"),
        ("^*", 0, "cannot be repeated"),
        ("a\\b+", 1, "cannot be repeated"),
        ("{2}", 0, "nothing is before this quantifier"),
        ("a{,5}", 1, "write `{0,n}`"),
        ("a{3,2}", 1, "wrong way round"),
        ("[z-a]", 1, "ends before it begins"),
        ("(?>a)", 0, "atomic"),
        ("(?#a)", 0, "comments"),
        ("(?(1)a|b)", 0, "conditions"),
        ("(?R)", 0, "not regular"),
        ("(?P=a)", 0, "not regular"),
        ("(a)\\1", 3, "not regular"),
        ("(?<a>b)\\k<a>", 7, "not regular"),
        ("\\Aa\\Z", 0, "write `^`"),
        ("a\\z", 1, "write `$`"),
        ("\\01", 0, "octal"),
        ("\\x4", 0, "two hexadecimal"),
        ("\\u12", 0, "four hexadecimal"),
        ("\\u{110000}", 0, "four hexadecimal"),
        ("\\h", 0, "unknown"),
        ("\\c1", 0, "a letter"),
        ("\\p{Foo}", 0, "no property"),
        ("\\p", 0, "the name of a property"),
        ("\\ud83d", 0, "surrogate"),
        ("[\\ud83c][\\udffb-\\udfff]", 0, "surrogate"),
        ("[[:alpha:]]", 1, "named classes"),
        ("[:digit:]", 0, "named classes"),
        ("(?m)^a", 0, "the flag `m`"),
        ("a(?i)b", 1, "at the very beginning"),
        ("(?<=a$)b", 5, "outside of the look-behind"),
        ("(?<=a\\b)b", 5, "outside of the look-behind"),
        ("(?<=(?=a))b", 4, "outside"),
        ("(?=(?<=a))b", 3, "outside"),
        ("(?<1a>b)", 0, "name is malformed"),
    ] {
        refused(ecma, offset, reason);
    }
    refused(&"(".repeat(1000), 100, "nested deeper");
}

#[test]
fn what_grows_without_bounds_is_refused() {
    for ecma in [
        "^(?:a{1,1000}){1,1000}$",
        "[^a]{5000}",
        "^.{5000}$",
        "a{1000000000}",
        "(?:(?:){1000000000}){1000000000}a{99999999999}",
        "(a|b)*a(a|b){14}$",
        "^(?:(?=.*a.{9})(?=.*b.{9}).)*$",
        "(?:(?!(?:(?!(?:(?!a.{8}b).)*c).)*d).)*x.{20}",
    ] {
        assert!(pattern(ecma).is_err(), "{ecma}");
    }
    for ecma in ["(a|aa)+$", "(.*a){20}", "^(a+)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"] {
        assert!(pattern(ecma).is_ok(), "{ecma}");
    }
}

/// Whether `node` matches from place `at` so that `then` holds at its end: the definition of a match.
fn matches(node: &Node, text: &[char], at: usize, then: &mut dyn FnMut(usize) -> bool) -> bool {
    let is_word = |at: Option<&char>| at.is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_');
    match node {
        Node::Set(set) => text.get(at).is_some_and(|c| set.has((*c).into())) && then(at + 1),
        Node::Seq(parts) => match parts.split_first() {
            None => then(at),
            Some((first, rest)) => {
                matches(first, text, at, &mut |at| matches(&Node::Seq(rest.to_vec()), text, at, then))
            }
        },
        Node::Alt(parts) => parts.iter().any(|part| matches(part, text, at, then)),
        Node::Repeat { node, min, max } => {
            if *min == 0 && then(at) {
                return true;
            }
            let rest = Node::Repeat {
                node: node.clone(),
                min: min.saturating_sub(1),
                max: max.map(|max| max.saturating_sub(1)),
            };
            *max != Some(0)
                && matches(node, text, at, &mut |end| (end > at || *min > 0) && matches(&rest, text, end, then))
        }
        Node::Start => at == 0 && then(at),
        Node::End => at == text.len() && then(at),
        Node::Word { negated } => {
            let before = at.checked_sub(1).and_then(|at| text.get(at));
            (is_word(before) != is_word(text.get(at))) != *negated && then(at)
        }
        Node::Look { behind: false, negated, node } => matches(node, text, at, &mut |_| true) != *negated && then(at),
        Node::Look { behind: true, negated, node } => {
            let found = (0..=at).any(|from| matches(node, text, from, &mut |end| end == at));
            found != *negated && then(at)
        }
    }
}

fn is_found(node: &Node, text: &[char]) -> bool {
    (0..=text.len()).any(|from| matches(node, text, from, &mut |_| true))
}

/// Patterns over few characters. `looks` are those around.
pub(in crate::regular) fn patterns(looks: bool) -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a", "b", "-", "[ab]", "[^a]", ".", "\\w", "\\W", "\\n", "^", "$", "\\b", "\\B", "(?:)", "é", "[^]", "\\d",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(5, 14, 3, move |inner| {
        let behind = prop::sample::select(vec!["a", "[ab]+", "^a*", "b|^", "\\W."]);
        let look =
            (prop::sample::select(vec!["=", "!"]), inner.clone()).prop_map(|(sign, inner)| format!("(?{sign}{inner})"));
        let behind =
            (prop::sample::select(vec!["<=", "<!"]), behind).prop_map(|(sign, inner)| format!("(?{sign}{inner})"));
        let times = prop::sample::select(vec!["*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}", "*?"]);
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            3 => (inner.clone(), times).prop_map(|(inner, times)| format!("(?:{inner}){times}")),
            (if looks { 2 } else { 0 }) => look,
            u32::from(looks) => behind,
        ]
    })
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ab\\-\n_é1]{0,6}", 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn finds_what_the_definition_finds(ecma in patterns(true), texts in texts()) {
        let (Ok(dfa), Ok(node)) = (pattern(&ecma), parse(&ecma)) else {
            return Ok(());
        };
        for text in texts {
            let chars: Vec<char> = text.chars().collect();
            prop_assert_eq!(dfa.contains(&text), is_found(&node, &chars), "{} in {:?}", ecma, text);
        }
    }

    #[test]
    fn finds_what_the_regex_crate_finds(ecma in patterns(false), texts in texts()) {
        let dfa = pattern(&ecma).unwrap();
        let ascii = ecma.replace("\\d", "[0-9]").replace("\\w", "[0-9A-Za-z_]").replace("\\W", "[^0-9A-Za-z_]");
        // The crate has no `\\B` between characters that are words in ASCII alone.
        if ascii.contains("\\B") {
            return Ok(());
        }
        let ascii = ascii.replace("\\b", "(?-u:\\b)");
        let ascii = ascii.replace("[^]", "(?s:.)").replace('$', "\\z");
        let regex = regex::Regex::new(&ascii).unwrap();
        for text in texts {
            prop_assert_eq!(dfa.contains(&text), regex.is_match(&text), "{} in {:?}", ecma, text);
        }
    }

    #[test]
    fn equal_patterns_are_equal_sets(ecma in patterns(true), other in patterns(true)) {
        let of = |ecma: String| pattern(&ecma);
        if let (Ok(one), Ok(two), Ok(both)) = (pattern(&ecma), pattern(&other), of(format!("(?:{other})|(?:{ecma})"))) {
            prop_assert_eq!(one.or(&two).unwrap(), both);
            prop_assert_eq!(of(format!("(?:{ecma})|(?:{ecma})")).unwrap(), one.clone());
            if let Ok(none) = of(format!("^(?![^]*(?:{ecma}))")) {
                prop_assert_eq!(none, one.not());
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(ecma in "[\\^$.|?*+(){}a-c\\[\\]\\\\<>=!,0-9:dDwWsSbBuxpP\\-]{0,24}") {
        if let Err(error) = pattern(&ecma) {
            prop_assert!(error.offset <= ecma.len() && !error.message.is_empty());
        }
    }

    #[test]
    fn case_is_folded_in_sets(c in any::<char>()) {
        let set = super::class::folded(&Ranges::single(c));
        prop_assert!(set.has(c.into()));
        let is_known = |c: char| KNOWN.is_match(c.encode_utf8(&mut [0; 4]));
        for other in c.to_lowercase().chain(c.to_uppercase()).filter(|&other| is_known(c) && is_known(other)) {
            prop_assert!(c.to_lowercase().count() > 1 || c.to_uppercase().count() > 1 || set.has(other.into()));
        }
    }
}
