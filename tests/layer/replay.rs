//! What was recorded comes again, byte for byte.
use crate::support::{Toned, counting, deltas};
use catena::{
    Error, ErrorKind, FinishReason, GenerateOptions, Model, Request, RunConfig, RunContext, Template, input,
    layer::{Recorder, Replay},
    testing::FakeLlm,
};
use futures::StreamExt;
use tempfile::NamedTempFile;

fn file() -> NamedTempFile {
    NamedTempFile::new().unwrap()
}

#[tokio::test]
async fn a_chain_replays_in_every_mode() {
    let file = file();
    let prompt = || Template::new("Count to {n}").unwrap();
    let inputs = || (0..4).map(|n| [("n", n)]);
    let recorded = prompt() | counting().recorded(Recorder::create(file.path()).unwrap());
    let first = recorded.batch(inputs(), 1).await;
    let first: Vec<String> = first.into_iter().map(Result::unwrap).collect();

    let replay = || Model::new(Replay::open(file.path()).unwrap());
    let again = (prompt() | replay()).batch(inputs(), 4).await;
    assert_eq!(again.into_iter().map(Result::unwrap).collect::<Vec<_>>(), first);
    let llm = replay();
    assert_eq!(deltas(&llm, "Count to 2").await.unwrap(), ["answer ", "3"]);
    assert_eq!(llm.remaining(), 3);
}

#[tokio::test]
async fn completions_are_the_same_to_the_last_field() {
    let file = file();
    let fake = FakeLlm::scripted([["so"]]).then_finish(FinishReason::Stop("\n".into()));
    let llm = Model::new(fake).recorded(Recorder::create(file.path()).unwrap()).detailed();
    let first = llm.invoke("a").await.unwrap();
    assert_eq!(Model::new(Replay::open(file.path()).unwrap()).detailed().invoke("a").await.unwrap(), first);
}

#[tokio::test]
async fn failures_and_cancelled_answers_replay_as_such() {
    let file = file();
    let fake = FakeLlm::scripted([["half"]])
        .then_fail(Error::new(ErrorKind::OutOfTokens, "no more").with_partial("half"))
        .then_answer(["of ", "two"]);
    let llm = Model::new(fake).recorded(Recorder::create(file.path()).unwrap());
    llm.invoke("a").await.unwrap_err();
    assert!(llm.stream("b").next().await.unwrap().is_ok());

    let llm = Model::new(Replay::open(file.path()).unwrap());
    let error = llm.invoke("a").await.unwrap_err();
    assert_eq!((error.kind(), error.partial(), error.message()), (ErrorKind::OutOfTokens, Some("half"), "no more"));
    let error = llm.invoke("b").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
}

#[tokio::test]
async fn a_request_that_was_not_recorded_is_told_from_the_next_one() {
    let file = file();
    let llm = counting().recorded(Recorder::create(file.path()).unwrap());
    llm.invoke(Request::new("a").with_options(GenerateOptions::new().temperature(0.5))).await.unwrap();

    let llm = Model::new(Replay::open(file.path()).unwrap());
    for (request, what) in [
        (Request::new("b").with_options(GenerateOptions::new().temperature(0.5)), "the prompt was"),
        (Request::new("a").with_options(GenerateOptions::new().temperature(0.25)), "0.25"),
    ] {
        let error = llm.invoke(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains(what), "{error}");
    }
    llm.invoke(Request::new("a").with_options(GenerateOptions::new().temperature(0.5))).await.unwrap();
    let error = llm.invoke("a").await.unwrap_err();
    assert!(error.message().contains("all answers"), "{error}");
}

#[tokio::test]
async fn equal_requests_get_their_answers_in_order_and_with_their_times() {
    let file = file();
    let llm = counting().recorded(Recorder::create(file.path()).unwrap());
    for _ in 0..3 {
        llm.invoke("a").await.unwrap();
    }
    let llm = Model::new(Replay::open(file.path()).unwrap().timed());
    for number in 1..=3 {
        assert_eq!(llm.invoke("a").await.unwrap(), format!("answer {number}"));
    }
}

#[tokio::test]
async fn configurable_values_tell_requests_apart() {
    let file = file();
    let toned = |tone: &str| RunContext::from(RunConfig::new().configurable("tone", tone));
    let llm = input::<String>() | Model::new(Toned).recorded(Recorder::create(file.path()).unwrap());
    for tone in ["dry", "warm"] {
        llm.invoke_in("a", &toned(tone)).await.unwrap();
    }
    let llm = input::<String>() | Model::new(Replay::open(file.path()).unwrap());
    let error = llm.invoke_in("a", &toned("loud")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("loud"), "{error}");
    for tone in ["warm", "dry"] {
        assert_eq!(llm.invoke_in("a", &toned(tone)).await.unwrap(), format!("\"{tone}\""));
    }
}

#[tokio::test]
async fn each_model_of_a_recording_has_its_own_answers() {
    let file = file();
    let recorder = Recorder::create(file.path()).unwrap();
    Model::new(Toned).recorded(recorder.clone()).invoke("a").await.unwrap();
    counting().recorded(recorder).invoke("a").await.unwrap();

    let replay = || Replay::open(file.path()).unwrap();
    let error = Model::new(replay()).invoke("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("of_model"), "{error}");
    for (id, answer) in [("fake", "answer 1"), ("toned", "plain")] {
        assert_eq!(Model::new(replay().of_model(id).unwrap()).invoke("a").await.unwrap(), answer);
    }
    let error = replay().of_model("other").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOption);
    assert!(error.message().ends_with("of a model `other`, but of `fake`, `toned`"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_recording_is_told_with_the_place() {
    let missing = Replay::open("/nowhere/at/all").unwrap_err();
    assert_eq!((missing.kind(), missing.path()), (ErrorKind::Io, Some("/nowhere/at/all")));

    let file = file();
    counting().recorded(Recorder::create(file.path()).unwrap()).invoke("a").await.unwrap();
    let whole = std::fs::read_to_string(file.path()).unwrap();
    std::fs::write(file.path(), format!("{whole}{}", &whole[..whole.len() / 2])).unwrap();
    let error = Replay::open(file.path()).unwrap_err();
    assert_eq!((error.kind(), error.span().unwrap().line), (ErrorKind::Parse, 2));

    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Recorder::create(folder.path()).unwrap_err().kind(), ErrorKind::Io);
}
