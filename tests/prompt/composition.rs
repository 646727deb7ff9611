//! Templates and conversations put together, filled in ahead, read from files, shown.
use catena::{ChatPrompt, ErrorKind, Message, MessagesPlaceholder, Prompt, Role, Template, TemplateFormat, Vars};
use proptest::prelude::*;
use std::{
    fs,
    sync::atomic::{AtomicU32, Ordering},
};

#[test]
fn templates_of_all_forms_go_together() {
    let joined = Template::new("{a}+").unwrap()
        + Template::jinja("{{ b }}{% if c is defined %}{{ c }}{% endif %}+").unwrap()
        + Template::mustache("{{{a}}}{{#d}}!{{/d}}").unwrap();
    assert_eq!(joined.variables().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
    assert_eq!(joined.format(&Vars::from([("a", "<1>"), ("b", "{a}")])).unwrap(), "<1>+{a}+<1>");
    let error = joined.format(&Vars::from([("b", "x"), ("z", "y")])).unwrap_err();
    assert_eq!(
        error.message(),
        "the variables do not fit the template: missing `a`; unknown `z`; given `b`, `z`; expected `a`, `b`, `c`, `d`"
    );
    assert_eq!(joined.source(), "{a}+{{ b }}{% if c is defined %}{{ c }}{% endif %}+{{{a}}}{{#d}}!{{/d}}");
}

#[test]
fn what_was_filled_in_ahead_stays_in_its_part() {
    let left = Template::new("{x}{y}").unwrap().partial("x", "L").unwrap();
    let right = Template::new("{x}{y}").unwrap();
    let joined = left + right;
    assert_eq!(joined.variables().collect::<Vec<_>>(), ["x", "y"]);
    assert_eq!(joined.format(&Vars::from([("x", "1"), ("y", "2")])).unwrap(), "L212");
    let filled = joined.partial("x", "3").unwrap();
    assert_eq!(filled.format(&Vars::from([("y", "2")])).unwrap(), "L232");
    // And again as a part.
    let more = filled + Template::new("{x}").unwrap();
    assert_eq!(more.format(&Vars::from([("x", "4"), ("y", "2")])).unwrap(), "L2324");
}

#[test]
fn joined_many_times_it_is_still_flat() {
    let mut joined = Template::new("{a}").unwrap();
    for _ in 0..300 {
        joined = joined + Template::new("{a}").unwrap();
    }
    let joined = (0..6).fold(joined, |joined, _| joined.clone() + joined);
    let joined = joined.partial("a", "x").unwrap() + Template::new("y").unwrap();
    assert_eq!(joined.format(&Vars::new()).unwrap().len(), 301 * 64 + 1);
}

proptest! {
    #[test]
    fn joining_is_joining_the_texts(parts in proptest::collection::vec("(\\{a\\}|\\{b\\}|[x{}]{2})*", 1..6), a in "\\PC*", b in "\\PC*") {
        let parts: Vec<_> = parts.into_iter().filter_map(|part| Template::new(part).ok()).collect();
        prop_assume!(!parts.is_empty());
        let text: String = parts.iter().map(Template::source).collect();
        let whole = Template::new(text).unwrap();
        let joined = parts.into_iter().reduce(|left, right| left + right).unwrap();
        let names: Vec<_> = whole.variables().map(str::to_owned).collect();
        prop_assert_eq!(joined.variables().collect::<Vec<_>>(), names.iter().map(String::as_str).collect::<Vec<_>>());
        let vars: Vars = names.iter().map(|name| (name.as_str(), if name == "a" { &a } else { &b })).collect();
        prop_assert_eq!(joined.format(&vars).unwrap(), whole.format(&vars).unwrap());
    }
}

#[test]
fn a_closure_fills_in_ahead_each_time_anew() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = || COUNT.fetch_add(1, Ordering::Relaxed);
    let template = Template::new("{n}{a}").unwrap().partial_with("n", count).unwrap();
    assert_eq!(COUNT.load(Ordering::Relaxed), 0);
    assert_eq!(template.variables().collect::<Vec<_>>(), ["a"]);
    assert_eq!(template.format(&Vars::from([("a", "x")])).unwrap(), "0x");
    assert_eq!(template.format(&Vars::from([("a", "x")])).unwrap(), "1x");
    // A value given later takes its place, and then the closure is not asked.
    assert_eq!(template.format(&Vars::from([("a", "x"), ("n", "9")])).unwrap(), "9x");
    assert_eq!(COUNT.load(Ordering::Relaxed), 2);
    assert_eq!(template.clone().partial_with("z", || 1).unwrap_err().kind(), ErrorKind::Variables);
    let null = Template::new("{n}").unwrap().partial_with("n", || None::<u8>).unwrap();
    assert_eq!(null.format(&Vars::new()).unwrap_err().kind(), ErrorKind::Variables);
    let chat = ChatPrompt::builder().user("{n}?").build().unwrap().partial_with("n", || "x").unwrap();
    assert_eq!(chat.format(&Vars::new()).unwrap().to_string(), "Human: x?");
}

