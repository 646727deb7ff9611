//! Guesses from what came before change no text.
use super::{load, steady::steady};
use catena::{GenerateOptions, Grammar, LlamaCpp, Model, Request};
use futures::future::join_all;

fn prompts() -> Vec<String> {
    let copied = "The quick brown fox jumps over the lazy dog, and the quick brown fox is gone. ";
    vec![
        "a b c d a b c d a b c d a b".to_owned(),
        copied.repeat(2),
        "one two three. one two three. one two".to_owned(),
        "Once upon a time".to_owned(),
        "x".repeat(60),
    ]
}

fn model() -> Model<LlamaCpp> {
    load(steady().n_ctx(2048)).with_options(GenerateOptions::new().temperature(0.0).max_tokens(120))
}

#[tokio::test]
async fn greedy_texts_are_the_same_in_fewer_steps() {
    let llm = model();
    let guessing = llm.clone().with_options(GenerateOptions::new().lookup(true));
    let plain = async {
        let mut texts = Vec::new();
        for prompt in prompts() {
            texts.push(llm.detailed().invoke(prompt).await.unwrap());
        }
        texts
    };
    let plain = plain.await;
    let before = llm.stats();
    for (prompt, plain) in prompts().into_iter().zip(&plain) {
        let text = guessing.detailed().invoke(prompt).await.unwrap();
        assert_eq!(
            (&text.text, &text.finish_reason, text.usage.completion_tokens),
            (&plain.text, &plain.finish_reason, plain.usage.completion_tokens)
        );
        assert_eq!(text.timings.eval_tokens, plain.timings.eval_tokens);
    }
    let after = llm.stats();
    println!("{} steps before, {} with guesses: {after:?}", before.decodes, after.decodes - before.decodes);
    assert!(after.right_tokens > 50, "{after:?}");
    assert!(after.decodes - before.decodes < before.decodes * 9 / 10, "{after:?}");
    // And all at once.
    let together = join_all(prompts().into_iter().map(|prompt| guessing.invoke(prompt))).await;
    for (text, plain) in together.into_iter().zip(&plain) {
        assert_eq!(text.unwrap(), plain.text);
    }
}

#[tokio::test]
async fn sampled_texts_and_those_under_a_grammar_are_the_same() {
    let llm = model();
    let grammar =
        Grammar::parse(r#"root ::= ("the quick " | "brown fox " | "dog " | [a-z]{1,4} " "){20,30} "!""#).unwrap();
    for seed in 0..20 {
        let options = GenerateOptions::new().temperature(0.7).seed(seed);
        for prompt in prompts() {
            let mut request = Request::new(prompt).with_options(options.clone());
            if seed % 2 == 1 {
                request = request.with_grammar(grammar.clone());
            }
            let plain = llm.invoke(request.clone()).await.unwrap();
            request.options = request.options.lookup(true);
            assert_eq!(llm.invoke(request).await.unwrap(), plain, "seed {seed}");
        }
    }
    assert!(llm.stats().guessed_tokens > 0);
}

#[tokio::test]
async fn stop_texts_and_limits_hold_within_a_guess() {
    let llm = model();
    for most in 1..20 {
        let options = GenerateOptions::new().max_tokens(most).lookup(true);
        let text = llm.clone().with_options(options).detailed().invoke("x".repeat(60)).await.unwrap();
        assert_eq!(text.usage.completion_tokens, most);
    }
    let whole = llm.invoke("x".repeat(60)).await.unwrap();
    let stop: String = whole.chars().skip(20).take(3).collect();
    let options = GenerateOptions::new().stop([stop.as_str()]).lookup(true);
    let text = llm.with_options(options).invoke("x".repeat(60)).await.unwrap();
    assert_eq!(text, whole.split(stop.as_str()).next().unwrap());
}
