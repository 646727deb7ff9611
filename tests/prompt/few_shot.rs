//! Prompts that show examples.
use catena::{
    ChatPrompt, Embeddings, ErrorKind, ExampleSelector, FewShotPrompt, LengthSelector, Message, Model, Prompt, Result,
    SimilaritySelector, Template, Vars, testing::FakeLlm,
};
use futures::executor::block_on;
use proptest::prelude::*;

fn example(question: &str, answer: &str) -> Vars {
    Vars::from([("q", question), ("a", answer)])
}

proptest! {
    /// Whatever stands in an example, it is shown as it is.
    #[test]
    fn braces_in_examples_mean_nothing(texts in proptest::collection::vec(("(\\PC|[{}%])*", "(\\PC|\\{q\\}|\\{\\{ q \\}\\})*"), 0..4), q in "(\\PC|[{}])*") {
        let examples: Vec<_> = texts.iter().map(|(question, answer)| example(question, answer)).collect();
        let prompt = FewShotPrompt::of_examples(Template::new("{q}=>{a}").unwrap(), examples)
            .suffix(Template::new("{q}=>").unwrap())
            .separator("|");
        let shown = block_on(prompt.format(&Vars::from([("q", &q)]))).unwrap().to_string();
        let shown_examples: Vec<_> = texts.iter().map(|(question, answer)| format!("{question}=>{answer}|")).collect();
            let expected = shown_examples.concat();
        prop_assert_eq!(shown, format!("{expected}{q}=>"));
    }
}

#[test]
fn examples_of_messages_among_messages() {
    let turn = ChatPrompt::from_messages([("user", "{q}"), ("assistant", "{a}")]).unwrap();
    let rules = ChatPrompt::from_messages([("system", "Be {mood}.")]).unwrap().partial("mood", "brief").unwrap();
    let prompt = FewShotPrompt::of_examples(turn, [example("1+1", "{2}"), example("2+2", "4")])
        .prefix(rules)
        .suffix(ChatPrompt::from_messages([("user", "{q}")]).unwrap());
    assert_eq!(prompt.variables(), ["q"]);
    let llm = Model::new(FakeLlm::always("6"));
    block_on((prompt | llm.clone()).invoke([("q", "3+3")])).unwrap();
    assert_eq!(
        llm.requests()[0].prompt,
        Prompt::from([
            Message::system("Be brief."),
            Message::user("1+1"),
            Message::assistant("{2}"),
            Message::user("2+2"),
            Message::assistant("4"),
            Message::user("3+3"),
        ])
    );
}

#[test]
fn a_conversation_without_examples_is_one() {
    let turn = ChatPrompt::from_messages([("user", "{q}"), ("assistant", "{a}")]).unwrap();
    let prompt = FewShotPrompt::of_examples(turn, [])
        .prefix(Template::new("Be brief.").unwrap())
        .suffix(Template::new("{q}").unwrap());
    let shown = block_on(prompt.format(&Vars::from([("q", "Why?")]))).unwrap();
    assert_eq!(shown, Prompt::from([Message::user("Be brief."), Message::user("Why?")]));
}

#[test]
fn mistakes_name_the_example() {
    let template = Template::new("{q}=>{a}").unwrap();
    let prompt = FewShotPrompt::of_examples(template.clone(), [example("1", "2"), Vars::from([("q", "3")])]);
    let error = block_on(prompt.format(&Vars::new())).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Variables, Some("/examples/1")));
    assert!(error.message().contains("missing `a`"), "{error}");
    let prompt = FewShotPrompt::of_examples(template, []).suffix(Template::new("{q}").unwrap());
    let error = block_on(prompt.format(&Vars::from([("x", "1")]))).unwrap_err();
    assert!(error.message().contains("missing `q`; unknown `x`; given `x`; expected `q`"), "{error}");
}

#[test]
fn as_many_as_fit() {
    let words = |text: &str| text.split_whitespace().count();
    let examples = ["a", "b b", "c c c"].map(|text| example(text, "x"));
    let selector = block_on(LengthSelector::new(words, 8, &Template::new("{q} {a}").unwrap(), examples)).unwrap();
    for (question, expected) in [("one", 2), ("one two three", 2), ("one two three four", 1), ("a b c d e f g", 0)] {
        let chosen = block_on(selector.select(&Vars::from([("q", question)]))).unwrap();
        assert_eq!(chosen.len(), expected, "{question}");
    }
    let error =
        block_on(LengthSelector::new(words, 8, &Template::new("{q}").unwrap(), [example("a", "b")])).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Variables, Some("/0")));
}

/// How often each letter from a to c comes.
struct Letters;

#[async_trait::async_trait]
impl Embeddings for Letters {
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let count = |text: &str, letter| text.chars().filter(|c| *c == letter).fold(0.0, |sum, _| sum + 1.0);
        Ok(texts.iter().map(|text| ['a', 'b', 'c'].map(|letter| count(text, letter)).to_vec()).collect())
    }
}

#[test]
fn the_most_alike_stand_next_to_the_question() {
    let examples = ["aaa", "bbb", "ccc", "aab"].map(|text| example(text, "cccccc"));
    let selector = block_on(SimilaritySelector::new(Letters, 2, ["q"], examples)).unwrap();
    let prompt = FewShotPrompt::of_selector(Template::new("{q}").unwrap() + Template::new("/{a}").unwrap(), selector)
        .suffix(Template::new("{q} {mood}").unwrap())
        .separator(" ");
    let shown = block_on(prompt.format(&Vars::from([("q", "aaaab"), ("mood", "bbb")]))).unwrap();
    assert_eq!(shown.to_string(), "aaa/cccccc aab/cccccc aaaab bbb");
    let selector = block_on(SimilaritySelector::new(Letters, 2, ["q"], [example("a", "b")])).unwrap();
    assert_eq!(block_on(selector.select(&Vars::new())).unwrap_err().kind(), ErrorKind::Variables);
    let none: [&str; 0] = [];
    let error = block_on(SimilaritySelector::new(Letters, 2, none, [])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOption);
    let error = block_on(SimilaritySelector::new(Letters, 2, ["z"], [example("a", "b")])).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Variables, Some("/0")));
}

#[test]
fn examples_are_alike_and_not_all_the_same() {
    let examples = || ["aaab", "aaaabb", "aaab", "aacc", "ccc"].map(|text| example(text, "x"));
    let chosen = |selector: SimilaritySelector<Letters>| {
        let examples = block_on(selector.select(&Vars::from([("q", "aaab")]))).unwrap();
        examples.iter().map(|example| example.get("q").unwrap().as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let selector = || block_on(SimilaritySelector::new(Letters, 3, ["q"], examples())).unwrap();
    assert_eq!(chosen(selector()), ["aaaabb", "aaab", "aaab"]);
    assert_eq!(chosen(selector().max_marginal_relevance(5, 1.0).unwrap()), chosen(selector()));
    // The most alike stays next to the question, and its copy is not shown.
    assert_eq!(chosen(selector().max_marginal_relevance(4, 0.4).unwrap()), ["aaaabb", "aacc", "aaab"]);
    assert_eq!(chosen(selector().max_marginal_relevance(3, 0.4).unwrap()), ["aaab", "aaaabb", "aaab"]);
    for (fetch, lambda) in [(2, 0.5), (5, 1.5), (5, f32::NAN)] {
        let error = selector().max_marginal_relevance(fetch, lambda).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOption);
    }
}
