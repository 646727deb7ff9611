//! What the specification of Mustache (github.com/mustache/spec) says, case by case, in words of our own; and where
//! catena departs from it, it does so with an error.
use catena::{ErrorKind, Template, Vars};
use serde_json::{Value, json};

/// A template, what it is filled with, and what it gives.
type Case = (&'static str, Value, &'static str);

fn vars(value: &Value) -> Vars {
    // Names of sections are not known to be all that a template takes, so what it does not know is left out here.
    Vars::from_fields(value).unwrap()
}

fn give(cases: &[Case]) {
    for (text, data, expected) in cases {
        let template = Template::<Value>::typed_mustache(text).unwrap_or_else(|error| panic!("{text:?}: {error:#}"));
        let filled = template.format(data).unwrap_or_else(|error| panic!("{text:?}: {error:#}"));
        assert_eq!(filled, *expected, "{text:?} with {data}");
    }
}

#[test]
fn comments() {
    give(&[
        ("ab{{! anything at all! }}cd", json!({}), "abcd"),
        ("ab{{!\n  over\n  lines\n}}cd\n", json!({}), "abcd\n"),
        ("one\n{{! alone }}\ntwo\n", json!({}), "one\ntwo\n"),
        ("one\n   {{! alone, and further in }}\ntwo\n", json!({}), "one\ntwo\n"),
        ("-\r\n{{! alone }}\r\n-", json!({}), "-\r\n-"),
        ("  {{! first of all }}\n-", json!({}), "-"),
        ("-\n  {{! last of all }}", json!({}), "-\n"),
        ("one\n{{!\nover lines\n}}\ntwo\n", json!({}), "one\ntwo\n"),
        ("one\n  {{!\n    over lines\n  }}\ntwo\n", json!({}), "one\ntwo\n"),
        ("  1 {{! not alone }}\n", json!({}), "  1 \n"),
        ("1 {{! between }} 2", json!({}), "1  2"),
        ("{{! name }}{{!name}}", json!({"name": "unseen"}), ""),
    ]);
}

#[test]
fn delimiters() {
    give(&[
        ("{{=<% %>=}}<%a%>", json!({"a": "x"}), "x"),
        ("({{=[ ]=}}[a])", json!({"a": "regular expressions do not matter"}), "(regular expressions do not matter)"),
        (
            "{{#s}}\n {{a}}\n ~a~\n{{/s}}\n\n{{= ~ ~ =}}\n~#s~\n {{a}}\n ~a~\n~/s~\n.",
            json!({"s": true, "a": "x"}),
            " x\n ~a~\n\n {{a}}\n x\n.",
        ),
        (
            "{{^s}}\n {{a}}\n ~a~\n{{/s}}\n\n{{= ~ ~ =}}\n~^s~\n {{a}}\n ~a~\n~/s~\n.",
            json!({"s": false, "a": "x"}),
            " x\n ~a~\n\n {{a}}\n x\n.",
        ),
        ("1 {{=@ @=}} 2", json!({}), "1  2"),
        (" 1 {{=@ @=}}\n", json!({}), " 1 \n"),
        ("one\n{{=@ @=}}\ntwo\n", json!({}), "one\ntwo\n"),
        ("one\n  {{=@ @=}}\ntwo\n", json!({}), "one\ntwo\n"),
        ("-\r\n{{= @ @ =}}\r\n-", json!({}), "-\r\n-"),
        ("  {{=@ @=}}\n-", json!({}), "-"),
        ("-\n  {{=@ @=}}", json!({}), "-\n"),
        ("-{{= @   @ =}}-", json!({}), "--"),
        // Within new tags the old ones are text, and they can be set back.
        ("{{=$$ $$=}}{{a}} $$a$$$$={{ }}=$$ {{a}}", json!({"a": 1}), "{{a}} 1 1"),
        ("{{=<< >>=}}<<&a>> <<a>>", json!({"a": "<"}), "< &lt;"),
    ]);
}

