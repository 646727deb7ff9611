//! Which strings a schema's grammar has.
use super::values::{check, matcher};
use serde_json::json;

#[test]
fn strings_are_valid_and_counted_in_characters() {
    let any = json!({"type": "string"});
    let pair = r#""\ud83d\ude00""#;
    check(
        &any,
        &[
            r#""""#,
            r#""\u0000""#,
            r#""\/\b\f\n\r\t\"\\""#,
            pair,
            r#""\uFFFF""#,
            "\"\u{7f}é\u{1F600}\"",
            r#""\uD7FF\uE000""#,
        ],
        &[
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83d\u0041""#,
            r#""\x41""#,
            "\"\n\"",
            "\"\u{1f}\"",
            r#"""""#,
            r#""\""#,
            "abc",
            r#""\u12""#,
        ],
    );
    let two = json!({"type": "string", "minLength": 2, "maxLength": 2});
    check(
        &two,
        &[r#""ab""#, r#""a\n""#, r#""\ud83d\ude00a""#, "\"é\u{1F600}\""],
        &[r#""a""#, r#""abc""#, pair, "\"\""],
    );
}

#[test]
fn long_lengths_are_exact() {
    for (min, max) in [(0, 300), (300, 300), (290, 2000), (0, 100_000)] {
        let matcher = matcher(&json!({"type": "string", "minLength": min, "maxLength": max}));
        for length in [0, 1, 255, 256, 257, 289, 290, 299, 300, 301, 1999, 2000, 2001, 99_999, 100_000, 100_001] {
            let text = format!("\"{}\"", "x".repeat(length));
            assert_eq!(matcher.matches(&text).unwrap(), (min..=max).contains(&length), "{length} in {min}..={max}");
        }
    }
    let list = matcher(&json!({"type": "array", "items": {"const": 1}, "minItems": 3, "maxItems": 700}));
    for length in [0, 2, 3, 4, 256, 257, 699, 700, 701] {
        let text = format!("[{}]", vec!["1"; length].join(","));
        assert_eq!(list.matches(&text).unwrap(), (3..=700).contains(&length), "{length}");
    }
}

#[test]
fn formats_of_strings() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        (
            "date",
            &["2024-02-29", "2000-02-29", "0400-02-29", "1999-12-31", "2023-04-30"],
            &["2023-02-29", "1900-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00", "23-01-01"],
        ),
        ("time", &["00:00:00Z", "23:59:59.999999999+05:30"], &["24:00:00Z", "23:60:00Z", "23:59:59", "23:59:59.Z"]),
        ("partial-time", &["12:34:56", "12:34:56.5"], &["12:34", "12:34:56Z"]),
        (
            "date-time",
            &["2024-02-29T12:00:00Z", "2023-01-01T00:00:00.123-00:30"],
            &["2023-02-29T12:00:00Z", "2023-01-01 00:00:00Z", "2023-01-01T00:00:00"],
        ),
        ("partial-date-time", &["2024-02-29T12:00:00"], &["2024-02-29T12:00:00Z"]),
        (
            "uuid",
            &["123e4567-e89b-12d3-a456-426614174000"],
            &["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"],
        ),
        ("ipv4", &["0.0.0.0", "255.255.255.255"], &["256.0.0.0", "1.2.3", "01.2.3.4"]),
        (
            "ipv6",
            &["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "fe80::1:2"],
            &["1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", ":1", "1:2:3:4:5:6:7:8::"],
        ),
        ("ip", &["1.2.3.4", "::1"], &["1.2.3"]),
        ("hostname", &["localhost", "a-b.example"], &["-a", "a-", "a..b", ""]),
        ("email", &["a.b+c@example.org"], &["a@b", "@example.org", "a..b@example.org", "a b@example.org"]),
        (
            "uri",
            &["https://example.org", "http://a.example.org:8080/x/y%20z?q=1#f"],
            &["example.org", "https://", "https://example.org/ x"],
        ),
        ("colour", &["anything"], &[]),
    ];
    for (format, accepted, rejected) in cases {
        let matcher = matcher(&json!({"type": "string", "format": format}));
        for (texts, expected) in [(accepted, true), (rejected, false)] {
            for text in *texts {
                assert_eq!(matcher.matches(format!("\"{text}\"")).unwrap(), expected, "{format}: {text}");
            }
        }
    }
}