#[test]
fn conversations_go_together_and_come_apart() {
    let rules = ChatPrompt::from_messages([("system", "Be {mood}."), ("placeholder", "{history}")]).unwrap();
    let rules = rules.partial("mood", "kind").unwrap().partial("history", [Message::user("Hi")]).unwrap();
    let prompt =
        rules + ChatPrompt::from_messages([("user", "{mood} {q}?")]).unwrap() + Message::assistant("{as it is}");
    assert_eq!(prompt.variables().collect::<Vec<_>>(), ["mood", "q"]);
    let vars = Vars::from([("mood", "Any"), ("q", "news")]);
    assert_eq!(
        prompt.format(&vars).unwrap(),
        Prompt::from([
            Message::system("Be kind."),
            Message::user("Hi"),
            Message::user("Any news?"),
            Message::assistant("{as it is}"),
        ])
    );
    let middle = prompt.slice(1..=2).unwrap();
    assert_eq!((middle.len(), middle.variables().collect::<Vec<_>>()), (2, vec!["mood", "q"]));
    assert_eq!(middle.format(&vars).unwrap().to_string(), "Human: Hi\nHuman: Any news?");
    assert!(prompt.slice(..0).unwrap().is_empty());
    assert!(prompt.slice(2..5).is_none() && prompt.slice(usize::MAX..).is_none());
    for at in 0..=prompt.len() {
        let again = prompt.slice(..at).unwrap() + prompt.slice(at..).unwrap();
        assert_eq!(again.format(&vars).unwrap(), prompt.format(&vars).unwrap());
    }
}

#[test]
fn placeholders_keep_the_last_and_may_be_missing() {
    let placeholder = MessagesPlaceholder::new("history").optional().last(1);
    let prompt = ChatPrompt::builder().placeholder(placeholder).user("now").build().unwrap();
    let history = [Message::user("1"), Message::new(Role::Tool, "2")];
    assert_eq!(prompt.format(&Vars::new().with("history", history)).unwrap().to_string(), "Tool: 2\nHuman: now");
    assert_eq!(prompt.format(&Vars::new()).unwrap().to_string(), "Human: now");
}

#[test]
fn templates_come_from_files() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("prompt.txt");
    fs::write(&file, "Hi {{name}}, {name}").unwrap();
    for (format, expected) in [
        (TemplateFormat::FString, "Hi {name}, A"),
        (TemplateFormat::Jinja, "Hi A, {name}"),
        (TemplateFormat::Mustache, "Hi A, {name}"),
    ] {
        let template = Template::from_file(&file, format).unwrap();
        assert_eq!(template.format(&Vars::from([("name", "A")])).unwrap(), expected);
    }
    fs::write(&file, "Hi {").unwrap();
    let error = Template::from_file(&file, TemplateFormat::FString).unwrap_err();
    assert_eq!((error.kind(), error.path(), error.span().unwrap().column), (ErrorKind::Template, file.to_str(), 4));
    fs::write(&file, [0xff, 0xfe]).unwrap();
    assert_eq!(Template::from_file(&file, TemplateFormat::Jinja).unwrap_err().kind(), ErrorKind::Io);
    let error = Template::from_file(folder.path().join("none"), TemplateFormat::Jinja).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[test]
fn prompts_are_shown_as_people_read_them() {
    let prompt = ChatPrompt::builder()
        .system("Be {mood}.")
        .placeholder("history")
        .message(Message::assistant("{x}"))
        .build()
        .unwrap()
        .partial("mood", "kind")
        .unwrap();
    let expected =
        "── system ──\nBe {mood}.\n[mood = String(\"kind\")]\n\n── messages ──\n{history}\n\n── assistant ──\n{x}";
    assert_eq!(prompt.pretty(), expected);
    assert_eq!(Template::new("a {b}").unwrap().partial_with("b", || 1).unwrap().pretty(), "a {b}\n[b = closure]");
}
