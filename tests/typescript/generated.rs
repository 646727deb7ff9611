//! Texts of which nothing is known beforehand.
use catena::typescript;
use proptest::prelude::*;

const WORDS: [&str; 60] = [
    "interface ",
    "type ",
    "enum ",
    "export ",
    "const ",
    "extends ",
    "A",
    "B",
    "T",
    "a",
    "string",
    "number",
    "boolean",
    "null",
    "undefined",
    "any",
    "never",
    "object",
    "Record<",
    "Partial<",
    "Pick<",
    "Omit<",
    "Array<",
    "readonly ",
    "keyof ",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "|",
    "&",
    "=",
    ";",
    ",",
    ":",
    "?",
    "...",
    "=>",
    "'a'",
    "\"b\"",
    "`c`",
    "`d${",
    "}`",
    "1",
    "-2",
    "1.5e3",
    "0x1F",
    "\n",
    " ",
    "/** @minimum 1 */",
    "// c\n",
    "/*",
    "\\u",
    "é",
    "😀",
    "\"",
];

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..40).prop_map(|words| words.concat())
}

/// A type, written with the names `A` and `B`.
fn a_type() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "string",
        "number",
        "boolean",
        "null",
        "any",
        "'x'",
        "42",
        "true",
        "A",
        "B",
        "Date",
        "object",
        "never",
        "`k${'1' | '2'}`",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            inner.clone().prop_map(|of| format!("({of})[]")),
            inner.clone().prop_map(|of| format!("Array<{of}>")),
            inner.clone().prop_map(|of| format!("Record<string, {of}>")),
            inner.clone().prop_map(|of| format!("Record<'p' | 'q', {of}>")),
            inner.clone().prop_map(|of| format!("{{ only?: {of} }}")),
            two.clone().prop_map(|(one, other)| format!("{one} | {other}")),
            two.clone().prop_map(|(one, other)| format!("{{ one: {one}; 'the other'?: {other} }}")),
            two.clone().prop_map(|(one, other)| format!("[{one}, ({other})?]")),
            two.prop_map(|(one, other)| format!("[{one}, ...({other})[]]")),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in words(), root in words()) {
        for root in [None, Some("A"), Some(root.as_str())] {
            if let Err(error) = typescript::schema(&text, root) {
                prop_assert!(!error.message().is_empty());
            }
        }
    }

    #[test]
    fn characters_of_any_sort_are_read_or_refused(text in any::<String>()) {
        let _ = typescript::schema(&text, None);
        let _ = typescript::schema(&format!("type A = {{ {text}: '{text}' }}"), None);
        let _ = typescript::schema(&format!("/** {text} */ type A = `{text}`"), None);
    }

    #[test]
    fn types_put_together_are_read(a in a_type(), b in a_type()) {
        let text = format!("export type A = {{ a?: {a} }}\ninterface B {{\n  b?: {b}\n}}");
        let schema = typescript::schema(&text, Some("A")).unwrap();
        prop_assert!(schema["type"] == "object", "{}", schema);
        // Each reference leads somewhere.
        let shown = schema.to_string();
        for reference in shown.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            prop_assert!(schema.pointer(pointer).is_some(), "{} in {}", pointer, schema);
        }
    }
}
