//! Mustache templates as steps.
use catena::{ErrorKind, Prompt, Template, Vars, map};
use futures::executor::block_on;

#[derive(serde::Serialize)]
struct Order {
    name: &'static str,
    items: Vec<Item>,
    note: Option<&'static str>,
}

#[derive(serde::Serialize)]
struct Item {
    count: u8,
    what: &'static str,
}

#[test]
fn filled_from_a_struct_it_is_a_step() {
    let text =
        "Order of {{{name}}}:\n{{#items}}\n- {{count}} {{what}}\n{{/items}}\n{{#note}}\nNote: {{.}}\n{{/note}}\n";
    let chain = Template::<Order>::typed_mustache(text).unwrap() | map(|prompt: Prompt| prompt.to_string());
    let items = vec![Item { count: 2, what: "tea & milk" }, Item { count: 1, what: "{{name}}" }];
    let order = Order { name: "A & B", items, note: None };
    assert_eq!(block_on(chain.invoke(order)).unwrap(), "Order of A & B:\n- 2 tea &amp; milk\n- 1 {{name}}\n");
}

#[test]
fn what_is_missing_is_told_and_what_is_asked_for_may_be_left_out() {
    let template = Template::mustache("{{name}}{{#items}}{{what}}{{/items}}").unwrap();
    assert_eq!(template.variables().collect::<Vec<_>>(), ["items", "name", "what"]);
    let error = template.format(&Vars::from([("nome", "x")])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Variables);
    assert!(error.message().contains("missing `name`; unknown `nome`"), "{error}");
    assert_eq!(template.format(&Vars::from([("name", "x")])).unwrap(), "x");
    let error = template.format(&Vars::from([("name", "x"), ("items", "y")])).unwrap_err();
    assert!(error.message().contains("`what` is missing"), "{error}");
}
