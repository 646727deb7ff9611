//! Which value of an enum fits.
use super::{load, steady::steady, tiny};
use catena::{
    Cancellation, Classified, ErrorKind, GenerateOptions, Grammar, LlamaCpp, Message, Model, Prompt, Request,
    RunConfig, Template, map,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Mood {
    Good,
    Bad,
    /// A name that begins with another one.
    BadIndeed,
}

const MOODS: [Mood; 3] = [Mood::Good, Mood::Bad, Mood::BadIndeed];

#[tokio::test]
async fn the_value_is_the_one_that_the_model_finds_most_probable() {
    let llm = load(steady());
    let prompt = "Review: it was what it was.\nMood:";
    for (mood, texts) in [
        (llm.classify::<Mood>(), [r#""good""#, r#""bad""#, r#""bad-indeed""#]),
        (llm.classify::<Mood>().between(" ", "\n"), [" good\n", " bad\n", " bad-indeed\n"]),
    ] {
        let found = mood.invoke(prompt).await.unwrap();
        let choices = llm.choose(prompt, texts).await.unwrap();
        assert_eq!(found.value, MOODS[choices.best()]);
        assert!(found.choices.scores.iter().map(|score| score.text.as_str()).eq(texts));
        assert!(found.distribution().map(|(value, _)| *value).eq(MOODS));
        for ((_, found), expected) in found.distribution().zip(choices.probabilities()) {
            assert!((found - expected).abs() < 1e-3, "{found} and {expected}");
        }
        assert!((found.probability() - choices.probabilities()[choices.best()]).abs() < 1e-3);
        assert!((found.margin() - choices.margin()).abs() < 1e-3);
    }
}

#[tokio::test]
async fn what_the_model_thinks_anyway_is_asked_once_and_taken_away() {
    let llm = load(steady());
    let (prompt, neutral) = ("Review: it was good.\nMood:", "Review: N/A\nMood:");
    let mood = llm.classify::<Mood>().calibrated_on(neutral);
    let found = mood.invoke(prompt).await.unwrap();
    let texts = [r#""good""#, r#""bad""#, r#""bad-indeed""#];
    let plain = llm.choose(prompt, texts).await.unwrap();
    let expected = plain.clone().calibrated(&llm.choose(neutral, texts).await.unwrap());
    for (found, expected) in found.choices.probabilities().iter().zip(expected.probabilities()) {
        assert!((found - expected).abs() < 1e-3, "{found} and {expected}");
    }
    assert!(found.choices.probabilities() != plain.probabilities());
    let before = llm.stats().completed;
    mood.clone().invoke(prompt).await.unwrap();
    assert_eq!(llm.stats().completed - before, 3, "the neutral prompt is not asked again");
    // After the neutral prompt itself nothing is left.
    let nothing = mood.invoke(neutral).await.unwrap();
    assert!(nothing.distribution().all(|(_, probability)| (probability - 1.0 / 3.0).abs() < 1e-3), "{nothing:?}");
}

/// Each adapter thinks of the names in its own way.
#[tokio::test]
async fn it_is_asked_with_the_adapter_that_the_call_asks_for() {
    let adapter = super::lora::adapter(1);
    let llm = load(steady().lora("own", adapter.path(), 1.0));
    let usual = load(steady().lora_path(adapter.path()));
    let request =
        |text: &str, name: &str| Request::new(text).with_options(GenerateOptions::new().lora(name.to_owned()));
    let (prompt, neutral) = ("Review: it was good.\nMood:", "Review: N/A\nMood:");
    for calibrated in [false, true] {
        let step = |llm: &Model<LlamaCpp>| {
            let mood = llm.classify::<Mood>();
            if calibrated { mood.calibrated_on(neutral) } else { mood }
        };
        let mood = step(&llm);
        let plain = mood.invoke(prompt).await.unwrap();
        let found = mood.invoke(request(prompt, "own")).await.unwrap();
        let expected = step(&usual).invoke(prompt).await.unwrap();
        for (found, expected) in found.choices.probabilities().iter().zip(expected.choices.probabilities()) {
            assert!((found - expected).abs() < 1e-3, "calibrated: {calibrated}, {found} and {expected}");
        }
        assert!(found.choices.probabilities() != plain.choices.probabilities());
        let error = mood.invoke(request(prompt, "none")).await.unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::UnknownKey, Some("lora")));
    }
}

#[tokio::test]
async fn variants_may_be_described() {
    #[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
    enum Weather {
        /// As it should be.
        Sun,
        Rain,
    }
    let found = load(tiny()).classify::<Weather>().check().unwrap().invoke("And now?").await.unwrap();
    assert_eq!(found.distribution().count(), 2);
    let [sun, rain] = [Weather::Sun, Weather::Rain]
        .map(|weather| found.distribution().find(|(value, _)| **value == weather).unwrap().1);
    assert!((sun + rain - 1.0).abs() < 1e-9 && (found.value == Weather::Sun) == (sun > rain), "{found:?}");
}

#[tokio::test]
async fn it_is_a_step_of_a_chain() {
    let llm = load(tiny());
    let chain = Template::new("Review: {review}\nMood:").unwrap()
        | llm.classify::<Mood>()
        | map(|found: Classified<Mood>| found.value);
    assert!(MOODS.contains(&chain.invoke([("review", "Fine.")]).await.unwrap()));
    let first = llm.classify::<Mood>() | map(|found: Classified<Mood>| found.margin());
    let margin = first.invoke(Prompt::from(vec![Message::user("Well?")])).await.unwrap();
    assert!((0.0..=1.0).contains(&margin));
}

#[tokio::test]
async fn what_cannot_be_classified_is_told() {
    #[derive(Debug, Clone, Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only described")]
    struct NoEnum {
        value: u8,
    }
    let llm = load(tiny());
    let error = llm.classify::<NoEnum>().check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    assert_eq!(llm.classify::<NoEnum>().invoke("Well?").await.unwrap_err().kind(), ErrorKind::Schema);
    let held = Request::new("Well?").with_grammar(Grammar::parse("root ::= \"x\"").unwrap());
    assert_eq!(llm.classify::<Mood>().invoke(held).await.unwrap_err().kind(), ErrorKind::InvalidOption);
    let long = llm.classify::<Mood>().invoke("word ".repeat(600)).await;
    assert_eq!(long.unwrap_err().kind(), ErrorKind::ContextOverflow);
    let timeout = RunConfig::new().options(GenerateOptions::new().timeout(Duration::ZERO));
    let late = (catena::input::<String>() | llm.classify::<Mood>()).with_config(timeout).invoke("Well?").await;
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Timeout);
    let cancellation = Cancellation::new();
    cancellation.cancel();
    let cancelled = RunConfig::new().cancelled_by(&cancellation).into();
    let cancelled = llm.classify::<Mood>().invoke_in("Well?", &cancelled).await;
    assert_eq!(cancelled.unwrap_err().kind(), ErrorKind::Cancelled);
}
