//! How probable given texts are.
use super::{load, steady::steady, tiny};
use catena::{ErrorKind, GenerateOptions, Grammar, Message, Prompt, Request};

#[tokio::test]
async fn a_text_that_was_written_has_the_probability_it_was_written_with() {
    let llm = load(steady());
    let options = GenerateOptions::new().temperature(0.0).max_tokens(12).logprobs(0);
    let written = llm.clone().with_options(options).detailed().invoke("Once upon a time").await.unwrap();
    let chosen: Vec<u32> = written.logprobs.iter().map(|entry| entry.chosen.token).collect();
    let score = llm.score("Once upon a time", written.text.as_str()).await.unwrap();
    // The tokenizer may cut the text in another way than the model did.
    if llm.tokenize(written.text.as_str(), false).await.unwrap() == chosen {
        for (scored, written) in score.tokens.iter().zip(&written.logprobs) {
            assert_eq!(scored.token, written.chosen.token);
            assert!((scored.logprob - written.chosen.logprob).abs() < 1e-3, "{scored:?}, {written:?}");
        }
    }
    assert!(score.logprob() < 0.0 && score.mean_logprob() > score.logprob());
}

/// Each token's probability, worked out by asking for all of them after the tokens before.
#[tokio::test]
async fn scores_are_those_of_the_model_asked_token_by_token() {
    let llm = load(steady().deterministic(true));
    let (prompt, text) = ("The answer is", " the word and");
    let tokens = llm.tokenize(text, false).await.unwrap();
    let score = llm.score(prompt, text).await.unwrap();
    assert_eq!(score.tokens.iter().map(|token| token.token).collect::<Vec<_>>(), tokens);
    let one = llm.clone().with_options(GenerateOptions::new().temperature(0.0).max_tokens(1).logprobs(512));
    let mut so_far = prompt.to_owned();
    for scored in &score.tokens {
        let asked = one.detailed().invoke(so_far.as_str()).await.unwrap();
        let found = asked.logprobs[0].top.iter().find(|token| token.token == scored.token).unwrap();
        assert!((found.logprob - scored.logprob).abs() < 1e-3, "{found:?}, {scored:?}");
        so_far.push_str(&scored.text);
    }
}

#[tokio::test]
async fn choices_share_their_prompt() {
    let llm = load(steady().n_batch(64));
    let prompt = "The rules of the house are these: be kind, be quick, and say what you know. ".repeat(4);
    let texts = [" yes, it is.", " no, it is not.", " perhaps.", " I do not know."];
    let choices = llm.choose(prompt.as_str(), texts).await.unwrap();
    assert!(choices.scores.iter().map(|score| score.text.as_str()).eq(texts));
    assert!((choices.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!((0.0..=1.0).contains(&choices.margin()));
    let prompt_tokens = llm.tokenize(prompt.as_str(), true).await.unwrap().len() as u64;
    assert!(llm.stats().evaluated_tokens < prompt_tokens + 120, "{:?}, the prompt has {prompt_tokens}", llm.stats());
    for (text, score) in texts.iter().zip(&choices.scores) {
        let alone = load(steady().n_parallel(1)).score(prompt.as_str(), *text).await.unwrap();
        assert!(
            (alone.logprob() - score.logprob()).abs() < 1e-2,
            "{text}: {} and {}",
            alone.logprob(),
            score.logprob()
        );
    }
    let neutral = llm.choose("N/A", texts).await.unwrap();
    let calibrated = choices.clone().calibrated(&neutral);
    assert!(calibrated.probabilities() != choices.probabilities());
}

#[tokio::test]
async fn messages_can_be_scored_and_bad_input_is_told() {
    let llm = load(tiny());
    let messages = Prompt::from(vec![Message::user("Well?")]);
    assert!(llm.score(messages, "yes").await.unwrap().logprob() < 0.0);
    assert_eq!(llm.score("Well?", "").await.unwrap_err().kind(), ErrorKind::InvalidOption);
    let none: [&str; 0] = [];
    assert_eq!(llm.choose("Well?", none).await.unwrap_err().kind(), ErrorKind::InvalidOption);
    assert_eq!(llm.score("Well?", "word ".repeat(600)).await.unwrap_err().kind(), ErrorKind::ContextOverflow);
    assert_eq!(llm.score("word ".repeat(600), "x").await.unwrap_err().kind(), ErrorKind::ContextOverflow);
}

#[tokio::test]
async fn a_model_that_is_made_to_want_a_text_writes_it_as_far_as_it_may() {
    let llm = load(tiny());
    let grammar = Grammar::parse(r#"root ::= "{\"name\": \"" [a-zü ]{1,12} "\"}""#).unwrap();
    let text = r#"{"name": "ada the ü"}"#;
    for (held, sampled) in [(false, 0.0), (true, 0.0), (false, 1.0), (true, 1.0)] {
        let mut request = Request::new("Who?").with_options(GenerateOptions::new().temperature(sampled).max_tokens(60));
        if held {
            request = request.with_grammar(grammar.clone());
        }
        assert_eq!(llm.generate_wishing(request, text).await.unwrap().text, text);
    }
    let other = Request::new("Who?").with_grammar(Grammar::parse("root ::= \"no\"").unwrap());
    assert_eq!(llm.generate_wishing(other, text).await.unwrap().text, "no");
}
