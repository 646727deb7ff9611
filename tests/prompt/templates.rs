//! Prompts and their templates, as a user sees them.
use catena::{
    ChatPrompt, ErrorKind, Message, MessagesPlaceholder, Model, Prompt, PromptTemplate, Result, Role, Runnable,
    Template, Vars, map, prompt_step, testing::FakeLlm,
};
use proptest::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

fn shared<T: Clone + Send + Sync + std::fmt::Debug + 'static>(_: &T) {}

#[derive(Serialize)]
struct Trip {
    city: String,
    days: u8,
    note: Option<String>,
}

fn trip(note: Option<&str>) -> Trip {
    Trip { city: "Porto".to_owned(), days: 3, note: note.map(str::to_owned) }
}

#[test]
fn templates_are_shared_between_threads() -> Result<()> {
    let template = Template::new("{a}")?;
    let chat = ChatPrompt::builder().user("{a}").build()?;
    shared(&template);
    shared(&chat);
    shared(&Template::<std::cell::Cell<u8>>::typed("{a}")?);
    let threads: Vec<_> = (0..4)
        .map(|n| {
            let template = template.clone();
            std::thread::spawn(move || template.format(&Vars::from([("a", n)])))
        })
        .collect();
    for (n, thread) in threads.into_iter().enumerate() {
        assert_eq!(thread.join().unwrap()?, n.to_string());
    }
    Ok(())
}

#[tokio::test]
async fn a_template_begins_a_chain() -> Result<()> {
    let chain =
        Template::new("Hello {name}")? | map(|prompt: Prompt| prompt.to_string()) | map(|text: String| text.len());
    assert_eq!(chain.invoke([("name", "Ada")]).await?, 9);
    assert_eq!(chain.invoke(HashMap::from([("name".to_owned(), "Bo")])).await?, 8);
    let error = chain.invoke([("nome", "Ada")]).await.unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Variables, Some("Template")));

    let chain = Template::<Trip>::typed("{days} in {city}")? | map(|prompt: Prompt| prompt.to_string());
    assert_eq!(chain.invoke(trip(None)).await?, "3 in Porto");

    let chain = Template::<String>::typed_jinja("<{{ text }}>")? | map(|prompt: Prompt| prompt.to_string());
    assert_eq!(chain.invoke("{{ text }}").await?, "<{{ text }}>");

    let chain = ChatPrompt::from_messages([("human", "{q}")])? | map(|prompt: Prompt| prompt.into_messages());
    assert_eq!(chain.invoke([("q", "?")]).await?, [Message::user("?")]);
    Ok(())
}

#[tokio::test]
async fn a_model_is_asked_with_what_was_filled_in() -> Result<()> {
    let llm = Model::new(FakeLlm::always("Fine."));
    let chain = ChatPrompt::from_messages([("system", "Be {mood}."), ("human", "{q}")])? | llm.clone();
    assert_eq!(chain.invoke([("mood", "brief"), ("q", "{How}?")]).await?, "Fine.");
    assert_eq!(llm.requests()[0].prompt, Prompt::from([Message::system("Be brief."), Message::user("{How}?")]));
    Ok(())
}

fn is_step<I: Send + 'static, R: Runnable<I, Output = Prompt>>(_: &R) {}

struct Shout<V>(fn(&V) -> String);

impl<V: Send + 'static> PromptTemplate for Shout<V> {
    type Vars = V;

    fn render(&self, vars: &V) -> Result<Prompt> {
        Ok(self.0(vars).to_uppercase().into())
    }
}

