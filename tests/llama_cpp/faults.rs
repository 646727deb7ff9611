//! What goes wrong around the engine concerns nobody else.
use super::{gguf::Gguf, load, tiny};
use catena::{
    CallbackHandler, Chunk, Delta, Embeddings, ErrorKind, GenerateOptions, LlamaCpp, LlamaCppEmbeddings, Model,
    PanicPolicy, RunContext, RunInfo, callback::with_panic_policy,
};
use futures::StreamExt;

fn options() -> GenerateOptions {
    GenerateOptions::new().temperature(0.0).max_tokens(60)
}

struct Broken;

impl CallbackHandler for Broken {
    fn on_delta(&self, _: &RunInfo, _: &Delta) {
        std::panic::resume_unwind(Box::new("planned"));
    }
}

#[tokio::test]
async fn a_handler_that_panics_ends_its_own_run_at_most() {
    let llm = load(tiny()).with_options(options());
    let expected = llm.invoke("Once").await.unwrap();
    let chain = catena::input::<String>() | llm.clone();
    let abort = RunContext::new().with(with_panic_policy(Broken, PanicPolicy::Abort));
    let skip = RunContext::new().with(with_panic_policy(Broken, PanicPolicy::Skip));
    let (aborted, skipped, other) = futures::join!(
        chain.stream_in("Once", &abort).collect::<Vec<_>>(),
        chain.stream_in("Once", &skip).collect::<Vec<_>>(),
        llm.invoke("Once")
    );
    assert_eq!(aborted.into_iter().last().unwrap().unwrap_err().kind(), ErrorKind::Aborted);
    assert!(skipped.into_iter().last().unwrap().is_ok());
    assert_eq!(other.unwrap(), expected);
    llm.health().unwrap();
    assert_eq!(llm.invoke("Once").await.unwrap(), expected);
}

#[tokio::test]
async fn a_consumer_that_never_reads_holds_nobody_up() {
    let llm = load(tiny().n_parallel(2)).with_options(options());
    let mut stream = llm.stream("Once");
    let first = stream.next().await.unwrap().unwrap();
    for _ in 0..4 {
        llm.invoke("Twice").await.unwrap();
    }
    // What was not read meanwhile is all there.
    let rest: Vec<_> = stream.map(Result::unwrap).collect().await;
    let Some(Chunk::Done(text)) = rest.last() else { panic!("{rest:?}") };
    assert!(matches!(first, Chunk::Delta(_)));
    assert_eq!(*text, load(tiny()).with_options(options()).invoke("Once").await.unwrap());
}

#[tokio::test]
async fn a_model_that_gives_no_numbers_gives_no_answers() {
    #[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
    enum Mood {
        Good,
        Bad,
    }
    let file = Gguf::llama(1, f32::NAN).write();
    let llm = load(LlamaCpp::builder(file.path()).n_ctx(128).n_threads(1)).with_options(options());
    let probable = GenerateOptions::new().logprobs(0);
    let vectors = LlamaCppEmbeddings::builder(file.path()).n_ctx(128).n_threads(1).load().unwrap();
    let errors = [
        llm.invoke("Well?").await.unwrap_err(),
        llm.clone().with_options(probable).invoke("Well?").await.unwrap_err(),
        llm.score("Well?", " yes").await.unwrap_err(),
        llm.classify::<Mood>().invoke("Well?").await.unwrap_err(),
        vectors.embed_one("Well?").await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Engine, "{error}");
        assert!(error.to_string().contains("not a number"), "{error}");
    }
    llm.health().unwrap();
}

/// Run by the test below, in a process with little memory.
#[test]
#[ignore = "needs a limit of memory"]
fn in_little_memory() {
    let llm: Model<_> = load(tiny()).with_options(options());
    let before = futures::executor::block_on(llm.invoke("Once")).unwrap();
    let error = tiny().n_ctx(1 << 24).load().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Load);
    assert!(error.to_string().contains("a smaller `n_ctx` needs less memory"), "{error}");
    assert!(error.path().is_some());
    llm.health().unwrap();
    assert_eq!(futures::executor::block_on(llm.invoke("Once")).unwrap(), before);
    assert!(load(tiny()).health().is_ok());
}

#[cfg(target_os = "linux")]
#[test]
fn memory_that_cannot_be_had_is_told_and_no_other_model_suffers() {
    let program = std::env::current_exe().unwrap();
    // The cache of so many tokens takes 8 GiB; address space for 4 is all there is.
    let child = std::process::Command::new("sh")
        .args(["-c", "ulimit -v 4194304 && exec \"$0\" --exact faults::in_little_memory --ignored --nocapture"])
        .arg(program)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned() + &String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}