#[test]
fn interpolation() {
    let odd = json!({"odd": "& \" < >"});
    give(&[
        ("{One brace} is text }\n", json!({}), "{One brace} is text }\n"),
        ("Hello, {{a}}!\n", json!({"a": "x"}), "Hello, x!\n"),
        ("{{odd}}", odd.clone(), "&amp; &quot; &lt; &gt;"),
        ("{{{odd}}}", odd.clone(), "& \" < >"),
        ("{{&odd}}", odd, "& \" < >"),
        ("{{n}} {{{n}}} {{&n}}", json!({"n": 85}), "85 85 85"),
        ("{{n}} {{{n}}} {{&n}}", json!({"n": 1.210}), "1.21 1.21 1.21"),
        ("{{a.b}} is {{#a}}{{b}}{{/a}}", json!({"a": {"b": "x"}}), "x is x"),
        ("{{{a.b}}} is {{#a}}{{{b}}}{{/a}}", json!({"a": {"b": "x"}}), "x is x"),
        ("{{&a.b}} is {{#a}}{{&b}}{{/a}}", json!({"a": {"b": "x"}}), "x is x"),
        ("{{a.b.c.d.e}}", json!({"a": {"b": {"c": {"d": {"e": "x"}}}}}), "x"),
        ("{{#a}}{{b.c}}{{/a}}", json!({"a": {"b": {"c": "x"}}, "b": {"c": "wrong"}}), "x"),
        ("-{{a}}-", json!({"a": ""}), "--"),
        ("{{a}}{{b}}", json!({"a": "{{b}}", "b": "{{{a}}}"}), "{{b}}{{{a}}}"),
        ("- {{a}} - {{{a}}} - {{&a}} -", json!({"a": "x"}), "- x - x - x -"),
        ("  {{a}}\n", json!({"a": "x"}), "  x\n"),
        ("  {{{a}}}\n", json!({"a": "x"}), "  x\n"),
        ("  {{&a}}\n", json!({"a": "x"}), "  x\n"),
        ("{{ a }}{{{ a }}}{{& a }}{{&a }}", json!({"a": "x"}), "xxxx"),
        ("{{a}}", json!({"a": "ü→"}), "ü→"),
    ]);
}

