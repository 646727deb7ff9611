//! Filling, refusing, bounds.
use super::Mustache;
use crate::{ErrorKind, Vars};
use proptest::prelude::*;
use serde_json::json;

fn fill(text: &str, vars: &serde_json::Value) -> String {
    Mustache::parse(text).unwrap().render(&Vars::from_fields(vars).unwrap()).unwrap()
}

#[test]
fn tags() {
    let vars = json!({
        "name": "A & <b>", "n": 1.5, "yes": true, "no": false, "none": [], "null": null, "empty": "",
        "items": [{"v": 1}, {"v": "{{name}}"}], "words": ["x", "y"], "deep": {"er": {"est": 3}},
    });
    for (text, expected) in [
        ("Hi {{name}}, {{{name}}}, {{& name }}", "Hi A &amp; &lt;b&gt;, A & <b>, A & <b>"),
        ("{{n}}{{yes}}{{words}}", "1.5true[&quot;x&quot;,&quot;y&quot;]"),
        ("{{#items}}{{v}},{{/items}}", "1,{{name}},"),
        ("{{#words}}<{{.}}>{{/words}}", "<x><y>"),
        (
            "{{^none}}a{{/none}}{{^no}}b{{/no}}{{^yes}}c{{/yes}}{{^missing}}d{{/missing}}{{#null}}e{{/null}}{{#empty}}f{{/empty}}",
            "abd",
        ),
        ("{{deep.er.est}}{{#deep.er}}{{est}}{{/deep.er}}", "33"),
        ("{{#deep}}{{#er}}{{name}}{{/er}}{{/deep}}", "A &amp; &lt;b&gt;"),
        ("{{#yes}}{{yes}}{{/yes}}", "true"),
        ("a{{! a comment }}b", "ab"),
        ("{{=<% %>=}}{{<%n%>}}<%={{ }}=%>{{n}}", "{{1.5}}1.5"),
        ("{\"json\": {\"a\": {{n}} }}", "{\"json\": {\"a\": 1.5 }}"),
    ] {
        assert_eq!(fill(text, &vars), expected, "{text}");
    }
}

#[test]
fn a_tag_alone_on_its_line_takes_the_line() {
    let vars = json!({"yes": true, "n": 1});
    for (text, expected) in [
        ("a\n{{#yes}}\nb\n{{/yes}}\nc", "a\nb\nc"),
        ("a\r\n  {{#yes}} \r\nb\r\n{{/yes}}", "a\r\nb\r\n"),
        ("  {{! c }}\na", "a"),
        (" {{#yes}} b {{/yes}} ", "  b  "),
        ("{{#yes}}{{/yes}}\nb", "\nb"),
        (" {{n}}\nb", " 1\nb"),
        ("a\n{{=<% %>=}}\n<%n%>", "a\n1"),
        ("x {{! c }}\ny", "x \ny"),
        ("{{! a }}{{! b }}\ny", "\ny"),
        ("a\n \t{{! b }}\r", "a\n \t\r"),
    ] {
        assert_eq!(fill(text, &vars), expected, "{text:?}");
    }
}

#[test]
fn mistakes_are_refused_where_they_stand() {
    for (text, column, says) in [
        ("a {{b", 3, "never closed"),
        ("{{#a}}b", 1, "`a` is never closed"),
        ("b{{/a}}", 2, "never opened"),
        ("{{#a}}{{/b}}", 7, "where `a` is open"),
        ("{{>a}}", 1, "partials"),
        ("{{a b}}", 1, "not a variable's name"),
        ("{{}}", 1, "not a variable's name"),
        ("{{a..b}}", 1, "not a variable's name"),
        ("{{.}}", 1, "item of a section"),
        ("{{=a=}}", 1, "two texts"),
    ] {
        let error = Mustache::parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Template, "{text}");
        assert!(error.message().contains(says), "{text}: {error}");
        assert_eq!(error.span().unwrap().column, column, "{text}: {error}");
    }
}

#[test]
fn what_is_needed_and_what_may_be_left_out() {
    let names = Mustache::parse("{{a}}{{b.c}}{{#d}}{{e}}{{/d}}{{^f}}{{a}}{{g}}{{/f}}").unwrap().names();
    assert_eq!(names.required.iter().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(names.printed.iter().collect::<Vec<_>>(), ["a"]);
    assert_eq!(names.optional.iter().collect::<Vec<_>>(), ["d", "e", "f", "g"]);
    let parsed = Mustache::parse("{{#d}}{{e}}{{/d}}").unwrap();
    let error = parsed.render(&Vars::from([("d", true)])).unwrap_err();
    assert_eq!((error.kind(), error.span().unwrap().column), (ErrorKind::Variables, 7));
}

#[test]
fn depth_and_work_are_bounded() {
    // Quadratic work would take hours.
    let line = "{{! x }} {{#a}} {{/a}}".repeat(300_000);
    assert_eq!(Mustache::parse(&line).unwrap().render(&Vars::new()).unwrap().len(), 300_000);
    let deep = "{{#a}}".repeat(100_000) + &"{{/a}}".repeat(100_000);
    assert!(Mustache::parse(&deep).unwrap_err().message().contains("64 deep"));
    let wide = "{{#a}}".repeat(5) + "x" + &"{{/a}}".repeat(5);
    let error = Mustache::parse(&wide).unwrap().render(&Vars::new().with("a", vec![1; 100])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Template);
    let empty = Mustache::parse("{{#a}}{{#a}}{{/a}}{{/a}}").unwrap();
    let error = empty.render(&Vars::new().with("a", vec![1; 500_000])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Template);
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in "(\\PC|\\{\\{[#^/!&=>.]?|\\}\\}|[ab. \n])*") {
        if let Ok(parsed) = Mustache::parse(&text) {
            let _ = parsed.render(&Vars::from([("a", "v"), ("b", "w")]));
        }
    }

    #[test]
    fn values_are_never_read_again(value in "(\\PC|\\{\\{[#^/]?|\\}\\})*") {
        prop_assert_eq!(fill("<{{{a}}}>", &json!({"a": value})), format!("<{value}>"));
    }

    #[test]
    fn text_without_tags_stays_as_it_is(text in "(\\PC|\n|\\{[^{])*") {
        prop_assume!(!text.contains("{{"));
        prop_assert_eq!(fill(&text, &json!({})), text);
    }
}