prompt_step!(impl<V> Shout<V> where V: Send + 'static);

#[tokio::test]
async fn a_template_language_of_ones_own_is_a_step() -> Result<()> {
    let chain = Shout(|name: &String| format!("hi {name}")) | map(|prompt: Prompt| prompt.to_string());
    assert_eq!(chain.invoke("ada").await?, "HI ADA");
    let erased: Vec<Box<dyn PromptTemplate<Vars = Vars>>> =
        vec![Box::new(Template::new("a")?), Box::new(ChatPrompt::from_messages([("ai", "b")])?)];
    let texts: Vec<_> =
        erased.iter().map(|template| template.render(&Vars::new()).map(|prompt| prompt.to_string())).collect();
    assert_eq!(texts.into_iter().collect::<Result<Vec<_>>>()?, ["a", "AI: b"]);
    is_step(&Template::new("a")?);
    Ok(())
}

#[test]
fn variables_must_fit() -> Result<()> {
    for template in [Template::new("{b} {a}")?, Template::jinja("{{ b }} {{ a }}")?] {
        assert_eq!(template.variables().collect::<Vec<_>>(), ["a", "b"]);
        for (vars, says) in [
            (Vars::new(), "missing `a`, `b`; given none; expected `a`, `b`"),
            (Vars::from([("a", 1), ("c", 2)]), "missing `b`; unknown `c`; given `a`, `c`; expected `a`, `b`"),
            (
                Vars::from([("a", 1), ("b", 1), ("d", 2)]),
                "the template: unknown `d`; given `a`, `b`, `d`; expected `a`, `b`",
            ),
        ] {
            let error = template.format(&vars).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Variables);
            assert!(error.message().ends_with(says), "{error}");
        }
    }
    let nothing = Template::new("no variables")?;
    assert_eq!(nothing.format(&Vars::new())?, "no variables");
    assert!(nothing.format(&Vars::from([("a", 1)])).unwrap_err().message().contains("expected none"));
    let wrong = Vars::new().with("a", BTreeMap::from([((1, 2), 3)]));
    assert_eq!(Template::new("{a}")?.format(&wrong).unwrap_err().kind(), ErrorKind::Variables);
    Ok(())
}

#[test]
fn jinja_knows_what_it_needs() {
    let needs = |text: &str, vars: Vars, expected: &str| {
        let rendered = Template::jinja(text).and_then(|template| template.format(&vars));
        assert_eq!(rendered.map_err(|error| error.to_string()), Ok(expected.to_owned()), "{text}");
    };
    let v = || Vars::from([("x", "abc")]);
    needs("{{ x[1:] }}", v(), "bc");
    needs("{{ x.upper()[:2] }}{{ (x ~ x)[2:4] }}{{ x.split('b')[1:] }}", v(), "ABca['c']");
    needs("{% for c in x[::2] %}{{ c }}{% endfor %}{% set y = x.upper()[1:] %}{{ y }}", v(), "acBC");
    needs("{% with x = x|upper %}{{ x }}{% endwith %}", v(), "ABC");
    needs("{% set x, y = y, x %}{{ x }}{{ y }}", v().with("y", 1), "1abc");
    needs("{% set x = x | upper %}{{ x }}", v(), "ABC");
    needs("{% set x = x or 'none' %}{{ x }}", v(), "abc");
    needs("{{ y | default('d') }}{{ x }}", v(), "dabc");
    needs("{% if y is defined %}{{ y }}{% else %}-{% endif %}{{ x }}", v(), "-abc");
    needs("{% if y is not undefined %}{{ y }}{% endif %}{{ x }}", v().with("y", 1), "1abc");
    needs("{% for c in x %}{{ loop.index }}{{ c }}{% endfor %}", v(), "1a2b3c");
    needs("{% raw %}{{ z }}{% endraw %}{# {{ z }} #}{{ x }}", v(), "{{ z }}abc");
    needs("{% macro m(z) %}<{{ z }}>{% endmacro %}{{ m(x) }}{{ range(2)|list }}", v(), "<abc>[0, 1]");
    needs("{{ x }}\n", v(), "abc\n");
    needs("{{ '<&>' }}{{ [x]|tojson }}", v(), "<&>[\"abc\"]");
    needs("{{ x.upper() }}{{ x.replace('b', '{{ x }}') }}", v(), "ABCa{{ x }}c");

    let refuses = |text: &str, vars: Vars, kind: ErrorKind, says: &str| {
        let error = Template::jinja(text).and_then(|template| template.format(&vars)).unwrap_err();
        assert_eq!(error.kind(), kind, "{text}: {error}");
        assert!(error.to_string().contains(says), "{text}: {error}");
    };
    refuses("{{ x.name }}", v().with("name", 1), ErrorKind::Variables, "unknown `name`");
    refuses("{{ x }}", v().with("upper", 1), ErrorKind::Variables, "unknown `upper`");
    refuses("{{ y[1:] }}{{ x }}", v(), ErrorKind::Variables, "missing `y`");
    refuses("{% for m in x %}{{ m[0] }}{% endfor %}", v().with("m", 1), ErrorKind::Variables, "unknown `m`");
    refuses("{% for n in [1, 2] %}{{ n }}{{ x }}{% endfor %}", v().with("in", 1), ErrorKind::Variables, "unknown `in`");
    refuses("{{ x }}\n {{ x.a.b }}", v(), ErrorKind::Variables, "line 2");
    refuses("{{ x | nope }}", v(), ErrorKind::Template, "nope");
    refuses("a {{ x", v(), ErrorKind::Template, "line 1");
    refuses(
        "{% for i in range(99999) %}{% for j in range(99999) %}{{ x }}{% endfor %}{% endfor %}",
        v(),
        ErrorKind::Template,
        "fuel",
    );
    refuses("{% include 'x' %}{{ x }}", v(), ErrorKind::Template, "stands alone");
    refuses("{{ nope() }}{{ x }}", v(), ErrorKind::Variables, "missing `nope`");
}