#[test]
fn sections() {
    let yes = || json!({"yes": true});
    give(&[
        ("-{{#yes}}shown{{/yes}}-", yes(), "-shown-"),
        ("-{{#no}}hidden{{/no}}-", json!({"no": false}), "--"),
        ("-{{#no}}hidden{{/no}}-", json!({"no": null}), "--"),
        ("-{{#no}}hidden{{/no}}-", json!({}), "--"),
        ("{{#at}}Hi {{name}}.{{/at}}", json!({"at": {"name": "Jo"}}), "Hi Jo."),
        (
            "{{#in}}{{a}}, {{b}}, {{c.d}}{{/in}}",
            json!({"a": "x", "b": "wrong", "in": {"b": "y"}, "c": {"d": "z"}}),
            "x, y, z",
        ),
        ("{{#a}}{{.}} is {{a}}{{/a}}", json!({"a": "x"}), "x is x"),
        (
            "{{#t}}{{#m}}{{n.lower}}{{mn}}.{{#b}}{{n.upper}}{{mn}}{{bn}}.{{/b}}{{/m}}{{/t}}",
            json!({"t": [{"n": {"upper": "A", "lower": "a"}, "m": [{"mn": "1", "b": [{"bn": "x"}, {"bn": "y"}]}]}]}),
            "a1.A1x.A1y.",
        ),
        (
            "{{#a}}\n{{1st}}\n{{#b}}\n{{1st}}{{2nd}}\n{{#c.d}}\n{{1st}}{{2nd}}{{3rd}}{{.}}\n{{/c.d}}\n{{2nd}}\n{{/b}}\n{{/a}}\n",
            json!({"a": {"1st": 1}, "b": {"2nd": 2, "3rd": 3}, "c": {"d": 4}}),
            "1\n12\n1234\n2\n",
        ),
        ("{{#l}}{{n}}{{/l}}", json!({"l": [{"n": 1}, {"n": 2}, {"n": 3}]}), "123"),
        ("-{{#l}}item{{/l}}-", json!({"l": []}), "--"),
        ("{{#l}}once{{/l}}", json!({"l": "123"}), "once"),
        ("{{#yes}}\n* 1\n{{/yes}}\n* 2\n{{#yes}}\n* 3\n{{/yes}}\n", yes(), "* 1\n* 2\n* 3\n"),
        ("1 {{#yes}}2 {{#yes}}3{{/yes}} 4{{/yes}} 5", yes(), "1 2 3 4 5"),
        ("1 {{#no}}2 {{#no}}3{{/no}} 4{{/no}} 5", json!({"no": false}), "1  5"),
        ("{{#l}}({{.}}){{/l}}", json!({"l": ["a", "b"]}), "(a)(b)"),
        ("{{#l}}({{.}}){{/l}}", json!({"l": [1, 2]}), "(1)(2)"),
        ("{{#l}}({{.}}){{/l}}", json!({"l": [1.10, 2.5]}), "(1.1)(2.5)"),
        ("{{#l}}({{.}})({{{.}}})({{&.}}){{/l}}", json!({"l": ["<"]}), "(&lt;)(<)(<)"),
        ("{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", json!({"l": [[1, 2], ["a", "b"]]}), "(12)(ab)"),
        ("{{#l}}{{#.}}{{v}}{{/.}}{{/l}}", json!({"l": [[{"v": 1}], [{"v": 2}]]}), "12"),
        ("{{#a.b.c}}here{{/a.b.c}}", json!({"a": {"b": {"c": true}}}), "here"),
        ("-{{#a.b.c}}here{{/a.b.c}}-", json!({"a": {"b": {"c": false}}}), "--"),
        ("-{{#a.b.c}}here{{/a.b.c}}-", json!({"a": {}}), "--"),
        (" - {{#yes}}\t-\t{{/yes}} - \n", yes(), " - \t-\t - \n"),
        (" - {{#yes}} {{! kept }}\n {{/yes}} - \n", yes(), " -  \n  - \n"),
        (" {{#yes}}1{{/yes}}\n {{#yes}}2{{/yes}}\n", yes(), " 1\n 2\n"),
        ("1\n{{#yes}}\n2\n{{/yes}}\n3\n", yes(), "1\n2\n3\n"),
        ("1\n  {{#yes}}\n2\n  {{/yes}}\n3\n", yes(), "1\n2\n3\n"),
        ("-\r\n{{#yes}}\r\n{{/yes}}\r\n-", yes(), "-\r\n-"),
        ("  {{#yes}}\n1{{/yes}}\n2", yes(), "1\n2"),
        ("1{{#yes}}\n2\n  {{/yes}}", yes(), "1\n2\n"),
        ("-{{# yes }}={{/ yes }}-", yes(), "-=-"),
    ]);
}

