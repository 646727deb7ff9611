//! Answers held to a grammar.
use super::{load, tiny};
use catena::{FinishReason, GenerateOptions, Grammar, Request};
use std::path::Path;

fn bundled() -> Vec<(String, Grammar)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("grammars");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let grammars = files.filter(|path| path.extension().is_some_and(|extension| extension == "gbnf"));
    grammars.map(|path| (path.display().to_string(), Grammar::from_file(&path).unwrap())).collect()
}

#[tokio::test]
async fn every_answer_is_a_sentence_or_runs_out_of_tokens() {
    let llm = load(tiny()).with_options(GenerateOptions::new().temperature(1.5).top_k(0).max_tokens(150));
    let mut whole = 0;
    for (name, grammar) in bundled() {
        for seed in 0..12 {
            let options = GenerateOptions::new().seed(seed);
            let request = Request::new("Write:").with_grammar(grammar.clone()).with_options(options);
            let completion = llm.detailed().invoke(request).await.unwrap();
            if completion.finish_reason == FinishReason::Length {
                continue;
            }
            assert!(grammar.matches(&completion.text).unwrap(), "{name}: {:?}", completion.text);
            whole += 1;
        }
    }
    println!("{whole} whole sentences");
    assert!(whole > 20, "{whole}");
}

#[tokio::test]
async fn the_end_comes_with_the_sentence() {
    let llm = load(tiny());
    for (grammar, text) in [("root ::= \"yes\"", "yes"), ("root ::= \"ü€𝄞\\n\"", "ü€𝄞\n"), ("root ::= \"\"", "")]
    {
        let request = Request::new("Q").with_grammar(Grammar::parse(grammar).unwrap());
        let completion = llm.detailed().invoke(request).await.unwrap();
        assert_eq!((completion.text.as_str(), completion.finish_reason), (text, FinishReason::Grammar), "{grammar}");
    }
}
