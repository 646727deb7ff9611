//! Texts that are longer than their context.
use super::{load, recurrent::mamba, steady::steady, tiny};
use catena::{
    Completion, ErrorKind, FinishReason, GenerateOptions, Grammar, LlamaCpp, LlamaCppBuilder, Model, Overflow, Request,
};
use futures::future::join_all;
use std::time::Duration;

const N_CTX: usize = 256;

/// Marks that no token joins, so that a text is cut in one way.
const MARKS: &str = "root ::= [~^@]+";

fn options() -> GenerateOptions {
    // Without the tokens that end a text.
    let endless = GenerateOptions::new().logit_bias(0, f32::NEG_INFINITY).logit_bias(2, f32::NEG_INFINITY);
    endless.temperature(0.0).max_tokens(700).overflow(Overflow::Shift)
}

fn model(builder: LlamaCppBuilder) -> Model<LlamaCpp> {
    load(builder.n_ctx(N_CTX as u32)).with_options(options())
}

fn marks(prompt: &str) -> Request {
    Request::new(prompt).with_grammar(Grammar::parse(MARKS).unwrap())
}

async fn written(llm: &Model<LlamaCpp>, request: Request) -> Completion {
    let answer: Completion = llm.detailed().invoke(request).await.unwrap();
    assert_eq!(answer.usage.completion_tokens, 700);
    answer
}

/// Behind the place where something is forgotten the text is that which follows what is left.
#[tokio::test]
async fn a_text_goes_on_from_what_is_left_of_it() {
    for builder in [steady(), tiny().deterministic(true), mamba()] {
        let llm = model(builder.n_parallel(1));
        for n_keep in [None, Some(0), Some(3)] {
            let llm =
                n_keep.map_or_else(|| llm.clone(), |n| llm.clone().with_options(GenerateOptions::new().n_keep(n)));
            let prompt = "Draw a line:\n";
            let tokens = llm.tokenize(prompt, true).await.unwrap();
            let n_prompt = tokens.len();
            let whole = written(&llm, marks(prompt)).await.text;
            assert_eq!(whole.len(), 700);

            // The first one begins every text.
            let keep = n_keep.unwrap_or(n_prompt).max(1);
            let kept = llm.detokenize(&tokens[1..keep]).await.unwrap();
            let tail = (N_CTX - keep) / 2;
            // The first token that has no place is written before anything is forgotten.
            let place = N_CTX + 1 - n_prompt;
            let left = format!("{kept}{}", &whole[place - tail..place]);
            let next = GenerateOptions::new().max_tokens(N_CTX - keep - tail);
            let again = llm.clone().with_options(next).invoke(marks(&left)).await.unwrap();
            assert_eq!(again, whole[place..][..again.len()], "{n_keep:?}");
        }
    }
}

#[tokio::test]
async fn texts_are_the_same_beside_others_and_with_guesses() {
    let llm = model(steady().n_parallel(4));
    let prompts = ["Draw a line:\n", "Draw:\n", "A long one:\n", "And another:\n", "The last:\n"];
    let mut alone = Vec::new();
    for prompt in prompts {
        alone.push(written(&llm, marks(prompt)).await.text);
    }
    let guessing = llm.clone().with_options(GenerateOptions::new().lookup(true));
    for llm in [&llm, &guessing] {
        let together = join_all(prompts.iter().map(|prompt| written(llm, marks(prompt)))).await;
        assert_eq!(together.into_iter().map(|answer| answer.text).collect::<Vec<_>>(), alone);
    }
}

#[tokio::test]
async fn an_answer_ends_as_its_grammar_and_its_tokens_say() {
    let llm = model(tiny());
    let free = llm.detailed().invoke("Once").await.unwrap();
    assert_eq!((free.finish_reason, free.usage.completion_tokens), (FinishReason::Length, 700));
    let list = Grammar::parse(r#"root ::= "[" [0-9]{3} (", " [0-9]{3}){200,} "]""#).unwrap();
    let closed = llm.clone().with_options(GenerateOptions::new().max_tokens(2000));
    let closed = closed.detailed().invoke(Request::new("Numbers: ").with_grammar(list.clone())).await.unwrap();
    assert!(matches!(closed.finish_reason, FinishReason::Closed | FinishReason::Grammar), "{closed:?}");
    assert!(list.matches(&closed.text).unwrap(), "{}", closed.text);
    // A whole run that is forced and longer than the context.
    let forced = Grammar::parse(r#"root ::= "~"{600} [0-9]"#).unwrap();
    let forced = llm.invoke(Request::new("Go: ").with_grammar(forced)).await.unwrap();
    assert_eq!(forced.trim_end_matches(|c: char| c.is_ascii_digit()), "~".repeat(600));
}

#[tokio::test]
async fn a_context_of_two_tokens_is_enough() {
    let options =
        GenerateOptions::new().max_tokens(10).logit_bias(0, f32::NEG_INFINITY).timeout(Duration::from_secs(60));
    // The token that begins every text is all of the prompt, and none of those that end one is written.
    let ends = options.logit_bias(1, f32::NEG_INFINITY).logit_bias(2, f32::NEG_INFINITY).overflow(Overflow::Shift);
    let llm = load(tiny().n_ctx(2).n_parallel(1)).with_options(ends);
    assert_eq!(llm.detailed().invoke("").await.unwrap().usage.completion_tokens, 10);
}

/// Nothing that was forgotten is taken for the beginning of another text.
#[tokio::test]
async fn what_was_evaluated_stays_of_use() {
    let llm = model(steady().n_parallel(2));
    let first = written(&llm, marks("Draw a line:\n")).await;
    let again = written(&llm, marks("Draw a line:\n")).await;
    assert_eq!(first.text, again.text);
    assert!(again.usage.cached_tokens > 0);
}

#[tokio::test]
async fn what_cannot_go_on_is_told_before_the_first_token() {
    let llm = load(tiny().n_ctx(N_CTX as u32));
    let refused = |options: GenerateOptions| {
        let llm = llm.clone().with_options(options.overflow(Overflow::Shift));
        async move {
            let error = llm.invoke("Once").await.unwrap_err();
            (error.kind(), error.path().map(str::to_owned))
        }
    };
    let invalid = |name: &str| (ErrorKind::InvalidOption, Some(name.to_owned()));
    assert_eq!(refused(GenerateOptions::new()).await, invalid("max_tokens"));
    assert_eq!(refused(GenerateOptions::new().max_tokens(9).n_keep(N_CTX / 2 + 1)).await, invalid("n_keep"));
    let long = "word ".repeat(N_CTX);
    let error = llm.with_options(options()).invoke(long).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextOverflow);
}