#[test]
fn inverted_sections() {
    let no = || json!({"no": false});
    give(&[
        ("-{{^no}}shown{{/no}}-", no(), "-shown-"),
        ("-{{^no}}shown{{/no}}-", json!({"no": null}), "-shown-"),
        ("-{{^no}}shown{{/no}}-", json!({}), "-shown-"),
        ("-{{^no}}shown{{/no}}-", json!({"no": []}), "-shown-"),
        ("-{{^yes}}hidden{{/yes}}-", json!({"yes": true}), "--"),
        ("-{{^yes}}hidden{{/yes}}-", json!({"yes": "text"}), "--"),
        ("-{{^yes}}hidden {{name}}{{/yes}}-", json!({"yes": {"name": "Jo"}}), "--"),
        ("-{{^yes}}hidden{{/yes}}-", json!({"yes": [{"n": 1}]}), "--"),
        ("{{^no}}\n* 1\n{{/no}}\n* 2\n{{^no}}\n* 3\n{{/no}}\n", no(), "* 1\n* 2\n* 3\n"),
        ("1 {{^no}}2 {{^no}}3{{/no}} 4{{/no}} 5", no(), "1 2 3 4 5"),
        ("1 {{^yes}}2 {{^yes}}3{{/yes}} 4{{/yes}} 5", json!({"yes": true}), "1  5"),
        ("-{{^a.b.c}}shown{{/a.b.c}}-", json!({"a": {"b": {"c": false}}}), "-shown-"),
        ("-{{^a.b.c}}shown{{/a.b.c}}-", json!({"a": {"b": {"c": true}}}), "--"),
        ("-{{^a.b.c}}shown{{/a.b.c}}-", json!({"a": {}}), "-shown-"),
        (" - {{^no}}\t-\t{{/no}} - \n", no(), " - \t-\t - \n"),
        (" - {{^no}} {{! kept }}\n {{/no}} - \n", no(), " -  \n  - \n"),
        (" {{^no}}1{{/no}}\n {{^no}}2{{/no}}\n", no(), " 1\n 2\n"),
        ("1\n{{^no}}\n2\n{{/no}}\n3\n", no(), "1\n2\n3\n"),
        ("1\n  {{^no}}\n2\n  {{/no}}\n3\n", no(), "1\n2\n3\n"),
        ("-\r\n{{^no}}\r\n{{/no}}\r\n-", no(), "-\r\n-"),
        ("  {{^no}}\n1{{/no}}\n2", no(), "1\n2"),
        ("1{{^no}}\n2\n  {{/no}}", no(), "1\n2\n"),
        ("-{{^ no }}={{/ no }}-", no(), "-=-"),
    ]);
}

/// Where a name has no value the specification writes nothing. A prompt with a hole in it is a mistake, so that is an
/// error here.
#[test]
fn a_name_without_a_value_is_an_error() {
    for (text, data) in [
        ("-{{a}}-", json!({})),
        ("-{{{a}}}-", json!({})),
        ("-{{&a}}-", json!({})),
        ("-{{a}}-", json!({"a": null})),
        ("-{{a.b.c}}-", json!({"a": {}})),
        ("-{{a.b.c.name}}-", json!({"a": {"b": {}}, "c": {"name": "wrong"}})),
        ("{{#a}}{{b.c}}{{/a}}", json!({"a": {"b": {}}, "b": {"c": "wrong"}})),
        ("{{a.b}}", json!({"a.b": "one key"})),
    ] {
        let error = Template::<Value>::typed_mustache(text).unwrap().format(&data).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Variables, "{text}");
        let template = Template::mustache(text).unwrap();
        assert_eq!(template.format(&vars(&data)).unwrap_err().kind(), ErrorKind::Variables, "{text}");
    }
}

/// What is not supported says so, with its name, where it stands.
#[test]
fn what_is_not_supported_is_named() {
    for (text, column, named) in [
        ("a {{>header}}", 3, "`header` is a partial"),
        ("a {{> header }}", 3, "`header` is a partial"),
        ("{{>*which}}", 1, "`*which` is a partial"),
        ("{{<layout}}{{/layout}}", 1, "`layout` is a parent template"),
        ("{{$title}}none{{/title}}", 1, "`title` is a block of a parent template"),
        ("a {{.}}", 3, "`.` is the item of a section"),
        ("a {{#.}}x{{/.}}", 3, "`.` is the item of a section"),
        ("a {{^.}}x{{/.}}", 3, "`.` is the item of a section"),
        ("{{#a}}{{.b}}{{/a}}", 7, "`.b` is not a variable's name"),
        ("{{a | upper}}", 1, "`a | upper` is not a variable's name"),
    ] {
        let error = Template::mustache(text).unwrap_err();
        assert_eq!((error.kind(), error.span().unwrap().column), (ErrorKind::Template, column), "{text}: {error}");
        assert!(error.message().contains(named), "{text}: {error}");
    }
}
