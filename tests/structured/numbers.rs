//! Which numbers a schema's grammar has.
use super::values::{check, matcher};
use catena::{gbnf::Matcher, structured::Options};
use serde_json::{Value, json};

#[test]
fn integers_in_every_small_range() {
    for (min, max) in [(0, 0), (-3, 3), (7, 130), (99, 101), (-1024, -10), (-100, 1000), (150, 1024), (1000, 1001)] {
        let matcher = matcher(&json!({"type": "integer", "minimum": min, "maximum": max}));
        for n in -1200..1200 {
            assert_eq!(matcher.matches(n.to_string()).unwrap(), (min..=max).contains(&n), "{n} in {min}..={max}");
        }
        for text in ["-0", "00", "01", "+1", "1.0", "1e0", ""] {
            assert!(!matcher.matches(text).unwrap(), "{text} in {min}..={max}");
        }
    }
}

#[test]
fn integers_from_one_bound() {
    for bound in [0_i64, 9, 10, 99, 100, 1024, 150_000, 2_000_000_000_000_000, i64::MAX] {
        let from = matcher(&json!({"type": "integer", "minimum": bound}));
        let to = matcher(&json!({"type": "integer", "exclusiveMaximum": bound}));
        for n in [bound - 1, bound, bound.saturating_add(1), bound / 10, bound.saturating_mul(10), -bound] {
            assert_eq!(from.matches(n.to_string()).unwrap(), n >= bound, "{n} >= {bound}");
            assert_eq!(to.matches(n.to_string()).unwrap(), n < bound, "{n} < {bound}");
        }
    }
}

#[test]
fn fractional_bounds_of_integers_and_exclusions() {
    check(&json!({"type": "integer", "minimum": 0.5, "maximum": 2.5, "not": {"const": 2}}), &["1"], &["0", "2", "3"]);
    check(&json!({"type": "integer", "not": {"enum": [0, 5.0]}}), &["1", "-5"], &["0", "5"]);
    check(
        &json!({"type": ["integer", "null"], "not": {"type": "null"}, "maximum": 1, "minimum": 1}),
        &["1"],
        &["null"],
    );
}

#[test]
fn decimals_in_every_small_range() {
    let ranges = [
        ("0.5", "1.25"),
        ("-1.5", "2.25"),
        ("0", "1"),
        ("-3", "-1.05"),
        ("1.25", "1.255"),
        ("9.99", "100.01"),
        ("-0.1", "0"),
        ("0.05", "0.3"),
        ("2", "2"),
    ];
    for (min, max) in ranges {
        for (low, high) in [("minimum", "maximum"), ("exclusiveMinimum", "exclusiveMaximum")] {
            let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            let strict = low != "minimum";
            if strict && min == max {
                continue;
            }
            let matcher = matcher(&json!({"type": "number", low: number(min), high: number(max)}));
            let (from, to): (f64, f64) = (min.parse().unwrap(), max.parse().unwrap());
            for thousandths in -3500..110_000 {
                let text = format!(
                    "{}{}.{:03}",
                    if thousandths < 0 { "-" } else { "" },
                    i32::abs(thousandths) / 1000,
                    i32::abs(thousandths) % 1000
                );
                let n: f64 = text.parse().unwrap();
                let inside = if strict { n > from && n < to } else { n >= from && n <= to };
                assert_eq!(matcher.matches(&text).unwrap(), inside, "{text} in {low} {min}, {high} {max}");
                if thousandths % 1000 == 0 {
                    let whole = (thousandths / 1000).to_string();
                    assert_eq!(matcher.matches(&whole).unwrap(), inside, "{whole} in {low} {min}, {high} {max}");
                }
            }
            for text in ["", ".", "1.", ".5", "-", "00.5", "01", "1e0"] {
                assert!(!matcher.matches(text).unwrap(), "{text}");
            }
        }
    }
}