#[test]
fn structs_fill_templates() -> Result<()> {
    assert_eq!(Template::<Trip>::typed("{city}")?.format(&trip(None))?, "Porto");
    let error = Template::<Trip>::typed("{city} {note}")?.format(&trip(None)).unwrap_err();
    assert!(error.message().contains("missing `note` (null is no value)"), "{error}");
    let error = Template::<Trip>::typed("{town}")?.format(&trip(None)).unwrap_err();
    assert!(error.message().contains("missing `town`; given `city`, `days`, `note`; expected `town`"), "{error}");
    let jinja = Template::<Trip>::typed_jinja("{{ city }}{% if note %}: {{ note }}{% endif %}")?;
    assert_eq!(jinja.format(&trip(None))?, "Porto");
    assert_eq!(jinja.format(&trip(Some("rain")))?, "Porto: rain");
    assert_eq!(Template::<Vec<u8>>::typed_jinja("{% for n in ns %}{{ n }}{% endfor %}")?.format(&vec![1, 2])?, "12");
    assert_eq!(Template::<String>::typed_jinja("{{ text[:2] }}")?.format(&"abc".to_owned())?, "ab");
    assert_eq!(Template::<()>::typed("-")?.format(&())?, "-");
    assert_eq!(Template::<u8>::typed("{a}{b}")?.format(&1).unwrap_err().kind(), ErrorKind::Variables);
    Ok(())
}

#[test]
fn some_variables_can_be_filled_in_ahead() -> Result<()> {
    let template = Template::jinja("{{ a }}{{ b }}")?.partial("a", "{{ b }}")?;
    assert_eq!(template.format(&Vars::from([("b", 2)]))?, "{{ b }}2");
    assert_eq!(template.format(&Vars::from([("b", 2), ("a", 1)]))?, "12");
    assert_eq!(template.clone().partial("c", 1).unwrap_err().kind(), ErrorKind::Variables);
    let chat = ChatPrompt::builder()
        .template(Role::System, Template::new("{x}")?.partial("x", "mine")?)
        .user("{x}{y}")
        .build()?
        .partial("y", "!")?;
    assert_eq!(chat.variables().collect::<Vec<_>>(), ["x"]);
    assert_eq!(chat.format(&Vars::from([("x", "yours")]))?.to_string(), "System: mine\nHuman: yours!");
    Ok(())
}

