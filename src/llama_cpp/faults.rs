//! Faults that tests bring about, and what becomes of the calls then.
use crate::{ErrorKind, GenerateOptions, LlamaCpp, Model, Request};
use futures::{StreamExt, executor::block_on, future::join_all};
use llama_cpp_2::token::LlamaToken;

/// What goes wrong.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Faults {
    /// The token in place of which llama.cpp is given one that it refuses.
    refused: Option<i32>,
    /// The token at which the thread panics.
    deadly: Option<i32>,
    /// Whether the state cannot be cut, as that of a recurrent model.
    pub(super) uncut: bool,
}

impl Faults {
    pub(super) fn of(self, token: LlamaToken) -> LlamaToken {
        assert!(self.deadly != Some(token.0), "the thread dies as planned");
        if self.refused == Some(token.0) { LlamaToken(i32::MAX) } else { token }
    }
}

const BAD: &str = "~";

/// Calls on it write [`BAD`] only where they are made to: see [`calm`].
fn model(faults: impl FnOnce(i32) -> Faults) -> Model<LlamaCpp> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/tiny-random.gguf");
    let builder = LlamaCpp::builder(path).n_ctx(512).n_threads(1).n_batch(16);
    let llm = builder.clone().vocab_only(true).load().unwrap();
    let bad = block_on(llm.tokenize(BAD, false)).unwrap();
    assert_eq!(bad.len(), 1);
    let options = GenerateOptions::new().temperature(0.0).max_tokens(12);
    builder.faults(faults(bad[0].cast_signed())).options(options).load().unwrap()
}

/// The same model, which does not write [`BAD`].
fn calm(llm: &Model<LlamaCpp>) -> Model<LlamaCpp> {
    let bad = block_on(llm.tokenize(BAD, false)).unwrap();
    llm.clone().with_options(GenerateOptions::new().logit_bias(bad[0], f32::NEG_INFINITY))
}

/// Prompts of several batches; each third one has a token that llama.cpp refuses.
fn prompts() -> Vec<String> {
    let prompt =
        |call: usize| format!("{call} {} {}", "and so on ".repeat(10), if call % 3 == 1 { BAD } else { "end" });
    (0..9).map(prompt).collect()
}

#[test]
fn a_batch_that_llama_cpp_refuses_fails_those_who_are_at_fault() {
    for uncut in [false, true] {
        let llm = model(|bad| Faults { refused: Some(bad), uncut, ..Faults::default() });
        for _ in 0..2 {
            let detailed = calm(&llm).detailed();
            let answers = block_on(join_all(prompts().into_iter().map(|prompt| detailed.invoke(prompt))));
            for (call, answer) in answers.into_iter().enumerate() {
                if call % 3 == 1 {
                    let error = answer.unwrap_err();
                    assert_eq!((error.kind(), error.partial()), (ErrorKind::Engine, Some("")), "{error}");
                    assert!(error.to_string().contains("could not evaluate"), "{error}");
                } else {
                    assert_eq!(answer.unwrap().usage.completion_tokens, 12);
                }
            }
        }
        llm.health().unwrap();
        assert_eq!((llm.stats().failed, llm.stats().completed, llm.stats().active), (6, 12, 0));
    }
}

#[test]
fn a_text_that_fails_in_the_middle_tells_how_far_it_came() {
    let llm = model(|bad| Faults { refused: Some(bad), ..Faults::default() });
    let bad = block_on(llm.tokenize(BAD, false)).unwrap()[0];
    let request = Request::new("Go on").with_options(GenerateOptions::new().logit_bias(bad, 1e6));
    let calm = calm(&llm);
    let (failed, fine) = block_on(async { futures::join!(llm.invoke(request), calm.invoke("Go on")) });
    let error = failed.unwrap_err();
    assert_eq!((error.kind(), error.partial()), (ErrorKind::Engine, Some(BAD)));
    assert!(!fine.unwrap().is_empty());
    // What was kept of the failed text is used as far as it is good.
    assert!(block_on(calm.invoke("Go on and on")).is_ok());
}

#[test]
fn all_are_told_when_the_thread_dies() {
    let llm = model(|bad| Faults { deadly: Some(bad), ..Faults::default() });
    let other = model(|_| Faults::default());
    llm.health().unwrap();
    let llm = calm(&llm);
    let long = GenerateOptions::new().max_tokens(400);
    let begun = (0..4).map(|call| Request::new(format!("{call}")).with_options(long.clone()));
    let mut streams: Vec<_> = begun.map(|request| llm.stream(request)).collect();
    for stream in &mut streams {
        block_on(stream.next()).unwrap().unwrap();
    }
    streams.extend(prompts().into_iter().map(|prompt| llm.stream(prompt)));
    let answers = block_on(join_all(streams.into_iter().map(StreamExt::collect::<Vec<_>>)));
    assert_eq!(answers.len(), 13);
    for answer in answers {
        let error = answer.into_iter().last().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
        assert!(error.to_string().contains("dies as planned"), "{error}");
    }
    for error in [llm.health().unwrap_err(), block_on(llm.invoke("Well?")).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Closed);
        assert!(error.to_string().contains("dies as planned"), "{error}");
    }
    assert_eq!(block_on(llm.tokenize("x", false)).unwrap_err().kind(), ErrorKind::Closed);
    assert!(block_on(other.invoke("Well?")).is_ok() && other.health().is_ok());
}