#[test]
fn numbers_are_finite() {
    let double = ["0", "-0.0", "1.7976931348623157e308", "5e-324", "123456789012345678", "1E+5", "1e16", "0.00001"];
    check(
        &json!({"type": "number"}),
        &double,
        &["1.7976931348623158e308", "1e309", "2e308", "01", "1e0005", ".5", "1.", "1e", "--1", "NaN"],
    );
    let single = json!({"type": "number", "format": "float"});
    check(&single, &["3.4028235e38", "-3.4028235e38", "1e38", "1e-45"], &["3.4028236e38", "4e38", "1e39"]);
    check(&json!({"type": "number", "minimum": 0}), &["0", "1e300"], &["-1", "-0"]);
}

#[test]
fn multiples_of_every_spelling() {
    let schema = |keywords: Value| Options::spec().compile(&keywords).unwrap().into_grammar();
    for (multiple, texts) in [("51", ["0", "0.0", "-0.0", "51", "102.00"]), ("0.5", ["0", "1", "-1.5", "1.50", "2.0"])]
    {
        let number: Value = serde_json::from_str(multiple).unwrap();
        let (is, not) = (schema(json!({"multipleOf": number})), schema(json!({"not": {"multipleOf": number}})));
        for text in texts {
            assert!(is.matches(text).unwrap() && !not.matches(text).unwrap(), "{text} is a multiple of {multiple}");
        }
        for text in ["0.25", "50.3", "-7.125"] {
            assert!(!is.matches(text).unwrap() && not.matches(text).unwrap(), "{text} is no multiple of {multiple}");
        }
    }
}

#[test]
fn integers_that_are_multiples_have_an_end() {
    let [long, longer, many] = [37, 38, 400].map(|zeros| format!("5{}", "0".repeat(zeros)));
    for (schema, has_negatives) in [
        (json!({"type": "integer", "multipleOf": 5}), true),
        (json!({"type": "integer", "multipleOf": 5, "minimum": 0}), false),
    ] {
        let matcher = Matcher::new(Options::spec().compile(&schema).unwrap().grammar()).unwrap();
        for text in ["0", "500000", "15.0", long.as_str()] {
            assert!(matcher.matches(text).unwrap(), "{text} by {schema}");
        }
        assert_eq!(matcher.matches("-15").unwrap(), has_negatives, "{schema}");
        for text in ["7", "5.5", longer.as_str(), many.as_str()] {
            assert!(!matcher.matches(text).unwrap(), "{text} by {schema}");
        }
    }
    for divisor in [3, 51, 60, 128, 1000, 1024] {
        let schema = json!({"type": "integer", "multipleOf": divisor});
        let matcher = Matcher::new(Options::spec().compile(&schema).unwrap().grammar()).unwrap();
        for (number, valid) in [(0, true), (-7 * divisor, true), (300 * divisor, true), (300 * divisor + 1, false)] {
            assert_eq!(matcher.matches(number.to_string()).unwrap(), valid, "{number} by {schema}");
        }
    }
}

#[test]
fn integers_that_must_differ_are_written_as_integers() {
    let schema = json!({"type": "array", "uniqueItems": true, "items": {"enum": [0, 1, 2]}});
    check(&schema, &["[]", "[1,0]", "[2,0,1]"], &["[1.0,0]", "[1,1]", "[0,1,2,0]"]);
}

#[test]
fn numbers_beside_one_bound_are_held_by_their_type() {
    for (keyword, value, rejected) in [
        ("minimum", json!(1), "1e300"),
        ("maximum", json!(10), "-1e300"),
        ("exclusiveMinimum", json!(0), "1e300"),
        ("exclusiveMinimum", json!(0), "1e-300"),
    ] {
        check(
            &json!({"type": "number", "format": "float", keyword: value}),
            &["5.5", "1.5e20"][..=usize::from(keyword != "maximum")],
            &[rejected],
        );
        check(&json!({"type": "number", "format": "double", keyword: value}), &[rejected], &[]);
    }
    let many = format!("5{}", "0".repeat(400));
    check(&json!({"type": "number", "multipleOf": 5}), &["0", "-15", "500000"], &["7", &many]);
}
