//! Free text before an answer that is held to a grammar.
use super::{load, tiny};
use catena::{Chunk, Delta, ErrorKind, FinishReason, GenerateOptions, Grammar, LlamaCpp, Model, Request, Thinking};
use futures::StreamExt;

fn hot() -> Model<LlamaCpp> {
    load(tiny().n_ctx(1024)).with_options(GenerateOptions::new().temperature(1.2).top_k(0))
}

fn asked(thinking: Thinking, seed: u32) -> Request {
    let grammar = Grammar::parse(r#"root ::= "{\"ok\":" ("true" | "false") "}""#).unwrap();
    let options = GenerateOptions::new().thinking(thinking).seed(seed);
    Request::new("Is it?").with_grammar(grammar).with_options(options)
}

#[tokio::test]
async fn thoughts_end_with_their_mark_or_their_budget_and_the_answer_is_whole() {
    let llm = hot();
    let detailed = llm.detailed();
    let (mut ended, mut cut) = (0, 0);
    for (mark, budget) in [("e", 40), ("th", 60), ("</think>", 20), ("\u{fc}\u{fc}", 0), (" the", 200)] {
        for seed in 0..15 {
            let thinking = Thinking::until(mark).after("<think>").max_tokens(budget);
            let mut stream = detailed.stream(asked(thinking, seed));
            let (mut thoughts, mut text, mut done) = (String::new(), String::new(), None);
            while let Some(chunk) = stream.next().await {
                match chunk.unwrap() {
                    Chunk::Delta(Delta::Reasoning(more)) => {
                        assert!(text.is_empty(), "the thoughts come first");
                        thoughts.push_str(&more);
                    }
                    Chunk::Delta(Delta::Text(more)) => text.push_str(&more),
                    Chunk::Done(completion) => done = Some(completion),
                    other @ Chunk::Delta(_) => panic!("{other:?}"),
                }
            }
            let completion = done.unwrap();
            assert!(
                completion.text == r#"{"ok":true}"# || completion.text == r#"{"ok":false}"#,
                "{:?}",
                completion.text
            );
            assert_eq!(
                (completion.text.as_str(), completion.reasoning.as_deref()),
                (text.as_str(), Some(thoughts.as_str()))
            );
            assert!(!thoughts.contains(mark), "{thoughts:?}");
            let most = llm.tokenize(format!("<think>{mark}"), false).await.unwrap().len() + budget + 24;
            assert!(completion.usage.completion_tokens <= most, "{:?} of {most}", completion.usage);
            if completion.usage.completion_tokens >= budget { cut += 1 } else { ended += 1 }
        }
    }
    assert!(ended > 5 && cut > 5, "{ended} ended by themselves, {cut} were cut");
}

/// The marks are not chosen, and have their probabilities as the rest has.
#[tokio::test]
async fn each_token_of_thoughts_and_marks_has_its_probability() {
    let llm = hot();
    for budget in [0, 3, 40] {
        for seed in 0..4 {
            let mut request = asked(Thinking::until("</think>").after("<think>").max_tokens(budget), seed);
            request.options = request.options.logprobs(1);
            let completion = llm.detailed().invoke(request).await.unwrap();
            assert_eq!(completion.logprobs.len(), completion.usage.completion_tokens);
            let tokens: Vec<u32> = completion.logprobs.iter().map(|entry| entry.chosen.token).collect();
            let whole = llm.detokenize(tokens).await.unwrap();
            assert!(whole.starts_with("<think>") && whole.ends_with(&completion.text), "{whole:?}");
            assert!(whole.contains("</think>"), "{whole:?}");
        }
    }
}

#[tokio::test]
async fn thoughts_leave_room_for_the_answer() {
    let llm = hot();
    for most in [16, 20, 40] {
        for seed in 0..5 {
            let mut request = asked(Thinking::until("</think>"), seed);
            request.options = request.options.max_tokens(most);
            let completion = llm.detailed().invoke(request).await;
            match completion {
                Ok(completion) => {
                    assert!(completion.text.ends_with('}') && completion.usage.completion_tokens <= most);
                    assert!(completion.reasoning.is_some());
                }
                Err(error) => assert_eq!((error.kind(), most), (ErrorKind::OutOfTokens, 16), "{error}"),
            }
        }
    }
}

#[tokio::test]
async fn without_a_grammar_the_answer_is_what_follows_the_mark() {
    let llm = load(tiny()).with_options(GenerateOptions::new().temperature(0.0).max_tokens(40));
    let free = llm.invoke("Once").await.unwrap();
    // Two letters in the middle: a mark must be characters, and not all that this model writes is.
    let letters = free.as_bytes().windows(2).skip(12).find(|pair| pair.iter().all(u8::is_ascii_alphabetic)).unwrap();
    let mark = String::from_utf8(letters.to_vec()).unwrap();
    let (before, after) = free.split_once(mark.as_str()).unwrap();
    let options = GenerateOptions::new().thinking(Thinking::until(mark.as_str()));
    let completion = llm.clone().with_options(options).detailed().invoke("Once").await.unwrap();
    assert_eq!((completion.reasoning.as_deref(), completion.text.as_str()), (Some(before), after));
    assert_eq!(completion.finish_reason, FinishReason::Length);
    let error = llm.with_options(GenerateOptions::new().thinking(Thinking::until(""))).invoke("Once").await;
    assert_eq!(error.unwrap_err().path(), Some("thinking"));
}

/// The thoughts end with what the mark begins with.
#[tokio::test]
async fn a_mark_that_is_begun_is_completed_or_part_of_the_thoughts() {
    let llm = hot();
    let [mark] = llm.tokenize("~", false).await.unwrap()[..] else { panic!("the mark is one token") };
    let options = |budget: usize| {
        let thinking = Thinking::until("~~~").max_tokens(budget);
        GenerateOptions::new().thinking(thinking).logit_bias(mark, 1e6)
    };
    let grammar = Grammar::parse(r#"root ::= "yes" | "no""#).unwrap();
    for options in [options(1), options(2), options(1).logprobs(0)] {
        let request = Request::new("Is it?").with_grammar(grammar.clone()).with_options(options);
        let completion = llm.detailed().invoke(request).await.unwrap();
        assert!(completion.text == "yes" || completion.text == "no", "{completion:?}");
        assert_eq!(completion.reasoning.as_deref(), Some(""));
    }

    let request = Request::new("Is it?").with_options(options(9).max_tokens(2));
    let detailed = llm.detailed();
    let mut stream = detailed.stream(request);
    let (mut thoughts, mut done) = (String::new(), None);
    while let Some(chunk) = stream.next().await {
        match chunk.unwrap() {
            Chunk::Delta(Delta::Reasoning(more)) => thoughts.push_str(&more),
            Chunk::Done(completion) => done = Some(completion),
            other @ Chunk::Delta(_) => panic!("{other:?}"),
        }
    }
    let completion = done.unwrap();
    assert_eq!((thoughts.as_str(), completion.reasoning.as_deref()), ("~~", Some("~~")));
    assert_eq!((completion.text.as_str(), completion.finish_reason), ("", FinishReason::Length));
}