#[test]
fn conversations_are_filled() -> Result<()> {
    let chat = ChatPrompt::builder()
        .message(Message::system("Literal {braces}"))
        .placeholder(MessagesPlaceholder::new("history").last(2))
        .placeholder(MessagesPlaceholder::new("more").optional())
        .template(Role::User, Template::jinja("{{ q | upper }}")?)
        .assistant("Well, {q}")
        .build()?;
    let history = vec![Message::user("1"), Message::assistant("{2}"), Message::new(Role::Tool, "3")];
    let vars = Vars::from([("q", "why")]).with("history", &history);
    let expected = "System: Literal {braces}\nAI: {2}\nTool: 3\nHuman: WHY\nAI: Well, why";
    assert_eq!(chat.format(&vars)?.to_string(), expected);
    assert_eq!(chat.format(&vars.clone().with("more", None::<u8>))?.to_string(), expected);
    let json = serde_json::json!([{"role": "human", "content": "!"}]);
    assert!(chat.format(&vars.clone().with("more", json))?.to_string().contains("Tool: 3\nHuman: !\n"));

    let error = chat.format(&Vars::from([("z", 1)])).unwrap_err();
    assert!(
        error.message().ends_with("missing `history`, `q`; unknown `z`; given `z`; expected `history`, `more`, `q`"),
        "{error}"
    );
    for wrong in
        [serde_json::json!("text"), serde_json::json!([1]), serde_json::json!([{"role": "robot", "content": ""}])]
    {
        let error = chat.format(&vars.clone().with("more", wrong)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Variables);
        assert!(error.message().contains("`more` holds no messages"), "{error}");
    }
    Ok(())
}

#[test]
fn mistakes_in_conversations_name_their_message() -> Result<()> {
    let error = ChatPrompt::builder().system("fine").user("{").assistant("}").build().unwrap_err();
    assert_eq!((error.kind(), error.path(), error.span().unwrap().column), (ErrorKind::Template, Some("/1"), 1));
    let error = ChatPrompt::from_messages([("user", "a"), ("robot", "b")]).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::InvalidOption, Some("/1")));
    assert_eq!(ChatPrompt::from_messages([("placeholder", "a {b}")]).unwrap_err().kind(), ErrorKind::Template);
    assert_eq!(ChatPrompt::builder().build().unwrap_err().kind(), ErrorKind::Template);
    let chat = ChatPrompt::builder().user("a").user("{n:d}").build()?;
    let error = chat.format(&Vars::from([("n", "x")])).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Template, Some("/1")));
    Ok(())
}

proptest! {
    #[test]
    fn values_are_never_read_again(a in "(\\PC|[{}%#'\"\n])*", b in "(\\PC|[{}%#])*|\\{\\{ b \\}\\}|\\{b\\}") {
        let vars = Vars::from([("a", &a), ("b", &b)]);
        let expected = format!("{a}|{b}");
        prop_assert_eq!(&Template::new("{a}|{b}").unwrap().format(&vars).unwrap(), &expected);
        prop_assert_eq!(&Template::jinja("{{ a }}|{{ b }}").unwrap().format(&vars).unwrap(), &expected);
        let chat = ChatPrompt::from_messages([("user", "{a}|{b}")]).unwrap();
        prop_assert_eq!(chat.format(&vars).unwrap(), Prompt::from(Message::user(expected)));
    }

    #[test]
    fn any_text_is_a_template_or_an_error(text in "(\\PC|[-{}%#'\"|().:=~ \n]|if|for|set|in|else|end|x|is|defined|macro|raw|namespace)*") {
        for template in [Template::new(&text), Template::jinja(&text)].into_iter().flatten() {
            let names: Vec<String> = template.variables().map(str::to_owned).collect();
            let vars: Vars = names.into_iter().map(|name| (name, "v")).collect();
            let _ = template.format(&vars);
            let _ = template.format(&Vars::new());
        }
    }

    #[test]
    fn any_tags_are_a_template_or_an_error(tags in proptest::collection::vec(
        ("\\{\\{|\\{%|\\{#", "[-+]?", "(if|for|set|else|endif|endfor|elif|macro|endmacro|raw|x|y|in|is|not|1|'s'|[-=|.,()\\[\\]{}~+*:]| )*", "[-+]?", "\\}\\}|%\\}|#\\}"),
        0..8,
    )) {
        let tags: Vec<String> = tags
            .into_iter()
            .map(|(open, minus, inside, end, close)| format!("{open}{minus} {inside} {end}{close}"))
            .collect();
        if let Ok(template) = Template::jinja(tags.concat()) {
            let _ = template.format(&Vars::from([("x", 1), ("y", 2)]));
        }
    }
}
